import { describe, expect, test } from 'vitest';
import { parseTokenDocument } from '../../../../lambda/aws/token-document.ts';
import type { FailureCode } from '../../../../lambda/failure.ts';
import {
  isSilenceRecorded,
  type NextStep,
  nextStep,
  type Situation,
  withThrottle,
} from '../../../../lambda/incident/next-step.ts';
import type { IncidentAlertState, IncidentRecord } from '../../../../lambda/incident/record.ts';
import {
  failureOf,
  incidentOf,
  minute,
  noRecord,
  nothingStored,
  recordOf,
  refreshTokenHash,
  situation,
  start,
  storedUntil,
  tokenText,
  toldIncident,
} from '../examples.ts';

/** What is told in one run, carried out step by step as the run does; with the record that is left behind. */
function run(
  record: IncidentRecord,
  found: Situation,
): { alerts: IncidentAlertState[]; record: IncidentRecord } {
  const alerts: IncidentAlertState[] = [];
  let at = record;
  for (let count = 0; count < 10; count += 1) {
    const step = nextStep(at, found);
    if (step.do === 'nothing' || step.do === 'report pending alert') return { alerts, record: at };
    if (step.do === 'tell') alerts.push(step.alert);
    else if (step.do !== 'write') throw new Error('a step that no run knows');
    at = step.do === 'tell' ? step.sent : step.record;
  }
  throw new Error('the steps do not come to an end');
}

/** The alerts of one tick after another, as `minute alert`, all with the same failure. */
function toldOn(minutes: readonly number[], at: (minutes: number) => Situation, record = noRecord): string[] {
  let current = record;
  return minutes.flatMap((each) => {
    const told = run(current, at(each));
    current = told.record;
    return told.alerts.map((alert) => `${each} ${alert}`);
  });
}

const everyTick = (until: number) => Array.from({ length: until / 5 + 1 }, (_, index) => index * 5);

function claimOf(step: NextStep): IncidentRecord {
  if (step.do !== 'tell') throw new Error(`expected an alert, found "${step.do}"`);
  return step.claimed;
}

const newToken = storedUntil(100, { versionId: 'token-2' });

describe('nothing to tell', () => {
  test('while all is well', () => {
    expect(nextStep(noRecord, situation({ now: start }))).toEqual({ do: 'nothing' });
  });

  test.each<[FailureCode]>([['zoho_unavailable'], ['unexpected_response'], ['secret_store_failed']])(
    'of %s while more than a third of the life is left: not even a record',
    (code) => {
      // The token lives until 45: a third is left at 25.
      const found = situation({ now: minute(24), failure: failureOf(code) });
      expect(nextStep(noRecord, found)).toEqual({ do: 'nothing' });
    },
  );

  test('of a throttle while more than a third is left, but a record with the refresh token’s hash', () => {
    const step = nextStep(noRecord, situation({ now: minute(10), failure: failureOf('rate_limited') }));
    expect(step).toMatchObject({
      do: 'write',
      record: {
        state: 'failing',
        incident: { code: 'rate_limited', openedAt: undefined },
        throttle: { refreshTokenHash, at: minute(10), answers: 1 },
      },
    });
  });

  test('while a run that somebody asked for may still be at Zoho', () => {
    const healing = recordOf(undefined, { state: 'healing', healing: { at: start, deadVersion: 'token-1' } });
    const found = situation({ now: minute(1), failure: failureOf('invalid_code') });
    expect(nextStep(healing, found)).toEqual({ do: 'nothing' });
    expect(nextStep(healing, { ...found, now: minute(1.1) })).toMatchObject({ do: 'tell', alert: 'open' });
  });
});

