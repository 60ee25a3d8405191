import { describe, expect, it } from 'vitest';
import { countMinutesWithout, scoreNight } from '../../../local/drill/score.ts';

const good = {
  minutesToNotice: 3,
  minutesToCause: 9,
  wrongActions: 0,
  isHealed: true,
  minutesWithoutToken: 20,
  isInTheirHands: true,
};

describe('the score', () => {
  it.each([
    ['a night played well', good, 100],
    ['noticed after half an hour', { ...good, minutesToNotice: 30 }, 90],
    ['left broken', { ...good, isHealed: false }, 60],
    ['never looked at', { ...good, minutesToNotice: undefined, minutesToCause: undefined, isHealed: false }, 0],
    ['apps without a token for an hour', { ...good, minutesWithoutToken: 60 }, 85],
    ['an hour that nobody could shorten', { ...good, minutesWithoutToken: 60, isInTheirHands: false }, 100],
    ['many guesses', { ...good, wrongActions: 40 }, 0],
  ])('of %s', (_, performance, points) => {
    expect(scoreNight(performance).points).toBe(points);
  });
});

describe('the minutes in which apps had no token', () => {
  const minute = 60_000;
  const token = (connection: string, from: number, end: number) => ({
    connection,
    from: from * minute,
    expiresAt: end * minute,
  });

  it('are none if each token follows in time', () => {
    const tokens = [token('desk', 20, 80), token('desk', 0, 60)];
    expect(countMinutesWithout(tokens, 80 * minute)).toBe(0);
  });

  it('count once if two connections have none at the same time', () => {
    const tokens = [token('desk', 0, 60), token('desk', 70, 130), token('salesiq', 0, 65)];
    expect(countMinutesWithout(tokens, 75 * minute)).toBe(15);
  });
});
