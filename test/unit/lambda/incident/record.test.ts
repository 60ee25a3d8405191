import { expect, test } from 'vitest';
import { nothingStoredYet } from '../../../../lambda/aws/secret-versions.ts';
import { type IncidentRecord, noRecord, parseRecord, renderRecord } from '../../../../lambda/incident/record.ts';
import { minute, refreshTokenHash, tokenText, toldIncident } from '../examples.ts';

const full: IncidentRecord = {
  incident: toldIncident('rate_limited', { message: 'found "a_b", expected \\"cD"\n', tries: 3 }),
  claim: { alert: 'reminder', at: minute(365), claims: 2 },
  quiet: { [refreshTokenHash]: minute(15) },
  dead: { token: 'token-0', since: minute(10) },
  asked: [minute(7), minute(10)],
};

// The same for whatever can be read: parsers.property.test.ts.
test('is read as it was written', () => {
  for (const record of [full, noRecord]) expect(parseRecord(renderRecord(record, 'n'))).toEqual(record);
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

test.each([
  nothingStoredYet,
  tokenText(0),
  JSON.stringify({ version: 1, state: 'closed', asked_at: [] }),
  ...['', 'null', '[]', '{}'],
  renderRecord(full, 'n').slice(0, -20),
  `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
])('is not found in %.60s', (text) => {
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