describe('opening', () => {
  test.each<[FailureCode]>([
    ['credentials_missing'],
    ['invalid_client'],
    ['invalid_client_secret'],
    ['invalid_code'],
    ['prefix_mismatch'],
    ['scope_mismatch'],
    ['token_rejected'],
    ['setting_mismatch'],
  ])('is at once for %s', (code) => {
    const found = situation({ now: start, failure: failureOf(code) });
    expect(nextStep(noRecord, found)).toMatchObject({ do: 'tell', alert: 'open', isTakenOver: false });
  });

  test('is at once where Secrets Manager refused: an operator must act', () => {
    const failure = failureOf('secret_store_failed', { kind: 'operator' });
    expect(nextStep(noRecord, situation({ now: start, failure }))).toMatchObject({
      do: 'tell',
      alert: 'open',
    });
  });

  test.each<[FailureCode]>([
    ['zoho_unavailable'],
    ['unexpected_response'],
    ['secret_store_failed'],
    ['rate_limited'],
  ])('is when a third of the life is left for %s', (code) => {
    const told = toldOn([5, 10, 15, 20, 25, 30], (now) =>
      situation({ now: minute(now), failure: failureOf(code) }),
    );
    expect(told).toEqual(['25 open']);
  });

  test.each([
    ['nothing is stored', nothingStored],
    ['the stored token is dead', storedUntil(45, { isFoundDead: true })],
    ['the stored token has expired', storedUntil(-1)],
  ])('is at once for a passing fault where %s', (_, stored) => {
    const found = situation({ now: start, stored, failure: failureOf('zoho_unavailable') });
    expect(nextStep(noRecord, found)).toMatchObject({ do: 'tell', alert: 'open' });
  });

  test('happens once, however many ticks it lasts', () => {
    const found = (now: number) =>
      situation({ now: minute(now), stored: storedUntil(1e6), failure: failureOf('invalid_code') });
    expect(toldOn([0, 0, 5, 10, 10, 15, 40], found)).toEqual(['0 open']);
  });

  test('is claimed before it is sent, both as steps of the record', () => {
    const step = nextStep(noRecord, situation({ now: start, failure: failureOf('invalid_code') }));
    const incident = { code: 'invalid_code', openedAt: start };
    expect(step).toMatchObject({
      claimed: { state: 'open', incident, step: { alert: 'open', status: 'claimed', at: start, claims: 1 } },
      sent: { state: 'open', incident, step: { alert: 'open', status: 'sent', at: start, claims: 1 } },
    });
  });
});

