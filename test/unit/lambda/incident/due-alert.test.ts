import { describe, expect, test } from 'vitest';
import { type FailureCode, type FailureKind, failureCodes, failureRow } from '../../../../lambda/failure.ts';
import type { Finding } from '../../../../lambda/incident/advance.ts';
import { claimed, dueAlert, sent } from '../../../../lambda/incident/due-alert.ts';
import type { AlertState, Claim, IncidentRecord } from '../../../../lambda/incident/record.ts';
import {
  findingAt,
  incidentOf,
  justBefore,
  minute,
  nothingStored,
  recordOf,
  storedUntil,
  toldIncident,
} from '../examples.ts';

/** The stored token, which ends at minute 60: its lines are crossed at 40 and 50. */
const stored = storedUntil(60);
const dead = { stored: storedUntil(60, { isFoundDead: true }) };
const good = { stored: storedUntil(400, { versionId: 'token-2' }) };

const due = (record: IncidentRecord, at: number, changes: Partial<Finding> = {}) =>
  dueAlert(record, findingAt(at, { stored, ...changes }));

test.each(failureCodes)('%s opens an incident at once if a person must act, else at a third of the life', (code) => {
  const needsPerson = ['operator', 'setting'].includes(failureRow(code).kind);
  const record = recordOf(incidentOf(code));
  expect(due(record, justBefore(40))).toBe(needsPerson ? 'open' : undefined);
  expect(due(record, 40)).toBe('open');
  expect(due(record, 0, { stored: nothingStored })).toBe('open');
});

/** An incident with that code, when on-call was alerted to one of another kind or token. */
const told = (code: FailureCode, at = 0, kind: FailureKind = failureRow(code).kind, token = 'token-1') =>
  recordOf(toldIncident(code, { told: { at: minute(at), token, kind } }));
const toldDead = (since: number) => ({ ...told('invalid_code'), dead: { token: 'token-1', since: minute(since) } });

test.each<[title: string, alert: AlertState | undefined, record: IncidentRecord, at: number, seen?: Partial<Finding>]>([
  ['nothing failed', undefined, recordOf(), 59],
  ['a good token stands', 'resolved', told('invalid_code'), 10, good],
  ['a good token stands, and nobody was alerted', undefined, recordOf(incidentOf('invalid_code')), 10, good],
  ['it is not at a sixth of the life yet', undefined, told('invalid_code'), justBefore(50)],
  ['it is', 'escalated', told('invalid_code'), 50],
  ['that is known', undefined, told('invalid_code', 50), justBefore(60)],
  ['that is known of another token', 'escalated', told('invalid_code', 50, 'operator', 'token-0'), 55],
  ['the token has ended', 'escalated', told('invalid_code', 50), 60],
  ['that is known, too', undefined, told('invalid_code', 60), 65],
  ['the token is found dead', 'escalated', toldDead(5), 5, dead],
  ['that is known when the alert is sent', undefined, toldDead(0), 5, dead],
  ['a passing fault becomes one for a person', 'escalated', told('invalid_code', 0, 'transient'), 5],
  ['a throttle becomes a wrong setting', 'escalated', told('setting_mismatch', 0, 'throttle'), 5],
  ['a wrong setting becomes one for a person', 'escalated', told('invalid_code', 0, 'setting'), 5],
  ['one for a person becomes a wrong setting', undefined, told('setting_mismatch', 0, 'operator'), 5],
  ['one for a person becomes a passing fault', undefined, told('zoho_unavailable', 0, 'operator'), 5],
  ['a passing fault becomes a throttle', undefined, told('rate_limited', 0, 'transient'), 5],
  ['a setting alone is known, and two thirds are over', 'escalated', told('zoho_unavailable', 0, 'setting'), 40],
  ['they are not over', undefined, told('zoho_unavailable', 0, 'setting', 'token-0'), justBefore(40)],
  ['that is known', undefined, told('rate_limited', 40, 'setting'), 45],
  ['the setting is still what is wrong', undefined, told('setting_mismatch'), 45],
  ['six hours have passed since the alert', 'reminder', told('invalid_code', 60), 419],
  ['they have not', undefined, told('invalid_code', 60), justBefore(419)],
])('if %s, on-call is alerted: %s', (_, alert, record, at, seen) => {
  expect(due(record, at, seen)).toBe(alert);
});

describe('a claim that is not sent', () => {
  const record = (changes: Partial<Claim> = {}, incident = incidentOf('invalid_code')) =>
    recordOf(incident, { claim: { alert: 'open', at: minute(0), claims: 1, ...changes } });
  const reminder = record({ alert: 'reminder' }, toldIncident('invalid_code'));
  const end = record({ alert: 'resolved' }, toldIncident('invalid_code'));

  test.each<
    [title: string, alert: AlertState | undefined, record: IncidentRecord, at: number, seen?: Partial<Finding>]
  >([
    ['is left to its run for a minute', undefined, record(), 1],
    ['is taken over then', 'open', record(), 1 + 1 / 60_000],
    ['is left alone for half an hour after that', undefined, record({ claims: 2 }), justBefore(29)],
    ['is taken over again', 'open', record({ claims: 2 }), 29],
    ['becomes one resolved alert if the fault is over by then', 'resolved', record(), 5, good],
    ['stays what it was', 'reminder', reminder, 20],
    ['becomes what is due by then', 'escalated', reminder, 50],
    ['of an end is sent even if something fails again: that is another incident', 'resolved', end, 5],
    ['of an end is sent even after a line is crossed', 'resolved', end, 55],
  ])('%s', (_, alert, claimedBefore, at, seen) => {
    expect(due(claimedBefore, at, seen)).toBe(alert);
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
  const greater = sent(told('zoho_unavailable'), incidentOf('invalid_code'), findingAt(1));
  expect(greater.incident?.told?.kind).toBe('operator');
  // Another run has taken the claim over and marked it as sent.
  expect(sent(recordOf(incident), incident, findingAt(40)).incident?.told?.at).toEqual(minute(40));
  expect(sent(recordOf(undefined), incident, findingAt(40)).incident).toBeUndefined();
  expect(sent(claimed(afterwards, 'resolved', minute(50)), incident, findingAt(50)).incident).toBeUndefined();
});
