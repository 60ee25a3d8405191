import { describe, expect, test } from 'vitest';
import { nothingStoredYet } from '../../../lambda/aws/secret-versions.ts';
import {
  isFaultless,
  isUsable,
  type LifeLine,
  lifeLeftFraction,
  lifeLeftMilliseconds,
  lifeLineOf,
  type StoredToken,
  storedTokenOf,
} from '../../../lambda/stored-token.ts';
import { minute, nothingStored, storedUntil, tokenText } from './examples.ts';

/** A token issued at minute 0. */
const lasting = (lifetimeMinutes: number, hasSettingFault = false) =>
  storedTokenOf({ versionId: 'token-1', text: tokenText(0, { lifetimeMinutes, hasSettingFault }) });
const day = 24 * 60;

// In between: properties.test.ts.
test.each<[now: number, life: number, left: number, line: LifeLine]>([
  [0, 60, 60, 'enough'],
  [39.99, 60, 20.01, 'enough'],
  [40, 60, 20, 'warning'],
  [49.99, 60, 10.01, 'warning'],
  [50, 60, 10, 'critical'],
  [59.99, 60, 0.01, 'critical'],
  [60, 60, 0, 'expired'],
  [600, 60, 0, 'expired'],
  [8, 12, 4, 'warning'],
  [10, 12, 2, 'critical'],
  [0, day, day, 'enough'],
])('after %d of %d minutes %d are left, and the last line crossed is "%s"', (now, life, left, line) => {
  const stored = lasting(life);
  expect(lifeLeftMilliseconds(stored, minute(now)) / 60_000).toBeCloseTo(left);
  expect(lifeLeftFraction(stored, minute(now))).toBeCloseTo(left / life);
  expect(lifeLineOf(stored, minute(now))).toBe(line);
  for (const holds of [isUsable, isFaultless]) expect(holds(stored, minute(now))).toBe(left > 0);
});

describe('no life is left', () => {
  const document = lasting(60).document;
  test.each<[title: string, stored: StoredToken, now?: number]>([
    ['nothing is stored', nothingStored],
    ['the secret has its first version alone', storedTokenOf({ versionId: 'first', text: nothingStoredYet })],
    ['a probe found the token dead', storedUntil(60, { isFoundDead: true })],
    ['the token claims more than a day, whoever wrote it', lasting(day + 1)],
    ['that is so, and a day has passed', lasting(day + 1), day],
    ['it ends before it began', { ...lasting(60), document: document && { ...document, issuedAt: minute(90) } }, 70],
  ])('if %s', (_, stored, now = 0) => {
    expect(lifeLeftMilliseconds(stored, minute(now))).toBe(0);
    expect(lifeLineOf(stored, minute(now))).toBe('expired');
    for (const holds of [isUsable, isFaultless]) expect(holds(stored, minute(now))).toBe(false);
  });
});

test('a token that was stored with a wrong setting can be used and has a fault', () => {
  expect([isUsable(lasting(60, true), minute(0)), isFaultless(lasting(60, true), minute(0))]).toEqual([true, false]);
});