describe('escalating', () => {
  // The token lives from 0 to 60: warning at 40, critical at 50.
  const hour = (now: number, code: FailureCode) =>
    situation({ now: minute(now), stored: storedUntil(60), failure: failureOf(code) });

  test('is at a sixth of the life and again at expiry', () => {
    expect(toldOn(everyTick(120), (now) => hour(now, 'invalid_code'))).toEqual([
      '0 open',
      '50 escalated',
      '60 escalated',
    ]);
    expect(toldOn(everyTick(120), (now) => hour(now, 'zoho_unavailable'))).toEqual([
      '40 open',
      '50 escalated',
      '60 escalated',
    ]);
  });

  test('happens while the failure is being waited out too', () => {
    const waiting = (now: number) => situation({ now: minute(now), stored: storedUntil(60) });
    expect(toldOn([45, 50, 55, 60, 65], waiting, recordOf(toldIncident('invalid_code')))).toEqual([
      '50 escalated',
      '60 escalated',
    ]);
  });

  test('is once, for the last line, where several are crossed at once', () => {
    expect(toldOn([0, 65, 70], (now) => hour(now, 'invalid_code'))).toEqual(['0 open', '65 escalated']);
  });

  test('is not of a line that was crossed when it was opened', () => {
    expect(toldOn([55, 56, 59], (now) => hour(now, 'zoho_unavailable'))).toEqual(['55 open']);
    expect(toldOn([65, 70, 75], (now) => hour(now, 'zoho_unavailable'))).toEqual(['65 open']);
  });

  test('is when a passing fault turns into one that an operator must end', () => {
    const found = (now: number) => hour(now, now < 45 ? 'zoho_unavailable' : 'invalid_code');
    expect(toldOn([40, 41, 45, 46], found)).toEqual(['40 open', '45 escalated']);
  });

  test('is when a throttle turns into one that an operator must end', () => {
    const found = (now: number) => hour(now, now < 45 ? 'rate_limited' : 'invalid_client');
    expect(toldOn([40, 41, 45, 46], found)).toEqual(['40 open', '45 escalated']);
  });

  test('is when a passing fault turns into a wrong setting', () => {
    const found = (now: number) => hour(now, now < 45 ? 'zoho_unavailable' : 'setting_mismatch');
    expect(toldOn([40, 41, 45, 46], found)).toEqual(['40 open', '45 escalated']);
  });

  test('is when a wrong setting turns into a failure that lets no token be made', () => {
    const found = (now: number) => hour(now, now < 15 ? 'setting_mismatch' : 'invalid_code');
    expect(toldOn([5, 10, 15, 20], found)).toEqual(['5 open', '15 escalated']);
  });

  test('is not when a code comes back of which on-call was told before a throttle took its place', () => {
    const found = (now: number) => hour(now, now === 0 || now > 50 ? 'invalid_code' : 'rate_limited');
    expect(toldOn([0, 45, 50, 55], found)).toEqual(['0 open', '50 escalated']);
  });

  test('is not when one of an operator’s codes turns into another, nor back and forth', () => {
    const codes: FailureCode[] = [
      'invalid_code',
      'invalid_client',
      'zoho_unavailable',
      'rate_limited',
      'invalid_code',
    ];
    const told = toldOn([0, 10, 15, 20, 35], (now) =>
      hour(now, codes[[0, 10, 15, 20, 35].indexOf(now)] ?? 'invalid_code'),
    );
    expect(told).toEqual(['0 open']);
  });

  test('is at once where a probe finds the stored token dead during an open incident', () => {
    const stored = storedUntil(60, { isFoundDead: true });
    const step = nextStep(recordOf(toldIncident('invalid_code')), situation({ now: minute(15), stored }));
    expect(step).toMatchObject({ do: 'tell', alert: 'escalated' });
  });

  test('begins anew with each stored token while a wrong setting lasts', () => {
    const told = toldOn([0, 50, 55, 100, 105, 110], (now) =>
      situation({
        now: minute(now),
        stored: now < 55 ? storedUntil(60) : storedUntil(115, { versionId: 'token-2' }),
        failure: failureOf('setting_mismatch'),
      }),
    );
    expect(told).toEqual(['0 open', '50 escalated', '105 escalated']);
  });
});

describe('reminding', () => {
  const lasting = (now: number) =>
    situation({ now: minute(now), stored: nothingStored, failure: failureOf('invalid_code') });

  test('is every 6 hours', () => {
    expect(toldOn(everyTick(24 * 60), lasting)).toEqual([
      '0 open',
      '360 reminder',
      '720 reminder',
      '1080 reminder',
      '1440 reminder',
    ]);
  });

  test('is once for several that were missed', () => {
    expect(toldOn([0, 1000, 1005, 1080], lasting)).toEqual(['0 open', '1000 reminder', '1080 reminder']);
  });

  test('is not put off by ticks that are a minute early', () => {
    expect(toldOn([0, 359, 360], lasting)).toEqual(['0 open', '359 reminder']);
  });

  test('gives way to an escalation that comes at the same time', () => {
    const found = (now: number) =>
      situation({ now: minute(now), stored: storedUntil(360), failure: failureOf('invalid_code') });
    expect(toldOn([300, 660, 665], found)).toEqual(['300 open', '660 escalated']);
  });
});

