import { describe, expect, it } from 'vitest';
import { scoreNight } from '../../../local/drill/score.ts';

const good = { minutesToNotice: 3, minutesToCause: 9, wrongActions: 0, isHealed: true };

describe('the score', () => {
  it.each([
    ['a night played well', good, 100],
    ['noticed after half an hour', { ...good, minutesToNotice: 30 }, 90],
    ['understood after an hour', { ...good, minutesToCause: 60 }, 80],
    ['two wrong actions', { ...good, wrongActions: 2 }, 80],
    ['left broken', { ...good, isHealed: false }, 60],
    [
      'never looked at',
      { minutesToNotice: undefined, minutesToCause: undefined, wrongActions: 0, isHealed: false },
      0,
    ],
    ['many guesses', { ...good, wrongActions: 40 }, 0],
  ])('of %s', (_, performance, points) => {
    expect(scoreNight(performance).points).toBe(points);
  });
});
