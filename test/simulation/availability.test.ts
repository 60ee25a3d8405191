import { describe, expect, it } from 'vitest';
import { compareAvailability } from './availability.ts';

describe('ten simulated days with the same outages', () => {
  it('leave apps of this system without a token for no more than a tick longer than anybody', {
    timeout: 120_000,
  }, async () => {
    const { months, optimum, stretches } = await compareAvailability(3, 10);
    const [own, ...others] = months;
    expect(own?.badTokens).toBe(0);
    expect(own?.mostRequestsInTenMinutes).toBeLessThanOrEqual(5);
    expect(own?.minutesWithout).toBeLessThan(Math.min(...others.map(({ minutesWithout }) => minutesWithout)));
    expect(own?.minutesWithout).toBeGreaterThanOrEqual(optimum.minutesWithout);
    // A tick is late by up to a minute; after a throttle Zoho is left alone for 15 minutes where 10 might do.
    const late = stretches.filter(({ minutes, after }) => minutes > (/asks too often/.test(after) ? 12 : 6));
    expect(late).toEqual([]);
  });
});
