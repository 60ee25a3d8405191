import { describe, expect, it } from 'vitest';
import { gapsOf, lineOf, lowestLine } from '../../../local/console/page/lanes.ts';

const minute = 60_000;
const span = (from: number, more: object = {}) => ({
  connection: 'desk',
  from: from * minute,
  expiresAt: (from + 60) * minute,
  ...more,
});
const dead = { deadAt: 10 * minute };

describe('the line of life left', () => {
  it.each([
    ['is a saw: each token starts a tooth', [span(0), span(20)], 30, '0:60 20:40 20:60 30:50'],
    ['lies at zero after the token has expired', [span(0)], 90, '0:60 60:0 60:0 90:0'],
    ['lies at zero from when Zoho ended the token', [span(0, dead)], 30, '0:60 10:50 10:0 30:0'],
    ['begins with the first token', [span(10)], 20, '10:60 20:50'],
  ])('%s', (_title, spans, to, points) => {
    const rounded = lineOf(spans, 0, to * minute).map(([at, left]) => `${Math.round(at / minute)}:${Math.round(left)}`);
    expect(rounded.join(' ')).toBe(points);
  });

  it('is that of the token nearest to its end if there are many', () => {
    const line = lowestLine([[span(0), span(20)], [span(0)]], 0, 40 * minute, 40);
    expect([line[10]?.[1], line[39]?.[1]]).toEqual([50, 21]);
    expect(lowestLine([], 0, minute)).toEqual([]);
  });
});

it('apps had no token from the end of one until the next, or until now', () => {
  expect(gapsOf([span(0, dead), span(25), span(45)], 0, 120 * minute)).toEqual([
    { from: 10 * minute, to: 25 * minute },
    { from: 105 * minute, to: 120 * minute },
  ]);
});
