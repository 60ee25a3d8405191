import { describe, expect, it } from 'vitest';
import { compareAvailability, faultsOfMonth } from './availability.ts';

describe('ten simulated days with the same outages', () => {
  it.each([1, 3, 4])(
    'leave apps without a token for no more than a tick longer than anybody (seed %i)',
    { timeout: 120_000 },
    async (seed) => {
      const comparison = await compareAvailability(seed, 10);
      expect(faultsOfMonth(comparison)).toEqual([]);
      expect(comparison.outages.length).toBeGreaterThan(10);
    },
  );
});
