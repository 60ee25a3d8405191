import { describe, expect, test } from 'vitest';
import { configurationHash } from '../../../../lambda/aws/token-document.ts';
import type { FailureCode } from '../../../../lambda/failure.ts';
import type { IncidentRecord } from '../../../../lambda/incident/record.ts';
import { countTries, mayAsk, type Permission, type WaitsContext } from '../../../../lambda/incident/waits.ts';
import {
  credentialsVersion,
  desk,
  incidentOf,
  minute,
  noRecord,
  recordOf,
  refreshTokenHash,
  start,
  tickIntervalMilliseconds,
} from '../examples.ts';

const operatorCodes = [
  'invalid_client',
  'invalid_client_secret',
  'invalid_code',
  'prefix_mismatch',
  'scope_mismatch',
  'token_rejected',
] as const;
const otherCodes = [
  'credentials_missing',
  'setting_mismatch',
  'zoho_unavailable',
  'unexpected_response',
  'secret_store_failed',
] as const;

const throttled = recordOf(incidentOf('rate_limited'), {
  throttle: { refreshTokenHash, at: start, answers: 1 },
});

/** The same throttle after so many answers in a row, the last of them at that minute. */
function throttledAgain(answers: number, at: number): IncidentRecord {
  return { ...throttled, throttle: { refreshTokenHash, at: minute(at), answers } };
}

function context(
  record: IncidentRecord,
  changes: Partial<WaitsContext> & Pick<WaitsContext, 'caller' | 'now'>,
) {
  return {
    record,
    tickIntervalMilliseconds,
    credentials: { versionId: credentialsVersion, refreshTokenHash },
    configuration: configurationHash(desk),
    lastTry: undefined,
    ...changes,
  };
}

/** What one tick may do that comes after another. */
function onTick(record: IncidentRecord, slot: number, changes: Partial<WaitsContext> = {}): Permission {
  const caller = { kind: 'tick', slot: minute(slot), previousSlot: minute(slot - 5) } as const;
  return mayAsk(context(record, { caller, now: minute(slot + 0.05), ...changes }));
}

function onDemand(
  record: IncidentRecord,
  now: number,
  changes: Partial<WaitsContext> & { force?: boolean } = {},
) {
  const { force = false, ...rest } = changes;
  return mayAsk(context(record, { caller: { kind: 'on demand', force }, now: minute(now), ...rest }));
}

/**
 * The slots, of those that are delivered, on which Zoho is asked, in one execution environment or in a new one each
 * time. Every try fails as the first did, and every throttle answer is recorded.
 */
function triesOn(
  record: IncidentRecord,
  slots: readonly number[],
  { isCold = false, late = 0.05 } = {},
): number[] {
  const kind = record.incident?.kind ?? 'operator';
  let memory: { lastSlot: number | undefined; lastTry: WaitsContext['lastTry'] } = {
    lastSlot: 0,
    lastTry: { kind, at: start },
  };
  let { throttle } = record;
  return slots.filter((slot) => {
    if (isCold) memory = { lastSlot: undefined, lastTry: undefined };
    const caller = {
      kind: 'tick',
      slot: minute(slot),
      previousSlot: minute(memory.lastSlot ?? slot - 5),
    } as const;
    const now = minute(slot + late);
    const permission = mayAsk(context({ ...record, throttle }, { caller, now, lastTry: memory.lastTry }));
    if (permission !== 'stays due') memory.lastSlot = slot;
    if (permission === 'ask') {
      memory.lastTry = { kind, at: now };
      if (throttle !== undefined)
        throttle = { ...throttle, at: now, slot: caller.slot, answers: throttle.answers + 1 };
    }
    return permission === 'ask';
  });
}

const everyTick = Array.from({ length: 36 }, (_, index) => 5 * (index + 1));

