import { describe, expect, test } from 'vitest';
import { parseTokenDocument } from '../../../lambda/aws/token-document.ts';
import { isDue, isProbeSlot } from '../../../lambda/due.ts';
import {
  desk,
  incidentOf,
  minute,
  nothingStored,
  storedUntil,
  tickIntervalMilliseconds,
  tokenText,
} from './examples.ts';

describe('a new token', () => {
  test('is due when two thirds of the life or less are left', () => {
    const due = [0, 19.99, 20, 40, 60, 90].map((now) => isDue(desk, storedUntil(60), undefined, minute(now)));
    expect(due).toEqual([false, false, true, true, true, true]);
  });

  test('is due where nothing usable is stored', () => {
    expect(isDue(desk, nothingStored, undefined, minute(0))).toBe(true);
    expect(isDue(desk, storedUntil(60, { isFoundDead: true }), undefined, minute(0))).toBe(true);
  });

  test('is due when the configuration changed', () => {
    expect(isDue({ ...desk, settings: { org_id: '1' } }, storedUntil(60), undefined, minute(0))).toBe(true);
    expect(
      isDue({ ...desk, requiredScopes: ['Desk.calls.ALL'] }, storedUntil(60), undefined, minute(0)),
    ).toBe(true);
  });

  test('is not due where the stored token names no configuration', () => {
    const { configuration: _, ...older } = JSON.parse(tokenText(0));
    const stored = storedUntil(60, { document: parseTokenDocument(JSON.stringify(older)) });
    expect(isDue({ ...desk, settings: { org_id: '1' } }, stored, undefined, minute(0))).toBe(false);
  });

  test('is due while a failure that keeps tokens from being made stands', () => {
    for (const code of ['invalid_code', 'rate_limited', 'zoho_unavailable', 'credentials_missing'] as const) {
      expect(isDue(desk, storedUntil(60), incidentOf(code), minute(0))).toBe(true);
    }
  });

  test('is not due early for a wrong setting', () => {
    expect(isDue(desk, storedUntil(60), incidentOf('setting_mismatch'), minute(0))).toBe(false);
    expect(isDue(desk, storedUntil(60), incidentOf('setting_mismatch'), minute(20))).toBe(true);
  });
});

describe('a probe of the stored token', () => {
  const quarter = 900_000;
  const probed = (minutes: number[], interval = quarter) =>
    minutes.filter((each) => isProbeSlot(minute(each), tickIntervalMilliseconds, interval));

  test('falls on one tick in three', () => {
    expect(probed([0, 5, 10, 15, 20, 25, 30])).toEqual([0, 15, 30]);
  });

  test('falls on one tick in three whatever the minute of the ticks', () => {
    for (const shift of [1, 2.5, 4.99]) {
      expect(probed([0, 5, 10, 15, 20, 25].map((each) => each + shift))).toHaveLength(2);
    }
  });

  test('never falls on a tick where the interval is 0', () => {
    expect(probed([0, 5, 10, 15], 0)).toEqual([]);
  });

  test('falls on every tick where the interval is no longer than a tick', () => {
    expect(probed([0, 5, 10], tickIntervalMilliseconds)).toEqual([0, 5, 10]);
  });
});
