import { describe, expect, it } from 'vitest';
import { gapsOf, lineOf, lowestLine } from '../../../local/console/page/lanes.ts';

const minute = 60_000;
const span = (from: number, more: object = {}) => ({
  connection: 'desk',
  from: from * minute,
  expiresAt: (from + 60) * minute,
  ...more,
});
const rounded = (points: ReturnType<typeof lineOf>) =>
  points.map(([instant, minutes]) => [Math.round(instant / minute), Math.round(minutes)]);

describe('the line of life left', () => {
  it('is a saw: each token starts a tooth while the one before still has life left', () => {
    const points = [
      [0, 60],
      [20, 40],
      [20, 60],
      [30, 50],
    ];
    expect(rounded(lineOf([span(0), span(20)], 0, 30 * minute))).toEqual(points);
  });

  it('lies at zero after the token has expired, or from when Zoho ended it', () => {
    expect(rounded(lineOf([span(0)], 0, 90 * minute)).slice(-2)).toEqual([
      [60, 0],
      [90, 0],
    ]);
    const ended = [
      [0, 60],
      [10, 50],
      [10, 0],
      [30, 0],
    ];
    expect(rounded(lineOf([span(0, { deadAt: 10 * minute })], 0, 30 * minute))).toEqual(ended);
  });

  it('begins with the first token', () => {
    expect(lineOf([span(10)], 0, 20 * minute)[0]?.[0]).toBe(10 * minute);
  });

  it('is that of the token nearest to its end if there are many', () => {
    const line = lowestLine([[span(0), span(20)], [span(0)]], 0, 40 * minute, 40);
    expect([line[10]?.[1], line[39]?.[1]]).toEqual([50, 21]);
    expect(lowestLine([], 0, minute)).toEqual([]);
  });
});

it('apps had no token from the end of one until the next, or until now', () => {
  const spans = [span(0, { deadAt: 10 * minute }), span(25), span(45)];
  expect(gapsOf(spans, 0, 120 * minute)).toEqual([
    { from: 10 * minute, to: 25 * minute },
    { from: 105 * minute, to: 120 * minute },
  ]);
});