describe('a failure that an operator must end', () => {
  test.each(operatorCodes)('%s is tried again after 10 minutes, then every 30', (code) => {
    expect(triesOn(recordOf(incidentOf(code)), everyTick)).toEqual([10, 40, 70, 100, 130, 160]);
  });

  test('is tried at the same times by execution environments that remember nothing', () => {
    expect(triesOn(recordOf(incidentOf('invalid_code')), everyTick, { isCold: true })).toEqual([
      10, 40, 70, 100, 130, 160,
    ]);
  });

  test('has a lost tick’s try made up by the next tick', () => {
    const record = recordOf(incidentOf('invalid_code'));
    expect(triesOn(record, [5, 15, 20, 40, 70])).toEqual([15, 40, 70]);
    expect(triesOn(record, [5, 10, 35, 55, 60, 70])).toEqual([10, 55, 70]);
  });

  test('has only one of several lost tries made up', () => {
    expect(triesOn(recordOf(incidentOf('invalid_code')), [5, 105, 110, 130])).toEqual([105, 130]);
  });

  test('is not tried again by a doubled tick', () => {
    expect(triesOn(recordOf(incidentOf('invalid_code')), [5, 10, 10, 15, 40, 40, 40])).toEqual([10, 40]);
  });

  test('is not tried again by ticks that arrive out of order', () => {
    expect(triesOn(recordOf(incidentOf('invalid_code')), [5, 15, 10, 20, 45, 40])).toEqual([15, 45]);
  });

  test('is tried once each time though slots are a minute early or late', () => {
    const record = recordOf(incidentOf('invalid_code'));
    expect(triesOn(record, [4, 9, 14, 19, 34, 39, 44])).toEqual([9, 39]);
    expect(triesOn(record, [6, 11, 16, 36, 41, 46])).toEqual([11, 41]);
    expect(triesOn(record, [5.9, 9.1, 15.9, 35.1, 39.1, 45])).toEqual([9.1, 39.1]);
  });

  test('is tried on the slot, however late the tick comes', () => {
    expect(triesOn(recordOf(incidentOf('invalid_code')), everyTick, { late: 4 })).toEqual([
      10, 40, 70, 100, 130, 160,
    ]);
  });

  test('is tried on the next tick where a due try met a passing fault', () => {
    const record = recordOf(incidentOf('invalid_code'));
    expect(onTick(record, 15, { lastTry: { kind: 'transient', at: minute(10) } })).toBe('ask');
    expect(onTick(record, 15, { lastTry: { kind: 'operator', at: minute(10) } })).toBe('wait');
    // A passing fault of another day is no reason.
    expect(onTick(record, 15, { lastTry: { kind: 'transient', at: minute(-500) } })).toBe('wait');
    const twoTicksAgo = { kind: 'transient', at: minute(5) } as const;
    expect(onTick(record, 15, { now: minute(15), lastTry: twoTicksAgo })).toBe('wait');
  });

  test('is still tried every half hour when it has lasted for a year', () => {
    const year = 365 * 24 * 60;
    const slots = everyTick.map((slot) => year + slot);
    expect(triesOn(recordOf(incidentOf('invalid_code')), slots, { isCold: true })).toHaveLength(6);
  });

  test('is tried at once when the credentials change', () => {
    const credentials = { versionId: 'credentials-2', refreshTokenHash };
    for (const code of operatorCodes) {
      expect(onTick(recordOf(incidentOf(code)), 5, { credentials })).toBe('ask');
      expect(onDemand(recordOf(incidentOf(code)), 1, { credentials })).toBe('ask');
    }
  });

  test('is tried at once when the configuration changes', () => {
    for (const code of operatorCodes) {
      expect(onTick(recordOf(incidentOf(code)), 5, { configuration: 'another' })).toBe('ask');
      expect(onDemand(recordOf(incidentOf(code)), 1, { configuration: 'another' })).toBe('ask');
    }
  });
});

describe('a failure that is tried on every tick', () => {
  test.each(otherCodes)('%s is', (code) => {
    expect(triesOn(recordOf(incidentOf(code)), everyTick)).toEqual(everyTick);
  });

  test.each(otherCodes)('%s is, though the tick before ran late', (code) => {
    expect(onTick(recordOf(incidentOf(code, { failedAt: minute(4) })), 5)).toBe('ask');
  });
});

