import { describe, expect, it } from 'vitest';
import { lineOf, lowestLine, minutesLeftAt } from '../../../local/console/page/timeline-data.ts';

const minute = 60_000;
const span = (from: number, connection = 'desk') => ({
  connection,
  from: from * minute,
  expiresAt: (from + 60) * minute,
});

describe('the line of life left', () => {
  it('is a saw: each token starts a tooth where the one before still has life left', () => {
    const { times, minutes } = lineOf([span(0), span(20)], 0, 30 * minute);
    expect(times.map((time) => Math.round(time / 60))).toEqual([0, 20, 20, 30]);
    expect(minutes.map(Math.round)).toEqual([60, 40, 60, 50]);
  });

  it('lies at zero after the token has expired', () => {
    const { times, minutes } = lineOf([span(0)], 0, 90 * minute);
    expect(times.at(-2)).toBe(60 * 60);
    expect(minutes.slice(-2)).toEqual([0, 0]);
  });

  it('falls to zero at once where Zoho ends the token early', () => {
    const { minutes } = lineOf([{ ...span(0), deadAt: 10 * minute }], 0, 30 * minute);
    expect(minutes.map(Math.round)).toEqual([60, 50, 0, 0]);
  });

  it('begins with the first token', () => {
    expect(minutesLeftAt([span(10)], 5 * minute)).toBeUndefined();
    expect(lineOf([span(10)], 0, 20 * minute).times[0]).toBe(600);
  });

  it('shows the token nearest to its end where there are many', () => {
    const line = lowestLine([[span(0), span(20)], [span(0, 'salesiq')]], 0, 40 * minute, 40);
    expect(line.minutes[10]).toBe(50);
    expect(line.minutes[39]).toBe(21);
    expect(lowestLine([], 0, minute).times).toEqual([]);
  });
});
