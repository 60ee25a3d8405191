import { describe, expect, test } from 'vitest';
import { parseTokenDocument } from '../../../../lambda/aws/token-document.ts';
import { advance, type Finding, isHealed, silenceAfter, worthWriting } from '../../../../lambda/incident/advance.ts';
import { type IncidentRecord, noRecord } from '../../../../lambda/incident/record.ts';
import {
  failureOf,
  findingAt,
  incidentOf,
  minute,
  recordOf,
  refreshTokenHash,
  storedUntil,
  tokenText,
  toldIncident,
} from '../examples.ts';

/** The record after findings, one after the other. */
const recordAfter = (findings: readonly Finding[], from: IncidentRecord = noRecord) => findings.reduce(advance, from);
const failing = (at: number, code: Parameters<typeof failureOf>[0], changes: Partial<Finding> = {}) =>
  findingAt(at, { failure: failureOf(code), ...changes });
const newToken = storedUntil(100, { versionId: 'token-2' });

describe('tries and waits', () => {
  /** The minutes of all ticks on which the next try was due, while every try fails. */
  function triesOf(code: Parameters<typeof failureOf>[0], until: number): number[] {
    let record: IncidentRecord = noRecord;
    const tries: number[] = [];
    for (let at = 0; at <= until; at += 5) {
      const { incident } = record;
      if (incident !== undefined && incident.due > minute(at)) continue;
      tries.push(at);
      const silence = { [refreshTokenHash]: silenceAfter(record, findingAt(at)) };
      record = advance(record, failing(at, code, { quiet: code === 'rate_limited' ? silence : {} }));
      expect(record.incident?.tries).toBe(tries.length);
    }
    return tries;
  }

  test('wait 10, 10, 10 and then 30 minutes for an operator', () => {
    for (const code of ['invalid_code', 'invalid_client', 'refused', 'scope_mismatch'] as const) {
      expect(triesOf(code, 120)).toEqual([0, 10, 20, 30, 60, 90, 120]);
    }
  });

  test('wait 15, 15, 30 and then 60 minutes for a throttle', () => {
    expect(triesOf('rate_limited', 240)).toEqual([0, 15, 30, 60, 120, 180, 240]);
  });

  test('are counted once, however often the same finding is advanced, and whoever came first', () => {
    const doubled = [failing(0, 'invalid_code'), failing(0.1, 'invalid_code', { slot: minute(0) })];
    expect(recordAfter(doubled).incident).toMatchObject({ tries: 1, due: minute(10) });
    expect(recordAfter([...doubled, failing(10, 'invalid_code')]).incident).toMatchObject({
      tries: 2,
      due: minute(20),
    });
  });

  test('begin anew with another kind of failure, other credentials or another configuration', () => {
    const second = recordAfter([failing(0, 'invalid_code'), failing(10, 'invalid_code')]);
    const others = [
      failing(20, 'rate_limited'),
      failing(20, 'invalid_code', { failure: failureOf('invalid_code', { credentials: 'credentials-2' }) }),
      failing(20, 'invalid_code', { configuration: 'another' }),
    ];
    for (const other of others) expect(advance(second, other).incident?.tries).toBe(1);
    expect(advance(second, failing(20, 'invalid_client')).incident).toMatchObject({
      code: 'invalid_client',
      tries: 3,
    });
  });

  test('stay due if the try fails with a fault that may pass', () => {
    const record = recordAfter([failing(0, 'invalid_code'), failing(10, 'zoho_unavailable')]);
    expect(record.incident).toMatchObject({ code: 'invalid_code', tries: 1, due: minute(10) });
  });

  test('are not made by a tick that waits out a silence: it begins an incident, and displaces none', () => {
    const wait = { failure: failureOf('rate_limited', { isWait: true, credentials: undefined }) };
    expect(advance(noRecord, findingAt(5, wait)).incident).toMatchObject({ code: 'rate_limited', tries: 0 });
    const standing = recordOf(incidentOf('invalid_code'));
    expect(advance(standing, findingAt(5, wait)).incident).toEqual(standing.incident);
    const setting = recordOf(toldIncident('setting_mismatch'));
    expect(advance(setting, findingAt(5, wait)).incident).toMatchObject({ code: 'rate_limited' });
  });
});

describe('Zoho’s silence', () => {
  const silence = (at: number, record = noRecord, slot = at) =>
    (silenceAfter(record, { now: minute(at), slot: minute(slot) }).getTime() - minute(0).getTime()) / 60_000;

  test('runs from the slot, but is never more than a minute short by the clock', () => {
    expect(silence(0.5, noRecord, 0)).toBe(15);
    expect(silence(4, noRecord, 0)).toBe(18);
  });

  test('grows with the answers in a row, and not with a doubled one', () => {
    const first = recordAfter([failing(0, 'rate_limited')]);
    expect(silence(15, first)).toBe(30);
    expect(silence(0.2, first, 0)).toBe(15);
  });

  test('is merged by the later date, for each refresh token by itself', () => {
    const record = recordOf(undefined, { quiet: { one: minute(20), other: minute(5) } });
    const found = findingAt(1, { quiet: { one: minute(15), other: minute(16), third: minute(9) } });
    expect(advance(record, found).quiet).toEqual({ one: minute(20), other: minute(16), third: minute(9) });
  });

  test('is forgotten a day after its end', () => {
    const record = recordOf(undefined, { quiet: { one: minute(0) } });
    expect(advance(record, findingAt(1439)).quiet).toEqual({ one: minute(0) });
    expect(advance(record, findingAt(1440)).quiet).toEqual({});
  });
});

