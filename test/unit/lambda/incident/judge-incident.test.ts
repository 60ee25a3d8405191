import { describe, expect, test } from 'vitest';
import type { FailureCode } from '../../../../lambda/failure.ts';
import { judgeIncident } from '../../../../lambda/incident/judge-incident.ts';
import {
  failureOf,
  incidentOf,
  minute,
  nothingStored,
  situation,
  start,
  storedUntil,
  toldIncident,
} from '../examples.ts';

describe('a first failure', () => {
  test('is nothing where nothing failed', () => {
    expect(judgeIncident(undefined, situation({ now: start }))).toBeUndefined();
  });

  test.each<[FailureCode]>([
    ['invalid_code'],
    ['scope_mismatch'],
    ['credentials_missing'],
    ['setting_mismatch'],
    ['rate_limited'],
  ])('%s begins an incident now, to be recorded at once', (code) => {
    const judged = judgeIncident(
      undefined,
      situation({ now: minute(0.5), slot: start, failure: failureOf(code) }),
    );
    expect(judged).toMatchObject({
      isWorthRecording: true,
      incident: {
        code,
        since: minute(0.5),
        countedFrom: start,
        tokenVersion: 'token-1',
        openedAt: undefined,
      },
    });
  });

  test('that only a person can end began now, however long the token has been due', () => {
    const judged = judgeIncident(
      undefined,
      situation({ now: minute(15), failure: failureOf('invalid_code') }),
    );
    expect(judged?.incident.since).toEqual(minute(15));
  });

  test('that may pass began when the token became due, and is not recorded while the token works', () => {
    const judged = judgeIncident(
      undefined,
      situation({ now: minute(15), failure: failureOf('zoho_unavailable') }),
    );
    // The token lives from -15 to 45: it became due at 5.
    expect(judged).toMatchObject({ isWorthRecording: false, incident: { since: minute(5) } });
  });

  test('that may pass began now where the token is not due yet', () => {
    const judged = judgeIncident(
      undefined,
      situation({ now: start, failure: failureOf('zoho_unavailable') }),
    );
    expect(judged?.incident.since).toEqual(start);
  });

  test('that may pass is recorded at once where nothing was ever stored', () => {
    const found = situation({ now: start, stored: nothingStored, failure: failureOf('zoho_unavailable') });
    expect(judgeIncident(undefined, found)).toMatchObject({
      isWorthRecording: true,
      incident: { since: start },
    });
  });

  test('that may pass is recorded at once where a probe found the stored token dead', () => {
    const stored = storedUntil(45, { isFoundDead: true });
    const found = situation({ now: minute(15), stored, failure: failureOf('zoho_unavailable') });
    expect(judgeIncident(undefined, found)).toMatchObject({
      isWorthRecording: true,
      incident: { since: minute(15), deadVersion: 'token-1' },
    });
  });
});