describe('resolving', () => {
  const open = recordOf(toldIncident('invalid_code'));

  test('is once, when a faultless token stands under another version', () => {
    const healed = situation({ now: minute(45), stored: newToken });
    const { alerts, record } = run(open, healed);
    expect(alerts).toEqual(['resolved']);
    expect(record).toMatchObject({ state: 'closed', incident: undefined });
    expect(run(record, { ...healed, now: minute(50) }).alerts).toEqual([]);
  });

  test('is claimed before it is sent, with the incident still in the claim', () => {
    const step = nextStep(open, situation({ now: minute(45), stored: newToken }));
    expect(claimOf(step)).toMatchObject({
      incident: { code: 'invalid_code' },
      step: { alert: 'resolved', status: 'claimed' },
    });
  });

  test.each<[title: string, changes: Partial<Situation>]>([
    ['the same token stands there', { stored: storedUntil(100) }],
    ['this run failed', { stored: newToken, failure: failureOf('invalid_code') }],
    [
      'the new token has a wrong setting',
      { stored: { ...newToken, document: parseTokenDocument(tokenText(40, { hasSettingFault: true })) } },
    ],
    ['the new token has expired', { stored: storedUntil(44, { versionId: 'token-2' }) }],
    ['the new token was found dead', { stored: { ...newToken, isFoundDead: true } }],
    ['the new version is no token', { stored: { ...nothingStored, versionId: 'token-2' } }],
  ])('is not where %s', (_, changes) => {
    const { alerts } = run(open, situation({ now: minute(45), ...changes }));
    expect(alerts).not.toContain('resolved');
  });

  test('is not of an incident that was never opened: it is closed without an alert', () => {
    const failing = recordOf(incidentOf('rate_limited'), {
      throttle: { refreshTokenHash, at: start, answers: 1 },
    });
    const { alerts, record } = run(failing, situation({ now: minute(20), stored: newToken }));
    expect(alerts).toEqual([]);
    expect(record).toMatchObject({ state: 'closed', incident: undefined });
  });

  test('keeps what still holds Zoho’s silence', () => {
    const throttle = { refreshTokenHash, at: start, answers: 2 };
    const record = recordOf(toldIncident('rate_limited'), { throttle });
    expect(run(record, situation({ now: minute(20), stored: newToken })).record.throttle).toEqual(throttle);
  });

  test('is followed by a new opening when the next token fails', () => {
    const told = toldOn([0, 45, 90, 91], (now) =>
      situation({
        now: minute(now),
        stored: now < 45 ? storedUntil(45) : newToken,
        failure: now === 45 ? undefined : failureOf('invalid_code'),
      }),
    );
    expect(told).toEqual(['0 open', '45 resolved', '90 open']);
  });
});

