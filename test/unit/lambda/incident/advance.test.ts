import { describe, expect, test } from 'vitest';
import { parseTokenDocument } from '../../../../lambda/aws/token-document.ts';
import type { FailureCode } from '../../../../lambda/failure.ts';
import {
  advance,
  type Failure,
  type Finding,
  isHealed,
  silenceAfter,
  worthWriting,
} from '../../../../lambda/incident/advance.ts';
import { type Incident, type IncidentRecord, noRecord } from '../../../../lambda/incident/record.ts';
import {
  failureOf,
  findingAt,
  incidentOf,
  justBefore,
  minute,
  nothingStored,
  recordOf,
  refreshTokenHash,
  storedUntil,
  tokenText,
  toldIncident,
} from '../examples.ts';

const failing = (at: number, code: FailureCode, changes: Partial<Finding> = {}) =>
  findingAt(at, { failure: failureOf(code), ...changes });
const failingAs = (at: number, code: FailureCode, changes: Partial<Failure>) =>
  findingAt(at, { failure: failureOf(code, changes) });
const waiting = (at: number) => failingAs(at, 'rate_limited', { isWait: true, credentials: undefined });

/** The stored token of a finding ends at minute 45 and is due from minute 5 on. */
const newToken = storedUntil(100, { versionId: 'token-2' });
const marked = { ...newToken, document: parseTokenDocument(tokenText(40, { hasSettingFault: true })) };
const dead = { stored: storedUntil(45, { isFoundDead: true }) };
/** Of a tick that comes so late. */
const firstSlot = { slot: minute(0) };
const open = recordOf(incidentOf('invalid_code'));
const asItWas = open.incident as Incident;
const early = { code: 'refused', tries: 1, due: minute(10) } as const;
const throttled = recordOf(incidentOf('rate_limited'));
const missing = recordOf(incidentOf('credentials_missing'));
const told = recordOf(toldIncident('invalid_code'));
const wrongSetting = recordOf(toldIncident('setting_mismatch'));
const news = { message: 'news' };
const others = { credentials: 'credentials-2' };
const withOthers = { with: { ...asItWas.with, ...others } };
const elsewhere = { configuration: 'another' };

// The waits of each kind, try after try: reconcile.test.ts.
test.each<[title: string, found: Finding, incident: Partial<Incident>, before?: IncidentRecord]>([
  ['a wait counts from the slot of the try', failing(4, 'invalid_code', firstSlot), { tries: 1, due: minute(10) }],
  ['a throttle’s also by the clock, less a minute', failing(4, 'rate_limited', firstSlot), { due: minute(18) }],
  ['a fault that may pass is tried again by the next tick', failing(0, 'zoho_unavailable'), { due: minute(5) }],
  ['a finding that comes twice is one try', failing(0.1, 'invalid_code', firstSlot), asItWas, open],
  ['a try counts if it comes a minute early', failing(9, 'invalid_code'), { tries: 2, due: minute(19) }, open],
  ['a try does not count if it comes sooner', failing(justBefore(9), 'invalid_code'), asItWas, open],
  ['tries go on with another code of the kind', failing(10, 'refused'), { code: 'refused', tries: 2 }, open],
  ['another code of the kind leaves the next try if it is early', failing(5, 'refused'), early, open],
  ['tries begin anew with another kind of failure', failing(10, 'secret_store_failed'), { tries: 1 }, wrongSetting],
  ['tries begin anew with other credentials', failingAs(10, 'invalid_code', others), { tries: 1 }, open],
  ['new credentials that fail are remembered', failingAs(10, 'invalid_code', others), withOthers, open],
  ['tries begin anew with another configuration', failing(10, 'invalid_code', elsewhere), { tries: 1 }, open],
  ['between tries a diagnosis stays as it is', failingAs(5, 'invalid_code', news), asItWas, open],
  ['a code without waits takes every message', failingAs(5, 'credentials_missing', news), news, missing],
  ['a fault that may pass leaves a try due', failing(10, 'zoho_unavailable'), asItWas, open],
  ['a fault that may pass displaces no throttle', failing(5, 'zoho_unavailable'), { code: 'rate_limited' }, throttled],
  ['waiting out a silence is no try', waiting(5), { code: 'rate_limited', tries: 0 }],
  ['waiting out a silence displaces no diagnosis', waiting(5), asItWas, open],
  ['waiting out a silence displaces a wrong setting', waiting(5), { code: 'rate_limited' }, wrongSetting],
  ['a wrong setting of the old token displaces no diagnosis', failing(5, 'setting_mismatch'), asItWas, told],
  ['one of a new token does', failing(5, 'setting_mismatch', { stored: newToken }), { code: 'setting_mismatch' }, told],
  ['an incident keeps its beginning if the code changes', failing(9, 'refused'), { since: minute(0) }, wrongSetting],
  ['a fault that may pass begins when the token is due', failing(30, 'zoho_unavailable'), { since: minute(5) }],
  ['waiting out a silence begins then, too', waiting(30), { since: minute(5) }],
  ['a fault before that begins now', failing(2, 'zoho_unavailable'), { since: minute(2) }],
  ['a throttle answer begins now', failing(30, 'rate_limited'), { since: minute(30) }],
  ['an operator’s code begins now', failing(30, 'invalid_code'), { since: minute(30) }],
])('%s', (_, found, incident, before = noRecord) => {
  expect(advance(before, found).incident).toMatchObject(incident);
});

