import { describe, expect, test } from 'vitest';
import { type FailureCode, failureCodes, failureRow } from '../../../../lambda/failure.ts';
import type { Finding } from '../../../../lambda/incident/advance.ts';
import { claimed, dueAlert, sent } from '../../../../lambda/incident/due-alert.ts';
import type { Claim, IncidentRecord } from '../../../../lambda/incident/record.ts';
import { findingAt, incidentOf, minute, nothingStored, recordOf, storedUntil, toldIncident } from '../examples.ts';

const due = (record: IncidentRecord, at: number, changes: Partial<Finding> = {}) =>
  dueAlert(record, findingAt(at, { stored: storedUntil(60), ...changes }));
const told = (code: FailureCode, changes: Parameters<typeof toldIncident>[1] = {}) =>
  recordOf(toldIncident(code, changes));
const good = storedUntil(400, { versionId: 'token-2' });

describe('an incident is opened', () => {
  test.each(failureCodes)('%s: at once if a person must act, else at a third of the life', (code) => {
    const needsPerson = ['operator', 'setting'].includes(failureRow(code).kind);
    const record = recordOf(incidentOf(code));
    expect(due(record, 39)).toBe(needsPerson ? 'open' : undefined);
    expect(due(record, 40)).toBe('open');
    expect(due(record, 0, { stored: nothingStored })).toBe('open');
  });

  test('not if nothing failed', () => {
    expect(due(recordOf(), 59)).toBeUndefined();
  });
});

describe('an open incident is escalated', () => {
  test('at a sixth of the life and at its end, once each', () => {
    const record = told('invalid_code');
    expect([20, 40, 49].map((at) => due(record, at))).toEqual([undefined, undefined, undefined]);
    expect(due(record, 50)).toBe('escalated');
    const atSixth = told('invalid_code', { told: { at: minute(50), token: 'token-1', kind: 'operator' } });
    expect(due(atSixth, 55)).toBeUndefined();
    expect(due(atSixth, 60)).toBe('escalated');
    const atEnd = told('invalid_code', { told: { at: minute(60), token: 'token-1', kind: 'operator' } });
    expect(due(atEnd, 65)).toBeUndefined();
  });

  test('if the token is found dead, once', () => {
    const dead = storedUntil(60, { isFoundDead: true });
    const record = (since: number) => ({
      ...told('invalid_code'),
      dead: { token: 'token-1', since: minute(since) },
    });
    expect(due(record(5), 5, { stored: dead })).toBe('escalated');
    expect(due(record(0), 5, { stored: dead })).toBeUndefined();
  });

  test('if a code that may pass turns into one on which a person must act, and not back', () => {
    const turned = (kind: 'transient' | 'throttle' | 'setting' | 'operator', code: FailureCode) =>
      due(told(code, { told: { at: minute(0), token: 'token-1', kind } }), 5);
    expect(turned('transient', 'invalid_code')).toBe('escalated');
    expect(turned('throttle', 'setting_mismatch')).toBe('escalated');
    expect(turned('setting', 'invalid_code')).toBe('escalated');
    expect(turned('operator', 'setting_mismatch')).toBeUndefined();
    expect(turned('operator', 'zoho_unavailable')).toBeUndefined();
    expect(turned('transient', 'rate_limited')).toBeUndefined();
  });

  test('at a third of the life if on-call knows of a wrong setting alone', () => {
    const setting = { at: minute(0), token: 'token-1', kind: 'setting' } as const;
    expect(due(told('zoho_unavailable', { told: setting }), 39)).toBeUndefined();
    expect(due(told('zoho_unavailable', { told: setting }), 40)).toBe('escalated');
    expect(due(told('rate_limited', { told: { ...setting, at: minute(40) } }), 45)).toBeUndefined();
    expect(due(told('setting_mismatch', { told: setting }), 45)).toBeUndefined();
  });
});

test('an open incident is reminded of six hours after the last alert', () => {
  const stored = storedUntil(-5);
  const record = { ...told('invalid_code'), dead: { token: 'token-1', since: minute(-1) } };
  expect(due(record, 358.9, { stored: { ...stored, isFoundDead: true } })).toBeUndefined();
  expect(due(record, 359, { stored: { ...stored, isFoundDead: true } })).toBe('reminder');
});

describe('an incident is resolved', () => {
  test('once a good token stands, if on-call knows of it', () => {
    expect(due(told('invalid_code'), 10, { stored: good })).toBe('resolved');
    expect(due(recordOf(incidentOf('invalid_code')), 10, { stored: good })).toBeUndefined();
  });
});

describe('a claim that is not sent', () => {
  const claim = (changes: Partial<Claim> = {}): Claim => ({
    alert: 'open',
    at: minute(0),
    claims: 1,
    ...changes,
  });
  const record = (changes: Partial<Claim> = {}, incident = incidentOf('invalid_code')) =>
    recordOf(incident, { claim: claim(changes) });

  test('is left to its run for a minute, taken over by the next tick, then every half hour', () => {
    expect(due(record(), 1)).toBeUndefined();
    expect(due(record(), 5)).toBe('open');
    expect([5, 28.9].map((at) => due(record({ claims: 2 }), at))).toEqual([undefined, undefined]);
    expect(due(record({ claims: 2 }), 29)).toBe('open');
  });

  test('becomes one resolved alert if the fault is over by then', () => {
    expect(due(record(), 5, { stored: good })).toBe('resolved');
  });

  test('becomes what is due by then', () => {
    const reminder = record({ alert: 'reminder' }, toldIncident('invalid_code'));
    expect(due(reminder, 50)).toBe('escalated');
    expect(due(reminder, 20)).toBe('reminder');
  });

  test('of an end is sent even if something fails again: that is another incident', () => {
    for (const at of [5, 55])
      expect(due(record({ alert: 'resolved' }, toldIncident('invalid_code')), at)).toBe('resolved');
  });
});

test('a claim counts how often it was made, and what was sent is remembered', () => {
  const incident = incidentOf('rate_limited');
  const first = claimed(recordOf(incident), 'open', minute(40));
  expect(first.claim).toEqual({ alert: 'open', at: minute(40), claims: 1 });
  expect(claimed(first, 'open', minute(45)).claim?.claims).toBe(2);
  const afterwards = sent(first, incident, findingAt(40));
  expect(afterwards.claim).toBeUndefined();
  expect(afterwards.incident?.told).toEqual({ at: minute(40), token: 'token-1', kind: 'throttle' });
  const lesser = sent(claimed(told('invalid_code'), 'reminder', minute(1)), incident, findingAt(1));
  expect(lesser.incident?.told?.kind).toBe('operator');
  expect(sent(claimed(afterwards, 'resolved', minute(50)), incident, findingAt(50)).incident).toBeUndefined();
});
