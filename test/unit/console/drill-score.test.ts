import { expect, test } from 'vitest';
import { countMinutesWithout, scoreNight } from '../../../local/drill/score.ts';

const good = {
  minutesToNotice: 3,
  minutesToCause: 9,
  wrongActions: 0,
  isHealed: true,
  minutesWithoutToken: 20,
  isInTheirHands: true,
};

test.each([
  ['a night played well', good, 100],
  ['noticed after half an hour', { ...good, minutesToNotice: 30 }, 90],
  ['left broken', { ...good, isHealed: false }, 60],
  ['never looked at', { ...good, minutesToNotice: undefined, minutesToCause: undefined, isHealed: false }, 0],
  ['apps without a token for an hour', { ...good, minutesWithoutToken: 60 }, 85],
  ['an hour that nobody could shorten', { ...good, minutesWithoutToken: 60, isInTheirHands: false }, 100],
  ['many guesses', { ...good, wrongActions: 40 }, 0],
])('the score of %s', (_, performance, points) => {
  expect(scoreNight(performance).points).toBe(points);
});

test('the minutes in which apps had no token count once if two connections had none at the same time', () => {
  const minute = 60_000;
  const token = (connection: string, from: number, end: number) => {
    return { connection, from: from * minute, expiresAt: end * minute };
  };
  const tokens = [
    token('desk', 70, 130),
    token('desk', 0, 60),
    token('salesiq', 0, 65),
    token('two', 0, 60),
    token('two', 55, 115),
  ];
  expect(countMinutesWithout(tokens, 75 * minute)).toBe(15);
});
