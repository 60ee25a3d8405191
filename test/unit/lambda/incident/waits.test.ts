import { describe, expect, test } from 'vitest';
import { configurationHash } from '../../../../lambda/aws/token-document.ts';
import type { FailureCode, FailureKind } from '../../../../lambda/failure.ts';
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
  throttle: { refreshTokenHash, countedFrom: start, at: start },
});

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
 * time. Every try fails as the first did.
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
  return slots.filter((slot) => {
    if (isCold) memory = { lastSlot: undefined, lastTry: undefined };
    const caller = {
      kind: 'tick',
      slot: minute(slot),
      previousSlot: minute(memory.lastSlot ?? slot - 5),
    } as const;
    const now = minute(slot + late);
    const permission = mayAsk(context(record, { caller, now, lastTry: memory.lastTry }));
    if (permission !== 'stays due') memory.lastSlot = slot;
    if (permission === 'ask') memory.lastTry = { kind, at: now };
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
});

describe('a throttle', () => {
  test('is tried again after 15 minutes, 15 more, then every 30', () => {
    expect(triesOn(throttled, everyTick)).toEqual([15, 30, 60, 90, 120, 150, 180]);
    expect(triesOn(throttled, everyTick, { isCold: true })).toEqual([15, 30, 60, 90, 120, 150, 180]);
  });

  test('of the same refresh token is not ended by changed credentials or configuration', () => {
    const credentials = { versionId: 'credentials-2', refreshTokenHash };
    for (const slot of [5, 10, 20, 25, 35]) {
      expect(onTick(throttled, slot, { credentials, configuration: 'another' })).not.toBe('ask');
    }
  });

  test('of the same refresh token is not ended by force', () => {
    for (const now of [1, 5, 10, 13, 21, 29, 36])
      expect(onDemand(throttled, now, { force: true })).not.toBe('ask');
  });

  test('ends at once when the refresh token changes', () => {
    const credentials = { versionId: 'credentials-2', refreshTokenHash: 'fedcba9876543210' };
    expect(onTick(throttled, 5, { credentials })).toBe('ask');
    expect(onDemand(throttled, 1, { credentials })).toBe('ask');
  });

  test('has 15 quiet minutes even where another failure took the incident over', () => {
    for (const code of [...operatorCodes, ...otherCodes]) {
      const record = recordOf(incidentOf(code), { throttle: throttled.throttle });
      const changed = { configuration: 'another' };
      for (const slot of [5, 10]) expect(onTick(record, slot, changed)).not.toBe('ask');
      expect(onTick(record, 15, changed)).toBe('ask');
    }
  });

  test('has 15 quiet minutes even where the incident is over', () => {
    const record = recordOf(undefined, { throttle: throttled.throttle });
    expect([5, 10, 15].map((slot) => onTick(record, slot))).toEqual(['stays due', 'stays due', 'ask']);
  });

  test('is waited out anew after each throttled try that is remembered', () => {
    expect(onTick(throttled, 30, { lastTry: { kind: 'throttle', at: minute(15) } })).toBe('ask');
    expect(onTick(throttled, 30, { lastTry: { kind: 'throttle', at: minute(15.5) } })).toBe('stays due');
    expect(onTick(throttled, 30, { lastTry: { kind: 'throttle', at: minute(20) } })).toBe('stays due');
    expect(onDemand(throttled, 30.5, { lastTry: { kind: 'throttle', at: minute(20) } })).not.toBe('ask');
  });

  test('leaves a try due that Zoho’s silence forbids, so that the next tick makes it up', () => {
    const late = recordOf(incidentOf('rate_limited'), {
      throttle: { refreshTokenHash, countedFrom: start, at: minute(3) },
    });
    expect(triesOn(late, everyTick.slice(0, 12))).toEqual([20, 35, 60]);
  });

  test('is tried on the next tick where a due try met a passing fault', () => {
    expect(onTick(throttled, 20, { lastTry: { kind: 'transient', at: minute(15) } })).toBe('ask');
    expect(onTick(throttled, 10, { lastTry: { kind: 'transient', at: minute(5) } })).not.toBe('ask');
  });

  test('is not asked about on demand within 15 minutes of a try that a tick has made elsewhere', () => {
    // The try of minute 15 was a tick's, in an execution environment whose memory this call does not share.
    for (const now of [15.5, 17, 19.5]) expect(onDemand(throttled, now)).not.toBe('ask');
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

  test('does not have the same try twice', () => {
    const record = recordOf(incidentOf('invalid_code'), { askedAt: [minute(10.5)] });
    expect(onDemand(record, 12)).toBe('wait');
    expect(onDemand(record, 41)).toBe('ask');
  });

  test('with force ends every wait but a throttle’s', () => {
    for (const code of [...operatorCodes, ...otherCodes] satisfies FailureCode[]) {
      expect(onDemand(recordOf(incidentOf(code)), 1, { force: true })).toBe('ask');
    }
    expect(onDemand(throttled, 1, { force: true })).not.toBe('ask');
  });
});

describe('the number of tries that an alert names', () => {
  test.each<[kind: FailureKind, counts: number[]]>([
    ['operator', [1, 1, 2, 2, 3, 4]],
    ['throttle', [1, 1, 1, 3, 3, 4]],
    ['transient', [1, 2, 3, 7, 9, 15]],
    ['setting', [1, 2, 3, 7, 9, 15]],
  ])('follows the waits of the kind "%s"', (kind, counts) => {
    const found = [0, 5, 10, 30, 40, 70].map((now) =>
      countTries(kind, start, minute(now), tickIntervalMilliseconds),
    );
    expect(found).toEqual(counts);
  });
});