describe('an alert that was claimed and not sent', () => {
  const failing = (now: number) =>
    situation({ now: minute(now), stored: storedUntil(1e6), failure: failureOf('invalid_code') });
  const claimed = claimOf(nextStep(noRecord, failing(0)));

  test('is left to the run that claimed it for as long as a run can last', () => {
    for (const now of [0, 0.5, 1]) expect(nextStep(claimed, failing(now))).toEqual({ do: 'nothing' });
  });

  test('is taken over on the next tick, as the same alert', () => {
    expect(nextStep(claimed, failing(5))).toMatchObject({
      do: 'tell',
      alert: 'open',
      isTakenOver: true,
      claimed: { step: { status: 'claimed', claims: 2, at: minute(5) } },
      sent: { step: { status: 'sent', claims: 2 } },
    });
  });

  test('is taken over every 30 minutes while SNS fails, and reported on the ticks between', () => {
    let record = claimed;
    const taken = everyTick(100).filter((now) => {
      const step = nextStep(record, failing(now));
      if (step.do === 'tell') record = step.claimed;
      else if (now > 0) expect(step).toEqual({ do: 'report pending alert', alert: 'open' });
      return step.do === 'tell';
    });
    expect(taken).toEqual([5, 35, 65, 95]);
  });

  test('is taken over after 30 minutes though ticks are a minute early', () => {
    const second = claimOf(nextStep(claimed, failing(5)));
    expect(nextStep(second, failing(34))).toMatchObject({ do: 'tell', alert: 'open' });
    expect(nextStep(second, failing(33.9))).toEqual({ do: 'report pending alert', alert: 'open' });
  });

  test.each<[FailureCode]>([['rate_limited'], ['invalid_client'], ['setting_mismatch']])(
    'does not keep %s from being recorded, and stays claimed',
    (code) => {
      const open = situation({ now: start, stored: nothingStored, failure: failureOf('zoho_unavailable') });
      const pending = claimOf(nextStep(claimOf(nextStep(noRecord, open)), { ...open, now: minute(5) }));
      expect(pending.step).toMatchObject({ alert: 'open', status: 'claimed', claims: 2 });
      const found = situation({ now: minute(10), stored: nothingStored, failure: failureOf(code) });
      const step = nextStep(pending, found);
      expect(step).toMatchObject({
        do: 'write',
        record: {
          state: 'open',
          step: pending.step,
          incident: { code, since: start, countedFrom: minute(10), failedAt: minute(10) },
          throttle: code === 'rate_limited' ? { refreshTokenHash, at: minute(10), answers: 1 } : undefined,
        },
      });
      // Once it is recorded, the alert has its turn: reported until its time has come, then taken over.
      if (step.do !== 'write') throw new Error('unreachable');
      expect(nextStep(step.record, found)).toEqual({ do: 'report pending alert', alert: 'open' });
      const later = situation({ now: minute(35), stored: nothingStored });
      expect(nextStep(step.record, later)).toMatchObject({
        do: 'tell',
        alert: 'open',
        incident: { code },
        isTakenOver: true,
      });
    },
  );

  test('keeps nothing from being recorded that it would itself record: a dead token, other credentials', () => {
    const pending = claimOf(nextStep(claimed, failing(5)));
    const dead = situation({ now: minute(10), stored: storedUntil(1e6, { isFoundDead: true }) });
    expect(nextStep(pending, dead)).toMatchObject({
      do: 'write',
      record: { step: pending.step, incident: { deadVersion: 'token-1' } },
    });
    const failure = failureOf('invalid_code', { credentialsVersion: 'credentials-2' });
    expect(nextStep(pending, { ...failing(10), failure })).toMatchObject({
      do: 'write',
      record: {
        step: pending.step,
        incident: { credentialsVersion: 'credentials-2', countedFrom: minute(10) },
      },
    });
  });

  test('is not followed by an escalation for what it tells itself: it tells how things are now', () => {
    const hour = (now: number) =>
      situation({ now: minute(now), stored: storedUntil(60), failure: failureOf('zoho_unavailable') });
    const warned = claimOf(nextStep(noRecord, hour(40)));
    expect(warned.incident).toMatchObject({ toldLine: 'warning', toldKind: 'transient' });
    for (const [now, toldLine] of [
      [45, 'warning'],
      [50, 'critical'],
      [65, 'expired'],
    ] as const) {
      const { alerts, record } = run(warned, hour(now));
      expect(alerts).toEqual(['open']);
      expect(record.incident).toMatchObject({ openedAt: minute(40), toldLine, toldLineOf: 'token-1' });
      expect(run(record, hour(now)).alerts).toEqual([]);
    }
    const late = run(warned, hour(50)).record;
    expect(toldOn([55, 60, 65], hour, late)).toEqual(['60 escalated']);
  });

  test('tells again of a failure whose alert never got out before it had turned into less', () => {
    const hour = (now: number, code: FailureCode) =>
      situation({ now: minute(now), stored: storedUntil(60), failure: failureOf(code) });
    const worse = claimOf(nextStep(recordOf(toldIncident('setting_mismatch')), hour(5, 'invalid_code')));
    expect(worse.step).toMatchObject({ alert: 'escalated', status: 'claimed' });
    const better = run(
      worse,
      situation({
        now: minute(15),
        stored: storedUntil(75, { versionId: 'token-2' }),
        failure: failureOf('setting_mismatch'),
      }),
    );
    expect(better.alerts).toEqual(['escalated']);
    expect(better.record.incident).toMatchObject({ code: 'setting_mismatch', toldKind: 'setting' });
    const again = situation({
      now: minute(20),
      stored: storedUntil(75, { versionId: 'token-2' }),
      failure: failureOf('invalid_code'),
    });
    expect(run(better.record, again).alerts).toEqual(['escalated']);
  });

  test('forgets nothing that on-call knew before the alert that never got out', () => {
    const hour = (now: number, code: FailureCode) =>
      situation({ now: minute(now), stored: storedUntil(60), failure: failureOf(code) });
    const told = recordOf(toldIncident('invalid_code'));
    const critical = claimOf(nextStep(told, hour(50, 'rate_limited')));
    const late = run(critical, hour(55, 'rate_limited'));
    expect(late.alerts).toEqual(['escalated']);
    expect(run(late.record, hour(56, 'invalid_code')).alerts).toEqual([]);
  });

  test('tells a turn for the worse itself', () => {
    const passing = situation({ now: start, stored: nothingStored, failure: failureOf('zoho_unavailable') });
    const pending = claimOf(nextStep(noRecord, passing));
    const worse = { ...passing, now: minute(5), failure: failureOf('invalid_code') };
    const { alerts, record } = run(pending, worse);
    expect(alerts).toEqual(['open']);
    expect(record.incident).toMatchObject({ code: 'invalid_code', toldKind: 'operator' });
  });

  test('tells the reminders that have passed meanwhile', () => {
    const { alerts, record } = run(claimed, failing(800));
    expect(alerts).toEqual(['open']);
    expect(record.incident?.reminders).toBe(2);
  });

  test('is given up where its incident is lost', () => {
    const lost: IncidentRecord = { ...claimed, incident: undefined };
    const { alerts, record } = run(lost, situation({ now: minute(5) }));
    expect(alerts).toEqual([]);
    expect(record).toMatchObject({ state: 'closed', step: undefined });
  });

  test('is sent before any later step, even where the incident is over meanwhile', () => {
    const { alerts, record } = run(claimed, situation({ now: minute(5), stored: newToken }));
    expect(alerts).toEqual(['open', 'resolved']);
    expect(record.state).toBe('closed');
  });

  test('is resolved once when it was the resolving', () => {
    const healed = (now: number) => situation({ now: minute(now), stored: newToken });
    const resolving = claimOf(nextStep(recordOf(toldIncident('invalid_code')), healed(45)));
    expect(nextStep(resolving, healed(45.5))).toEqual({ do: 'nothing' });
    expect(run(resolving, healed(50))).toMatchObject({ alerts: ['resolved'], record: { state: 'closed' } });
  });

  test('is a resolving that comes before the opening of what failed since', () => {
    const resolving = claimOf(
      nextStep(recordOf(toldIncident('invalid_code')), situation({ now: minute(45), stored: newToken })),
    );
    const found = situation({ now: minute(50), stored: newToken, failure: failureOf('invalid_code') });
    expect(run(resolving, found).alerts).toEqual(['resolved', 'open']);
  });
});