describe('a throttle', () => {
  test('is tried again after 15 minutes, 15 more, then every 30', () => {
    expect(triesOn(throttled, everyTick)).toEqual([15, 30, 60, 90, 120, 150, 180]);
    expect(triesOn(throttled, everyTick, { isCold: true })).toEqual([15, 30, 60, 90, 120, 150, 180]);
  });

  test.each<[answers: number, wait: number]>([
    [1, 15],
    [2, 15],
    [3, 30],
    [4, 30],
    [1_000, 30],
  ])('after %d answers in a row is silent for %d minutes, the jitter of ticks forgiven', (answers, wait) => {
    const record = throttledAgain(answers, 7);
    for (const force of [false, true]) {
      expect(onDemand(record, 7, { force })).toBe('stays due');
      expect(onDemand(record, 7 + wait - 0.1, { force })).toBe('stays due');
      expect(onDemand(record, 7 + wait, { force })).toBe('ask');
    }
    expect(onTick(record, 6.9 + wait, { now: minute(7 + wait) })).toBe('stays due');
    expect(onTick(record, 7 + wait, { now: minute(5.9 + wait) })).toBe('stays due');
    expect(onTick(record, 7 + wait, { now: minute(6 + wait) })).toBe('ask');
  });

  test('of the same refresh token is not ended by changed credentials or configuration', () => {
    const credentials = { versionId: 'credentials-2', refreshTokenHash };
    for (const slot of [5, 10]) {
      expect(onTick(throttled, slot, { credentials, configuration: 'another' })).toBe('stays due');
    }
    for (const slot of [20, 25, 35]) {
      const record = throttledAgain(3, 15);
      expect(onTick(record, slot, { credentials, configuration: 'another' })).toBe('stays due');
    }
  });

  test('of the same refresh token is not ended by force', () => {
    for (const now of [1, 5, 10, 13]) expect(onDemand(throttled, now, { force: true })).toBe('stays due');
    for (const now of [21, 29, 36, 44])
      expect(onDemand(throttledAgain(3, 15), now, { force: true })).toBe('stays due');
  });

  test('ends at once when the refresh token changes', () => {
    const credentials = { versionId: 'credentials-2', refreshTokenHash: 'fedcba9876543210' };
    for (const record of [throttled, throttledAgain(3, 1)]) {
      expect(onTick(record, 5, { credentials })).toBe('ask');
      expect(onDemand(record, 1, { credentials })).toBe('ask');
    }
  });

  test('has its quiet minutes even where another failure took the incident over', () => {
    for (const code of [...operatorCodes, ...otherCodes]) {
      const record = recordOf(incidentOf(code), { throttle: throttled.throttle });
      const changed = { configuration: 'another' };
      for (const slot of [5, 10]) expect(onTick(record, slot, changed)).toBe('stays due');
      expect(onTick(record, 15, changed)).toBe('ask');
      const lasting = { ...record, throttle: throttledAgain(3, 0).throttle };
      expect([15, 25, 30].map((slot) => onTick(lasting, slot, changed))).toEqual([
        'stays due',
        'stays due',
        'ask',
      ]);
    }
  });

  test('has its quiet minutes even where the incident is over', () => {
    const record = recordOf(undefined, { throttle: throttled.throttle });
    expect([5, 10, 15].map((slot) => onTick(record, slot))).toEqual(['stays due', 'stays due', 'ask']);
    expect([1, 14, 15].map((now) => onDemand(record, now))).toEqual(['stays due', 'stays due', 'ask']);
    const lasting = recordOf(undefined, { throttle: throttledAgain(3, 0).throttle });
    expect([15, 25, 30].map((slot) => onTick(lasting, slot))).toEqual(['stays due', 'stays due', 'ask']);
  });

  test('has its quiet minutes even while somebody’s healing is on record', () => {
    const healing = {
      ...throttled,
      state: 'healing',
      healing: { at: start, deadVersion: undefined },
    } as const;
    expect([5, 10, 15].map((slot) => onTick(healing, slot))).toEqual(['stays due', 'stays due', 'ask']);
  });

  test('is waited out whatever an execution environment remembers of its last try', () => {
    for (const kind of ['throttle', 'transient', 'operator', 'setting'] as const) {
      for (const at of [5, 15, 15.5, 20, 29]) {
        const lastTry = { kind, at: minute(at) };
        expect(onTick(throttledAgain(2, 15), 25, { lastTry })).toBe('stays due');
        expect(onTick(throttledAgain(2, 15), 30, { lastTry })).toBe('ask');
        expect(onDemand(throttledAgain(2, 15), 29, { lastTry })).toBe('stays due');
        expect(onDemand(throttledAgain(2, 15), 30.5, { lastTry })).toBe('ask');
      }
    }
  });

  test('leaves a try due that Zoho’s silence forbids, so that the next tick makes it up', () => {
    // An answer of minute 3 is waited out until 18, and each answer after it from its own minute.
    expect(triesOn(throttledAgain(1, 3), everyTick.slice(0, 14))).toEqual([20, 35, 65]);
    const record = recordOf(incidentOf('invalid_code'), { throttle: throttledAgain(1, 3).throttle });
    const lateTry = { caller: { kind: 'tick', slot: minute(20), previousSlot: minute(5) } as const };
    expect(onTick(record, 10)).toBe('stays due');
    expect(onTick(record, 15)).toBe('stays due');
    expect(onTick(record, 20, lateTry)).toBe('ask');
  });

  test('is tried on the next tick where a due try met a passing fault', () => {
    expect(onTick(throttled, 20, { lastTry: { kind: 'transient', at: minute(15) } })).toBe('ask');
    expect(onTick(throttled, 10, { lastTry: { kind: 'transient', at: minute(5) } })).toBe('stays due');
  });

  test('is not asked about on demand within 15 minutes of a try that a tick has made elsewhere', () => {
    // The try of minute 15 was a tick's, in an execution environment whose memory this call does not share.
    for (const now of [15.5, 17, 19.5, 29]) expect(onDemand(throttledAgain(2, 15), now)).toBe('stays due');
  });
});