describe('an incident', () => {
  test('goes on from its beginning when its code changes', () => {
    const record = recordAfter([failing(0, 'zoho_unavailable'), failing(5, 'invalid_code')]);
    expect(record.incident).toMatchObject({ code: 'invalid_code', since: minute(0), tries: 1 });
  });

  test('that nobody was alerted to ends with a good token under another version', () => {
    expect(advance(recordOf(incidentOf('invalid_code')), findingAt(10, { stored: newToken })).incident).toBeUndefined();
  });

  test('that on-call knows of, or is being alerted to, stays until it is resolved', () => {
    const told = recordOf(toldIncident('invalid_code'));
    expect(advance(told, findingAt(10, { stored: newToken })).incident).toBe(told.incident);
    const claim = { alert: 'open', at: minute(9), claims: 1 } as const;
    const claimed = recordOf(incidentOf('invalid_code'), { claim });
    expect(advance(claimed, findingAt(10, { stored: newToken })).incident).toBe(claimed.incident);
  });

  test('whose end is being alerted is not mixed with what fails after it', () => {
    const claim = { alert: 'resolved', at: minute(9), claims: 1 } as const;
    const record = recordOf(toldIncident('invalid_code'), { claim });
    expect(advance(record, failing(10, 'invalid_client')).incident).toEqual(record.incident);
  });

  test.each([
    ['the token that it failed with stands', storedUntil(45)],
    [
      'the new one was stored with a fault',
      storedUntil(100, {
        versionId: 'token-2',
        document: parseTokenDocument(tokenText(40, { hasSettingFault: true })),
      }),
    ],
    ['the new one is dead', storedUntil(100, { versionId: 'token-2', isFoundDead: true })],
    ['the new one has ended', storedUntil(5, { versionId: 'token-2' })],
  ])('does not end while %s', (_, stored) => {
    expect(isHealed(recordOf(incidentOf('invalid_code')), findingAt(10, { stored }))).toBe(false);
  });

  test('of a diagnosis is not displaced by a wrong setting of the old token, but by one of a new one', () => {
    const record = recordOf(toldIncident('invalid_code'));
    expect(advance(record, failing(5, 'setting_mismatch')).incident?.code).toBe('invalid_code');
    expect(advance(record, failing(5, 'setting_mismatch', { stored: newToken })).incident?.code).toBe(
      'setting_mismatch',
    );
  });
});

describe('what an incident remembers', () => {
  const wait = failureOf('rate_limited', { isWait: true });
  test.each([
    ['a fault that may pass began when the token became due', failing(30, 'zoho_unavailable'), 5],
    ['so did a silence that is waited out', findingAt(30, { failure: wait }), 5],
    ['of a token that is not due yet, now', failing(2, 'zoho_unavailable'), 2],
    ['a throttle answer began it now', failing(30, 'rate_limited'), 30],
    ['an operator’s code began it now', failing(30, 'invalid_code'), 30],
  ])('%s', (_, found, since) => {
    expect(advance(noRecord, found).incident?.since).toEqual(minute(since));
  });

  test('the token that it failed with, although a token that is marked as faulty is stored since', () => {
    const document = parseTokenDocument(tokenText(20, { hasSettingFault: true }));
    const marked = storedUntil(80, { versionId: 'token-2', document });
    const next = (code: 'setting_mismatch' | 'invalid_code', stored = marked) =>
      advance(recordOf(incidentOf(code)), failing(20, code, { stored })).incident?.with.token;
    expect(next('setting_mismatch')).toBe('token-1');
    expect(next('setting_mismatch', storedUntil(80, { versionId: 'token-2' }))).toBe('token-2');
    expect(next('invalid_code')).toBe('token-2');
    const first = advance(noRecord, failing(20, 'setting_mismatch', { stored: marked }));
    expect(first.incident?.with.token).toBe('token-2');
  });

  test('from when on apps have no usable token: its end, or when it was first found dead', () => {
    const unusableFrom = (findings: readonly Finding[]) => recordAfter(findings).incident?.unusableFrom;
    const dead = { stored: storedUntil(45, { isFoundDead: true }) };
    const [alive, found] = [failing(0, 'invalid_code'), failing(10, 'invalid_code', dead)];
    expect(unusableFrom([alive])).toEqual(minute(45));
    expect(unusableFrom([alive, found])).toEqual(minute(10));
    expect(unusableFrom([alive, found, failing(20, 'invalid_code', dead)])).toEqual(minute(10));
    expect(unusableFrom([alive, failing(60, 'invalid_code')])).toEqual(minute(45));
    expect(unusableFrom([alive, failing(10, 'invalid_code', { stored: newToken })])).toEqual(minute(100));
    const nothing = { ...dead.stored, document: undefined };
    expect(unusableFrom([failing(3, 'invalid_code', { stored: nothing })])).toEqual(minute(3));
  });

  test('when the next try is due, which a try of another code of its kind that comes early leaves', () => {
    const record = recordAfter([failing(0, 'invalid_code'), failing(5, 'invalid_client')]);
    expect(record.incident).toMatchObject({ code: 'invalid_client', tries: 1, due: minute(10) });
  });
});

