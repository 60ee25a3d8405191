import { describe, expect, test } from 'vitest';
import { parseTokenDocument } from '../../../../lambda/aws/token-document.ts';
import type { FailureCode } from '../../../../lambda/failure.ts';
import { type NextStep, nextStep, type Situation } from '../../../../lambda/incident/next-step.ts';
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
        throttle: { refreshTokenHash, countedFrom: minute(10), at: minute(10) },
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
      throttle: { refreshTokenHash, countedFrom: start, at: start },
    });
    const { alerts, record } = run(failing, situation({ now: minute(20), stored: newToken }));
    expect(alerts).toEqual([]);
    expect(record).toMatchObject({ state: 'closed', incident: undefined });
  });

  test('keeps what still holds Zoho’s silence', () => {
    const throttle = { refreshTokenHash, countedFrom: start, at: start };
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
  test('is not written again on later ticks', () => {
    const found = (now: number) =>
      situation({ now: minute(now), stored: storedUntil(1e6), failure: failureOf('rate_limited') });
    const { record } = run(noRecord, found(0));
    for (const now of [5, 15, 30, 60]) expect(nextStep(record, found(now))).toEqual({ do: 'nothing' });
  });

  test('keeps how long a throttle has lasted while it goes on, and begins anew with another refresh token', () => {
    const { record } = run(
      noRecord,
      situation({ now: start, stored: storedUntil(50), failure: failureOf('rate_limited') }),
    );
    const same = run(
      record,
      situation({ now: minute(30), stored: storedUntil(50), failure: failureOf('rate_limited') }),
    );
    expect(same.record.throttle).toEqual({ refreshTokenHash, countedFrom: start, at: minute(30) });
    const failure = failureOf('rate_limited', { throttledRefreshToken: 'fedcba9876543210' });
    const other = run(record, situation({ now: minute(30), stored: storedUntil(50), failure }));
    expect(other.record.throttle).toEqual({
      refreshTokenHash: 'fedcba9876543210',
      countedFrom: minute(30),
      at: minute(30),
    });
  });

  test('keeps the throttle where a failure of an operator’s code takes the incident over', () => {
    const { record } = run(
      noRecord,
      situation({ now: start, stored: storedUntil(60), failure: failureOf('rate_limited') }),
    );
    const taken = run(
      record,
      situation({ now: minute(16), stored: storedUntil(60), failure: failureOf('invalid_code') }),
    );
    // The last try with that refresh token was the one of minute 15.
    expect(taken.record.throttle).toEqual({ refreshTokenHash, countedFrom: start, at: minute(15) });
  });

  test('is closed where a run that somebody asked for died at Zoho and nothing is wrong', () => {
    const healing = recordOf(undefined, { state: 'healing', healing: { at: start, deadVersion: 'token-1' } });
    const { alerts, record } = run(healing, situation({ now: minute(5), stored: newToken }));
    expect(alerts).toEqual([]);
    expect(record).toMatchObject({ state: 'closed', healing: undefined });
  });
});