test('a token that is marked as faulty does not take the place of the one that failed', () => {
  const next = (code: FailureCode, stored = marked, before = recordOf(incidentOf(code))) =>
    advance(before, failing(20, code, { stored })).incident?.with.token;
  expect(next('setting_mismatch')).toBe('token-1');
  expect(next('setting_mismatch', marked, noRecord)).toBe('token-2');
  expect(next('setting_mismatch', { ...newToken, document: undefined })).toBe('token-2');
  expect(next('setting_mismatch', newToken)).toBe('token-2');
  expect(next('invalid_code')).toBe('token-2');
});

test.each<[from: number, title: string, ...findings: Finding[]]>([
  [45, 'when it ends', failing(0, 'invalid_code')],
  [45, 'when it has ended', failing(60, 'invalid_code')],
  [10, 'when it is found dead', failing(0, 'invalid_code'), failing(10, 'invalid_code', dead)],
  [10, 'when it was first found dead', failing(10, 'invalid_code', dead), failing(20, 'invalid_code', dead)],
  [100, 'when the next one ends', failing(0, 'invalid_code'), failing(10, 'invalid_code', { stored: newToken })],
  [3, 'at once if there is none', failing(3, 'invalid_code', { stored: nothingStored })],
])('apps have no usable token from minute %d on: %s', (from, _, ...findings) => {
  expect(findings.reduce(advance, noRecord).incident?.unusableFrom).toEqual(minute(from));
});

describe('an incident', () => {
  const claim = (alert: 'open' | 'resolved') => ({ claim: { alert, at: minute(9), claims: 1 } });

  test('ends with a good token under another version if nobody was alerted', () => {
    expect(advance(open, findingAt(10, { stored: newToken })).incident).toBeUndefined();
  });

  test.each([
    ['on-call knows of it', told],
    ['its alert is under way', recordOf(incidentOf('invalid_code'), claim('open'))],
  ])('stays until it is resolved if %s', (_, record) => {
    expect(advance(record, findingAt(10, { stored: newToken })).incident).toBe(record.incident);
  });

  test('is not mixed with what fails while its end is being alerted', () => {
    const record = recordOf(toldIncident('invalid_code'), claim('resolved'));
    expect(advance(record, failing(10, 'invalid_client')).incident).toEqual(record.incident);
  });

  test.each<[title: string, found: Partial<Finding>]>([
    ['the token that it failed with stands', {}],
    ['the new one was stored with a fault', { stored: marked }],
    ['the new one is dead', { stored: { ...newToken, isFoundDead: true } }],
    ['the new one has ended', { stored: storedUntil(5, { versionId: 'token-2' }) }],
    ['something fails', { stored: newToken, failure: failureOf('invalid_code') }],
  ])('does not end while %s', (_, found) => {
    expect(isHealed(open, findingAt(10, found))).toBe(false);
  });
});

