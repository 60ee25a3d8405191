import { describe, expect, test } from 'vitest';
import { parseTokenDocument } from '../../../lambda/aws/token-document.ts';
import {
  isUsable,
  type LifeLine,
  lifeLeftFraction,
  lifeLeftMilliseconds,
  lifeLineOf,
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
    ['the secret has no version', { ...nothingStored, versionId: undefined }],
    ['a probe found the token dead', storedUntil(60, { isFoundDead: true })],
  ])('is nothing where %s', (_, stored) => {
    expect(lifeLeftMilliseconds(stored, minute(0))).toBe(0);
    expect(lifeLeftFraction(stored, minute(0))).toBe(0);
    expect(isUsable(stored, minute(0))).toBe(false);
    expect(lifeLineOf(stored, minute(0))).toBe('expired');
  });

  test('is nothing where a token claims more than a day, whoever wrote it', () => {
    const long = storedUntil(0, {
      document: parseTokenDocument(tokenText(0, { lifetimeMinutes: 24 * 60 + 1 })),
    });
    expect(isUsable(long, minute(0))).toBe(false);
    expect(isUsable(long, minute(24 * 60))).toBe(false);
    const day = storedUntil(0, { document: parseTokenDocument(tokenText(0, { lifetimeMinutes: 24 * 60 })) });
    expect(isUsable(day, minute(0))).toBe(true);
  });

  test('is nothing where a token ends before it began', () => {
    const document = parseTokenDocument(tokenText(0));
    const odd = document && storedUntil(0, { document: { ...document, issuedAt: minute(90) } });
    expect(odd && lifeLineOf(odd, minute(70))).toBe('expired');
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