describe('a failure that goes on', () => {
  const later = minute(40);

  test.each<[FailureCode, FailureCode]>([
    ['invalid_code', 'invalid_code'],
    ['setting_mismatch', 'setting_mismatch'],
    ['zoho_unavailable', 'zoho_unavailable'],
    ['zoho_unavailable', 'unexpected_response'],
  ])('from %s to %s keeps its beginning and its count, and is not recorded again', (before, after) => {
    const judged = judgeIncident(toldIncident(before), situation({ now: later, failure: failureOf(after) }));
    expect(judged).toMatchObject({
      isWorthRecording: false,
      incident: { code: after, since: start, countedFrom: start, failedAt: later },
    });
  });

  test.each<[FailureCode, FailureCode]>([
    ['invalid_code', 'invalid_client'],
    ['credentials_missing', 'invalid_code'],
    ['invalid_client', 'scope_mismatch'],
  ])(
    'and turns from %s into %s keeps its count, and is recorded: waits and words are the code’s',
    (before, after) => {
      const found = situation({ now: later, failure: failureOf(after) });
      const judged = judgeIncident(toldIncident(before), found);
      expect(judged).toMatchObject({
        isWorthRecording: true,
        incident: { code: after, since: start, countedFrom: start, failedAt: later },
      });
      // Once it is recorded, it is no news.
      expect(judgeIncident(judged?.incident, found)?.isWorthRecording).toBe(false);
    },
  );

  test('of a throttle keeps its count, and every answer is recorded once', () => {
    const found = situation({ now: later, failure: failureOf('rate_limited') });
    const judged = judgeIncident(toldIncident('rate_limited'), found);
    expect(judged).toMatchObject({
      isWorthRecording: true,
      incident: { code: 'rate_limited', since: start, countedFrom: start, failedAt: later },
    });
    expect(judgeIncident(judged?.incident, found)?.isWorthRecording).toBe(false);
  });

  test.each<[FailureCode, FailureCode]>([
    ['zoho_unavailable', 'invalid_code'],
    ['rate_limited', 'invalid_code'],
    ['invalid_code', 'rate_limited'],
    ['setting_mismatch', 'invalid_code'],
    ['zoho_unavailable', 'rate_limited'],
  ])('and turns from %s into %s starts the count anew and is recorded', (before, after) => {
    const judged = judgeIncident(toldIncident(before), situation({ now: later, failure: failureOf(after) }));
    expect(judged).toMatchObject({
      isWorthRecording: true,
      incident: { code: after, since: start, countedFrom: later, openedAt: start },
    });
  });

  test.each<[FailureCode, FailureCode]>([
    ['invalid_code', 'zoho_unavailable'],
    ['scope_mismatch', 'unexpected_response'],
    ['rate_limited', 'zoho_unavailable'],
    ['rate_limited', 'secret_store_failed'],
  ])('of %s is not displaced by %s, which may pass', (before, after) => {
    const standing = toldIncident(before);
    const judged = judgeIncident(standing, situation({ now: later, failure: failureOf(after) }));
    expect(judged).toEqual({ incident: standing, isWorthRecording: false });
  });

  test.each<[FailureCode]>([['invalid_code'], ['rate_limited']])(
    'of %s is not displaced by a wrong setting that a probe finds while the wait lasts: its waits would end',
    (before) => {
      const failure = failureOf('setting_mismatch', { credentialsVersion: undefined });
      const judged = judgeIncident(toldIncident(before), situation({ now: minute(15), failure }));
      expect(judged?.incident.code).toBe(before);
    },
  );

  test.each<[FailureCode]>([['invalid_code'], ['rate_limited']])(
    'of %s gives way to a wrong setting of a new token, which is recorded: it ends the waits',
    (before) => {
      const stored = storedUntil(100, { versionId: 'token-2' });
      const found = situation({ now: later, stored, failure: failureOf('setting_mismatch') });
      expect(judgeIncident(toldIncident(before), found)).toMatchObject({
        isWorthRecording: true,
        incident: { code: 'setting_mismatch', kind: 'setting', since: start, tokenVersion: 'token-2' },
      });
    },
  );

  test('of a wrong setting gives way to a fault that may pass, unrecorded: the next tick finds it again', () => {
    const found = situation({ now: later, failure: failureOf('zoho_unavailable') });
    expect(judgeIncident(toldIncident('setting_mismatch'), found)).toMatchObject({
      isWorthRecording: false,
      incident: { code: 'zoho_unavailable', since: start },
    });
  });

  test('with other credentials starts the count anew and is recorded', () => {
    const failure = failureOf('invalid_code', { credentialsVersion: 'credentials-2' });
    expect(judgeIncident(toldIncident('invalid_code'), situation({ now: later, failure }))).toMatchObject({
      isWorthRecording: true,
      incident: { countedFrom: later, credentialsVersion: 'credentials-2' },
    });
  });

  test('with another configuration starts the count anew and is recorded', () => {
    const found = situation({ now: later, configuration: 'another', failure: failureOf('invalid_code') });
    expect(judgeIncident(toldIncident('invalid_code'), found)).toMatchObject({
      isWorthRecording: true,
      incident: { countedFrom: later, configuration: 'another' },
    });
  });

  test('while it is waited out stays as it was', () => {
    const standing = toldIncident('invalid_code');
    expect(judgeIncident(standing, situation({ now: later }))).toEqual({
      incident: standing,
      isWorthRecording: false,
    });
  });

  test('remembers a stored token that a probe found dead', () => {
    const stored = storedUntil(45, { isFoundDead: true });
    const judged = judgeIncident(incidentOf('invalid_code'), situation({ now: minute(15), stored }));
    expect(judged).toMatchObject({ isWorthRecording: true, incident: { deadVersion: 'token-1' } });
    const again = judgeIncident(judged?.incident, situation({ now: minute(20), stored }));
    expect(again?.isWorthRecording).toBe(false);
  });

  test.each<[FailureCode, FailureCode]>([
    ['invalid_code', 'invalid_code'],
    ['invalid_code', 'zoho_unavailable'],
    ['zoho_unavailable', 'zoho_unavailable'],
  ])('of %s remembers a stored token that was found dead while %s was judged', (before, after) => {
    const stored = storedUntil(45, { isFoundDead: true });
    const found = situation({ now: minute(15), stored, failure: failureOf(after) });
    expect(judgeIncident(toldIncident(before), found)).toMatchObject({
      isWorthRecording: true,
      incident: { code: before, deadVersion: 'token-1' },
    });
  });
});