describe('a record that is written', () => {
  test.each<[FailureCode]>([['invalid_code'], ['setting_mismatch'], ['zoho_unavailable']])(
    'of %s is not written again on later ticks',
    (code) => {
      const found = (now: number) =>
        situation({ now: minute(now), stored: storedUntil(1e6), failure: failureOf(code) });
      const { record } = run(noRecord, found(0));
      for (const now of [5, 15, 30, 60]) expect(nextStep(record, found(now))).toEqual({ do: 'nothing' });
    },
  );

  const throttledAt = (now: number, changes = {}) =>
    situation({
      now: minute(now),
      stored: storedUntil(1e6),
      failure: failureOf('rate_limited', changes),
    });
  const waiting = (now: number) => situation({ now: minute(now), stored: storedUntil(1e6) });

  test('of a throttle is written again with every answer, once each, and with nothing else', () => {
    let { record } = run(noRecord, throttledAt(0));
    for (const [index, now] of [15, 30, 60, 90].entries()) {
      expect(nextStep(record, waiting(now - 5))).toEqual({ do: 'nothing' });
      ({ record } = run(record, throttledAt(now)));
      expect(record.throttle).toMatchObject({ refreshTokenHash, at: minute(now), answers: index + 2 });
      expect(record.incident).toMatchObject({ since: start, countedFrom: start, failedAt: minute(now) });
      expect(nextStep(record, throttledAt(now))).toEqual({ do: 'nothing' });
    }
  });

  test('counts the answers anew with another refresh token', () => {
    const { record } = run(noRecord, throttledAt(0));
    const other = run(record, throttledAt(30, { throttledRefreshToken: 'fedcba9876543210' }));
    expect(other.record.throttle).toMatchObject({
      refreshTokenHash: 'fedcba9876543210',
      at: minute(30),
      answers: 1,
    });
  });

  test('counts the answers anew where something else came between, or the incident was over', () => {
    const { record } = run(run(noRecord, throttledAt(0)).record, throttledAt(15));
    const turned = run(
      record,
      situation({ now: minute(30), stored: storedUntil(1e6), failure: failureOf('invalid_code') }),
    );
    expect(run(turned.record, throttledAt(60)).record.throttle).toMatchObject({
      refreshTokenHash,
      at: minute(60),
      answers: 1,
    });
    const healed = run(record, situation({ now: minute(30), stored: newToken }));
    expect(healed.record).toMatchObject({ state: 'closed', throttle: { answers: 2 } });
    expect(run(healed.record, throttledAt(60)).record.throttle).toMatchObject({ at: minute(60), answers: 1 });
  });

  test('counts a throttle answer that is told once', () => {
    const found = (now: number) =>
      situation({ now: minute(now), stored: nothingStored, failure: failureOf('rate_limited') });
    const first = run(noRecord, found(0));
    expect(first).toMatchObject({ alerts: ['open'], record: { throttle: { at: start, answers: 1 } } });
    expect(run(first.record, found(15)).record.throttle).toMatchObject({ at: minute(15), answers: 2 });
  });

  test('keeps the throttle where a failure of an operator’s code takes the incident over', () => {
    const { record } = run(
      run(noRecord, throttledAt(0)).record,
      situation({ now: minute(16), stored: storedUntil(60), failure: failureOf('invalid_code') }),
    );
    expect(record.throttle).toMatchObject({ refreshTokenHash, at: start, answers: 1 });
  });

  test('is written where the code changes within its kind, without an alert', () => {
    const record = recordOf(toldIncident('invalid_code'));
    const found = situation({ now: minute(10), failure: failureOf('invalid_client') });
    expect(nextStep(record, found)).toMatchObject({
      do: 'write',
      record: { state: 'open', incident: { code: 'invalid_client', countedFrom: start } },
    });
    expect(run(record, found).alerts).toEqual([]);
  });

  test('is closed where a run that somebody asked for died at Zoho and nothing is wrong', () => {
    const healing = recordOf(undefined, { state: 'healing', healing: { at: start, deadVersion: 'token-1' } });
    const { alerts, record } = run(healing, situation({ now: minute(5), stored: newToken }));
    expect(alerts).toEqual([]);
    expect(record).toMatchObject({ state: 'closed', healing: undefined });
  });
});

