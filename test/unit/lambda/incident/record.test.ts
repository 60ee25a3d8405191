import { describe, expect, test } from 'vitest';
import { nothingStoredYet } from '../../../../lambda/aws/secret-versions.ts';
import { type IncidentRecord, noRecord, parseRecord, renderRecord } from '../../../../lambda/incident/record.ts';
import { incidentOf, minute, recordOf, refreshTokenHash, tokenText, toldIncident } from '../examples.ts';

const full: IncidentRecord = {
  incident: toldIncident('rate_limited', { message: 'found "a_b", expected \\"cD"\n', tries: 3 }),
  claim: { alert: 'reminder', at: minute(365), claims: 2 },
  quiet: { [refreshTokenHash]: minute(15) },
  dead: { token: 'token-0', since: minute(10) },
  asked: [minute(7), minute(10)],
};

describe.each<[title: string, record: IncidentRecord]>([
  ['of a connection that never failed', noRecord],
  ['of an incident that nobody was alerted to', recordOf(incidentOf('zoho_unavailable'))],
  ['of an open incident', recordOf(toldIncident('invalid_code'))],
  ['with everything in it', full],
])('a record %s', (_, record) => {
  test('is read as it was written', () => {
    expect(parseRecord(renderRecord(record, 'nonce-1'))).toEqual(record);
  });

  test('differs in its bytes from run to run', () => {
    expect(renderRecord(record, 'nonce-1')).toBe(renderRecord(record, 'nonce-1'));
    expect(renderRecord(record, 'nonce-1')).not.toBe(renderRecord(record, 'nonce-2'));
  });
});

test('is written with a version, ISO 8601 instants, and a state for people', () => {
  const json = JSON.parse(renderRecord(full, 'nonce-1'));
  expect(json).toMatchObject({
    version: 2,
    state: 'open',
    nonce: 'nonce-1',
    incident: {
      since: '2026-11-22T12:00:00.000Z',
      due: '2026-11-22T12:10:00.000Z',
      told: { kind: 'throttle' },
    },
    asked: ['2026-11-22T12:07:00.000Z', '2026-11-22T12:10:00.000Z'],
    quiet: { [refreshTokenHash]: '2026-11-22T12:15:00.000Z' },
  });
  expect(JSON.parse(renderRecord(noRecord, 'n')).state).toBe('closed');
});

test('takes fields that were added later', () => {
  const later = { ...JSON.parse(renderRecord(full, 'n')), later: 1 };
  later.incident.later = 2;
  expect(parseRecord(JSON.stringify(later))?.incident?.code).toBe('rate_limited');
});

test.each<[title: string, text: string]>([
  ['the first version of a secret', nothingStoredYet],
  ['a token document', tokenText(0)],
  ['a record of the former version', JSON.stringify({ version: 1, state: 'closed', asked_at: [] })],
  ['nothing', ''],
  ['null', 'null'],
  ['a list', '[]'],
  ['an empty object', '{}'],
  ['half a record', renderRecord(full, 'n').slice(0, -20)],
  ['lists within lists without end', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
])('is not found in %s', (_, text) => {
  expect(parseRecord(text)).toBeUndefined();
});

test.each<[path: string, value: unknown]>([
  ['version', 3],
  ['asked', ['yesterday']],
  ['asked', 'never'],
  ['incident', 'x'],
  ['incident.code', 'unheard_of'],
  ['incident.since', 1_795_000_000],
  ['incident.since', undefined],
  ['incident.tries', '3'],
  ['incident.with', undefined],
  ['incident.told', { at: 'now' }],
  ['claim.alert', 'test'],
  ['claim.claims', null],
  ['quiet', { hash: 'soon' }],
  ['quiet', undefined],
  ['dead.since', ''],
])('is not found if %s is %j', (path, value) => {
  const json = JSON.parse(renderRecord(full, 'n'));
  const [first = '', second] = path.split('.');
  if (second === undefined) json[first] = value;
  else json[first][second] = value;
  expect(parseRecord(JSON.stringify(json))).toBeUndefined();
});