describe('a dead token', () => {
  const dead = storedUntil(45, { isFoundDead: true });

  test('is remembered since it was first found', () => {
    const record = recordAfter([findingAt(1, { stored: dead }), findingAt(6, { stored: dead })]);
    expect(record.dead).toEqual({ token: 'token-1', since: minute(1) });
  });

  test('is alive again if the service then accepts it, and not if it was not asked', () => {
    const record = recordOf(undefined, { dead: { token: 'token-1', since: minute(1) } });
    expect(advance(record, findingAt(6, { acceptedAt: minute(6) })).dead).toBeUndefined();
    expect(advance(record, findingAt(6, { acceptedAt: minute(0) })).dead).toEqual(record.dead);
    expect(advance(record, findingAt(6)).dead).toEqual(record.dead);
  });

  test('is forgotten with its replacement, unless on-call was alerted to it', () => {
    const record = recordOf(undefined, { dead: { token: 'token-1', since: minute(1) } });
    expect(advance(record, findingAt(6, { stored: newToken })).dead).toBeUndefined();
    const told = { ...record, incident: toldIncident('invalid_code') };
    expect(advance(told, findingAt(6, { stored: newToken })).dead).toEqual(record.dead);
  });
});

describe('a record is written', () => {
  const change = (from: IncidentRecord, found: Finding) => worthWriting(from, advance(from, found)) !== undefined;

  test.each<[title: string, isWritten: boolean, from: IncidentRecord, found: Finding]>([
    ['for the first try of an operator’s code', true, noRecord, failing(0, 'invalid_code')],
    ['for each try after it', true, recordOf(incidentOf('invalid_code')), failing(10, 'invalid_code')],
    ['not between its tries', false, recordOf(incidentOf('invalid_code')), failing(5, 'invalid_code')],
    [
      'for a throttle answer',
      true,
      noRecord,
      failing(0, 'rate_limited', { quiet: { [refreshTokenHash]: minute(15) } }),
    ],
    [
      'not for a tick that waits',
      false,
      noRecord,
      findingAt(5, { failure: failureOf('rate_limited', { isWait: true }) }),
    ],
    ['not for a fault that may pass', false, noRecord, failing(0, 'zoho_unavailable')],
    [
      'not for another one after its alert',
      false,
      recordOf(toldIncident('zoho_unavailable')),
      failing(5, 'unexpected_response'),
    ],
    [
      'not for each time that credentials are missing',
      false,
      recordOf(toldIncident('credentials_missing')),
      failing(5, 'credentials_missing'),
    ],
    ['for a dead token', true, noRecord, findingAt(0, { stored: storedUntil(45, { isFoundDead: true }) })],
    ['not if nothing is wrong', false, noRecord, findingAt(0)],
  ])('%s', (_, isWritten, from, found) => {
    expect(change(from, found)).toBe(isWritten);
  });

  test('not for each token of a setting that stays wrong', () => {
    const marked = (versionId: string) => ({
      versionId,
      document: parseTokenDocument(tokenText(0, { hasSettingFault: true })),
      isFoundDead: false,
    });
    const told = toldIncident('setting_mismatch', {
      with: { configuration: findingAt(0).configuration, token: 'token-0' },
    });
    const failure = failureOf('setting_mismatch', { credentials: undefined });
    expect(change(recordOf(told), findingAt(20, { failure, stored: marked('token-2') }))).toBe(false);
  });

  test('without an incident that nobody knows of and the next try finds again', () => {
    const wait = {
      failure: failureOf('rate_limited', { isWait: true }),
      quiet: { [refreshTokenHash]: minute(15) },
    };
    const found = findingAt(5, wait);
    expect(worthWriting(noRecord, advance(noRecord, found))).toMatchObject({
      quiet: wait.quiet,
      incident: undefined,
    });
  });

  test('keeps the incident whose alert is claimed and not sent, although it has turned into one that may pass', () => {
    const claim = { alert: 'open', at: minute(5), claims: 1 } as const;
    const before = recordOf(incidentOf('setting_mismatch'), { claim });
    const after = advance(before, failing(10, 'zoho_unavailable'));
    expect(worthWriting(before, after)).toMatchObject({ claim, incident: { code: 'zoho_unavailable' } });
  });
});