describe('Zoho’s silence', () => {
  const later = recordOf(incidentOf('invalid_code', { tries: 3 }));
  test.each<[minutes: number, title: string, record: IncidentRecord, at: number, slot: number]>([
    [15, 'runs from the slot', noRecord, 0.5, 0],
    [18, 'is never more than a minute short by the clock', noRecord, 4, 0],
    [30, 'grows with the answers in a row', advance(noRecord, failing(0, 'rate_limited')), 15, 15],
    [15, 'does not grow with a doubled answer', advance(noRecord, failing(0, 'rate_limited')), 0.2, 0],
    [35, 'begins with the first wait after another failure', later, 20, 20],
  ])('ends after %d minutes: it %s', (minutes, _, record, at, slot) => {
    expect(silenceAfter(record, { now: minute(at), slot: minute(slot) })).toEqual(minute(minutes));
  });

  test('is merged by the later date, for each refresh token by itself', () => {
    const record = recordOf(undefined, { quiet: { one: minute(20), other: minute(5) } });
    const found = findingAt(1, { quiet: { one: minute(15), other: minute(16), third: minute(9) } });
    expect(advance(record, found).quiet).toEqual({ one: minute(20), other: minute(16), third: minute(9) });
  });

  test('is forgotten a day after its end', () => {
    const record = recordOf(undefined, { quiet: { one: minute(0) } });
    expect(advance(record, findingAt(justBefore(1440))).quiet).toEqual({ one: minute(0) });
    expect(advance(record, findingAt(1440)).quiet).toEqual({});
  });
});

describe('a dead token', () => {
  const record = advance(noRecord, findingAt(1, dead));
  const asFound = { token: 'token-1', since: minute(1) };
  const replaced = findingAt(6, { stored: newToken });
  test.each<[title: string, found: Finding, isKept: boolean, before?: IncidentRecord]>([
    ['is remembered since it was first found', findingAt(6, dead), true],
    ['is remembered if the service was not asked', findingAt(6), true],
    ['is alive again if the service then accepts it', findingAt(6, { acceptedAt: minute(1) }), false],
    ['is not if the service accepted it before', findingAt(6, { acceptedAt: minute(0) }), true],
    ['is forgotten with its replacement', replaced, false],
    ['is remembered if on-call was alerted to it', replaced, true, { ...told, dead: asFound }],
  ])('%s', (_, found, isKept, before = record) => {
    expect(advance(before, found).dead).toEqual(isKept ? asFound : undefined);
  });
});

describe('a record is written', () => {
  const silence = { [refreshTokenHash]: minute(15) };
  const passing = recordOf(toldIncident('zoho_unavailable'));
  const toldMissing = recordOf(toldIncident('credentials_missing'));
  const stays = { failure: failureOf('setting_mismatch', { credentials: undefined }), stored: marked };
  const ofOldToken = { with: { configuration: findingAt(0).configuration, token: 'token-0' } };
  test.each<[title: string, isWritten: boolean, before: IncidentRecord, found: Finding]>([
    ['for the first try of an operator’s code', true, noRecord, failing(0, 'invalid_code')],
    ['for each try after it', true, open, failing(10, 'invalid_code')],
    ['not between its tries', false, open, failing(5, 'invalid_code')],
    ['for a throttle answer', true, noRecord, failing(0, 'rate_limited', { quiet: silence })],
    ['not for a tick that waits', false, noRecord, waiting(5)],
    ['not for a fault that may pass', false, noRecord, failing(0, 'zoho_unavailable')],
    ['not for another one after its alert', false, passing, failing(5, 'unexpected_response')],
    ['not each time that credentials are missing', false, toldMissing, failing(5, 'credentials_missing')],
    ['for another code without waits', true, toldMissing, failing(5, 'secret_store_refused')],
    [
      'not for each token of a setting that stays wrong',
      false,
      recordOf(toldIncident('setting_mismatch', ofOldToken)),
      findingAt(20, stays),
    ],
    ['for a dead token', true, noRecord, findingAt(0, dead)],
    ['not if nothing is wrong', false, noRecord, findingAt(0)],
  ])('%s', (_, isWritten, before, found) => {
    const after = advance(before, found);
    expect(worthWriting(before, after)).toEqual(isWritten ? after : undefined);
  });

  test('without an incident that nobody knows of and the next try finds again', () => {
    const after = advance(noRecord, { ...waiting(5), quiet: silence });
    expect(worthWriting(noRecord, after)).toMatchObject({ quiet: silence, incident: undefined });
  });

  test('with a fault that may pass if on-call knows of it', () => {
    const after = advance(passing, failing(5, 'zoho_unavailable', dead));
    expect(worthWriting(passing, after)?.incident?.code).toBe('zoho_unavailable');
  });

  test('with the incident whose alert is claimed and not sent, although it has turned into one that may pass', () => {
    const claim = { alert: 'open', at: minute(5), claims: 1 } as const;
    const before = recordOf(incidentOf('setting_mismatch'), { claim });
    const after = advance(before, failing(10, 'zoho_unavailable'));
    expect(worthWriting(before, after)).toMatchObject({ claim, incident: { code: 'zoho_unavailable' } });
  });
});