describe('the silence that Zoho asked for is on record', () => {
  const throttled = situation({ now: minute(10), failure: failureOf('rate_limited') });
  const recordedAt = (at: number, hash = refreshTokenHash) =>
    recordOf(incidentOf('invalid_code'), {
      throttle: { refreshTokenHash: hash, at: minute(at), answers: 1 },
    });

  test('where nobody asked for any', () => {
    expect(isSilenceRecorded(noRecord, situation({ now: minute(10) }))).toBe(true);
    const refused = situation({ now: minute(10), failure: failureOf('invalid_code') });
    expect(isSilenceRecorded(noRecord, refused)).toBe(true);
  });

  test('where this answer, or one after it, was recorded, whatever the incident', () => {
    expect(isSilenceRecorded(recordedAt(10), throttled)).toBe(true);
    expect(isSilenceRecorded(recordedAt(11), throttled)).toBe(true);
    expect(isSilenceRecorded(withThrottle(recordedAt(5), throttled), throttled)).toBe(true);
  });

  test('not where there is none, an earlier one, or that of another refresh token', () => {
    expect(isSilenceRecorded(noRecord, throttled)).toBe(false);
    expect(isSilenceRecorded(recordedAt(9), throttled)).toBe(false);
    expect(isSilenceRecorded(recordedAt(10, 'another'), throttled)).toBe(false);
  });
});