describe('a call on demand', () => {
  test('asks where nothing failed', () => {
    expect(onDemand(noRecord, 1)).toBe('ask');
  });

  test('waits one tick after a failure that is tried on every tick', () => {
    for (const code of otherCodes) {
      const record = recordOf(incidentOf(code));
      if (code === 'credentials_missing') continue;
      expect([1, 4.9].map((now) => onDemand(record, now))).toEqual(['wait', 'wait']);
      expect(onDemand(record, 5)).toBe('ask');
    }
  });

  test('waits one tick after Secrets Manager failed a healing, which no credentials are to blame for', () => {
    const record = recordOf(incidentOf('secret_store_failed', { credentialsVersion: undefined }));
    expect([1, 4.9].map((now) => onDemand(record, now))).toEqual(['wait', 'wait']);
    expect(onDemand(record, 5)).toBe('ask');
  });

  test('waits as a tick does for what an operator must end', () => {
    const record = recordOf(incidentOf('invalid_code'));
    expect([1, 5, 9.9].map((now) => onDemand(record, now))).toEqual(['wait', 'wait', 'wait']);
    expect(onDemand(record, 10.5)).toBe('ask');
    expect([16, 30, 39.9].map((now) => onDemand(record, now))).toEqual(['wait', 'wait', 'wait']);
    expect(onDemand(record, 41)).toBe('ask');
  });

  test('does not have a try that an overlapping call or this execution environment has had', () => {
    const record = recordOf(incidentOf('invalid_code'));
    expect(onDemand(record, 12, { lastTry: { kind: 'operator', at: minute(10.05) } })).toBe('wait');
    expect(onDemand(record, 12, { lastTry: { kind: 'operator', at: minute(9) } })).toBe('ask');
  });

  test('leaves no try to the tick that comes after it', () => {
    const record = recordOf(incidentOf('invalid_code'), { askedAt: [minute(10.5)] });
    const late = { caller: { kind: 'tick', slot: minute(12), previousSlot: minute(7) } as const };
    expect(onTick(record, 12, late)).toBe('wait');
    expect(onTick(recordOf(incidentOf('invalid_code')), 12, late)).toBe('ask');
  });

  test('does not have the same try twice', () => {
    const record = recordOf(incidentOf('invalid_code'), { askedAt: [minute(10.5)] });
    expect(onDemand(record, 12)).toBe('wait');
    expect(onDemand(record, 41)).toBe('ask');
    const onTheMinute = recordOf(incidentOf('invalid_code'), { askedAt: [minute(10)] });
    expect(onDemand(onTheMinute, 12)).toBe('wait');
  });

  test('leaves it to the next tick to make up a try that met a passing fault', () => {
    const lastTry = { kind: 'transient', at: minute(14) } as const;
    expect(onDemand(recordOf(incidentOf('invalid_code')), 15, { lastTry })).toBe('wait');
  });

  test('with force ends every wait but a throttle’s', () => {
    for (const code of [...operatorCodes, ...otherCodes] satisfies FailureCode[]) {
      expect(onDemand(recordOf(incidentOf(code)), 1, { force: true })).toBe('ask');
    }
    expect(onDemand(throttled, 1, { force: true })).toBe('stays due');
  });
});

describe('the number of tries that an alert names', () => {
  test.each<[code: FailureCode, counts: number[]]>([
    ...operatorCodes.map((code): [FailureCode, number[]] => [code, [1, 1, 2, 2, 3, 4]]),
    ['rate_limited', [1, 1, 1, 3, 3, 4]],
    ['credentials_missing', [1, 2, 3, 7, 9, 15]],
    ['zoho_unavailable', [1, 2, 3, 7, 9, 15]],
    ['unexpected_response', [1, 2, 3, 7, 9, 15]],
    ['secret_store_failed', [1, 2, 3, 7, 9, 15]],
    // Found again by a probe, every 15 minutes.
    ['setting_mismatch', [1, 1, 1, 3, 3, 5]],
  ])('follows the waits of the code "%s"', (code, counts) => {
    const found = [0, 5, 10, 30, 40, 70].map((now) =>
      countTries(code, start, minute(now), tickIntervalMilliseconds),
    );
    expect(found).toEqual(counts);
  });
});
