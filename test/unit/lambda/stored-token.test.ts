import { describe, expect, test } from 'vitest';
import { nothingStoredYet } from '../../../lambda/aws/secret-versions.ts';
import { parseTokenDocument } from '../../../lambda/aws/token-document.ts';
import {
  isFaultless,
  isUsable,
  type LifeLine,
  lifeLeftFraction,
  lifeLeftMilliseconds,
  lifeLineOf,
  storedTokenOf,
} from '../../../lambda/stored-token.ts';
import { minute, nothingStored, storedUntil, tokenText } from './examples.ts';

describe('life left', () => {
  test('runs from the whole lifetime to nothing and stays there', () => {
    const stored = storedUntil(60);
    const left = [0, 20, 59.5, 60, 61, 6000].map((now) => lifeLeftMilliseconds(stored, minute(now)) / 60_000);
    expect(left).toEqual([60, 40, 0.5, 0, 0, 0]);
    const fractions = [0, 15, 30, 60, 61].map((now) => lifeLeftFraction(stored, minute(now)));
    expect(fractions).toEqual([1, 0.75, 0.5, 0, 0]);
  });

  test.each([
    ['nothing is stored', nothingStored],
    ['a probe found the token dead', storedUntil(60, { isFoundDead: true })],
  ])('is nothing where %s', (_, stored) => {
    expect(lifeLeftMilliseconds(stored, minute(0))).toBe(0);
    expect(lifeLeftFraction(stored, minute(0))).toBe(0);
    expect(isUsable(stored, minute(0))).toBe(false);
    expect(lifeLineOf(stored, minute(0))).toBe('expired');
  });

  test('is nothing if a token claims more than a day, whoever wrote it', () => {
    const long = storedUntil(0, {
      document: parseTokenDocument(tokenText(0, { lifetimeMinutes: 24 * 60 + 1 })),
    });
    expect(isUsable(long, minute(0))).toBe(false);
    expect(isUsable(long, minute(24 * 60))).toBe(false);
    const day = storedUntil(0, { document: parseTokenDocument(tokenText(0, { lifetimeMinutes: 24 * 60 })) });
    expect(isUsable(day, minute(0))).toBe(true);
  });

  test('is nothing if a token ends before it began', () => {
    const document = parseTokenDocument(tokenText(0));
    const odd = document && storedUntil(0, { document: { ...document, issuedAt: minute(90) } });
    expect(odd && lifeLineOf(odd, minute(70))).toBe('expired');
  });
});

describe('a version of the token secret', () => {
  test('is what apps would read, and not found dead', () => {
    expect(storedTokenOf({ versionId: 'token-7', text: tokenText(0) })).toEqual({
      versionId: 'token-7',
      document: parseTokenDocument(tokenText(0)),
      isFoundDead: false,
    });
  });

  test.each([nothingStoredYet, '', '{}', 'oops'])('that holds %j holds no token', (text) => {
    expect(storedTokenOf({ versionId: 'first', text })).toEqual({ ...nothingStored, versionId: 'first' });
  });
});

describe('a stored token is without fault', () => {
  test('while it can be used', () => {
    expect([0, 59.9, 60].map((now) => isFaultless(storedUntil(60), minute(now)))).toEqual([true, true, false]);
  });

  test.each([
    ['nothing is stored', nothingStored],
    ['a probe found it dead', storedUntil(60, { isFoundDead: true })],
    [
      'it was stored with a wrong setting',
      storedTokenOf({ versionId: 'token-1', text: tokenText(0, { hasSettingFault: true }) }),
    ],
    [
      'it claims more than a day',
      storedTokenOf({ versionId: 'token-1', text: tokenText(0, { lifetimeMinutes: 9_999 }) }),
    ],
  ])('but not where %s', (_, stored) => {
    expect(isFaultless(stored, minute(0))).toBe(false);
  });
});

describe('the lines of a dying token', () => {
  test.each<[now: number, line: LifeLine]>([
    [0, 'enough'],
    [39.99, 'enough'],
    [40, 'warning'],
    [49.99, 'warning'],
    [50, 'critical'],
    [59.99, 'critical'],
    [60, 'expired'],
    [600, 'expired'],
  ])('after %s of 60 minutes it has crossed "%s"', (now, line) => {
    expect(lifeLineOf(storedUntil(60), minute(now))).toBe(line);
  });

  test('are fractions of its own lifetime', () => {
    const short = storedUntil(0, { document: parseTokenDocument(tokenText(0, { lifetimeMinutes: 12 })) });
    expect([7.9, 8, 9.9, 10, 12].map((now) => lifeLineOf(short, minute(now)))).toEqual([
      'enough',
      'warning',
      'warning',
      'critical',
      'expired',
    ]);
  });
});
