import { describe, expect, test } from 'vitest';
import { nothingStoredYet } from '../../../../lambda/aws/secret-versions.ts';
import {
  type IncidentRecord,
  laterThrottle,
  noRecord,
  parseRecord,
  renderRecord,
  throttledAnew,
} from '../../../../lambda/incident/record.ts';
import { incidentOf, minute, recordOf, refreshTokenHash, tokenText, toldIncident } from '../examples.ts';

const full: IncidentRecord = {
  state: 'open',
  incident: toldIncident('rate_limited', {
    deadVersion: 'token-0',
    openedAt: minute(5),
    toldLine: 'critical',
    reminders: 3,
    message: 'found "a_b", expected \\"cD"\n',
  }),
  step: { alert: 'reminder', status: 'claimed', at: minute(365), claims: 2 },
  healing: { at: minute(10), deadVersion: 'token-0' },
  askedAt: [minute(7), minute(10)],
  throttle: { refreshTokenHash, at: minute(15), answers: 2 },
};

const records: [title: string, record: IncidentRecord][] = [
  ['of a connection that never failed', noRecord],
  ['of an incident that nobody was told of', recordOf(incidentOf('zoho_unavailable'))],
  ['of an open incident', recordOf(toldIncident('invalid_code'))],
  [
    'of a healing',
    recordOf(undefined, { state: 'healing', healing: { at: minute(1), deadVersion: undefined } }),
  ],
  ['with everything in it', full],
];

describe.each(records)('a record %s', (_, record) => {
  test('is read as it was written', () => {
    expect(parseRecord(renderRecord(record, 'nonce-1'))).toEqual(record);
  });

  test('differs in its bytes from run to run', () => {
    expect(renderRecord(record, 'nonce-1')).toBe(renderRecord(record, 'nonce-1'));
    expect(renderRecord(record, 'nonce-1')).not.toBe(renderRecord(record, 'nonce-2'));
  });
});

test('is written with snake_case names, ISO 8601 instants and a version', () => {
  const json = JSON.parse(renderRecord(full, 'nonce-1'));
  expect(json).toMatchObject({
    version: 1,
    nonce: 'nonce-1',
    incident: { since: '2026-11-22T12:00:00.000Z', told_kind: 'throttle', token_version: 'token-1' },
    asked_at: ['2026-11-22T12:07:00.000Z', '2026-11-22T12:10:00.000Z'],
    throttle: { refresh_token_hash: refreshTokenHash, at: '2026-11-22T12:15:00.000Z', answers: 2 },
  });
  expect(JSON.stringify(Object.keys(json).concat(Object.keys(json.incident)))).not.toMatch(/[A-Z]/);
});

test('takes fields that were added later', () => {
  const later = { ...JSON.parse(renderRecord(full, 'n')), later: 1 };
  later.incident.later = 2;
  expect(parseRecord(JSON.stringify(later))?.incident?.code).toBe('rate_limited');
});

test.each<[title: string, text: string]>([
  ['the first version of a secret', nothingStoredYet],
  ['a token document', tokenText(0)],
  ['nothing', ''],
  ['null', 'null'],
  ['a number', '7'],
  ['a list', '[]'],
  ['an empty object', '{}'],
  ['half a record', renderRecord(full, 'n').slice(0, -20)],
  ['lists within lists without end', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
])('is not found in %s', (_, text) => {
  expect(parseRecord(text)).toBeUndefined();
});

test.each<[path: string, value: unknown]>([
  ['state', 'shut'],
  ['state', undefined],
  ['asked_at', ['yesterday']],
  ['asked_at', ['2026-11-22T12:00:00+05']],
  ['asked_at', ['2026-99-99T12:00:00.000Z']],
  ['asked_at', ['+012026-11-22T12:00:00.000Z']],
  ['asked_at', 'never'],
  ['incident', 'x'],
  ['incident', null],
  ['incident.code', 'unheard_of'],
  ['incident.kind', 'weather'],
  ['incident.since', 'today'],
  ['incident.since', 1_795_000_000],
  ['incident.since', undefined],
  ['incident.told_line', 'dead'],
  ['incident.reminders', '3'],
  ['step.status', 'lost'],
  ['step.alert', 'test'],
  ['step.claims', null],
  ['healing.at', ''],
  ['throttle.at', undefined],
  ['throttle.answers', undefined],
  ['throttle.answers', '2'],
])('is not found where %s is %j', (path, value) => {
  const json = JSON.parse(renderRecord(full, 'n'));
  const [first = '', second] = path.split('.');
  if (second === undefined) json[first] = value;
  else json[first][second] = value;
  expect(parseRecord(JSON.stringify(json))).toBeUndefined();
});

describe('a throttle answer', () => {
  const throttle = { refreshTokenHash, at: minute(15), answers: 2 };
  const record = recordOf(incidentOf('rate_limited'), { throttle });

  test('counts once, however many steps of a run record it', () => {
    expect(throttledAnew(record, refreshTokenHash, minute(15))).toEqual(throttle);
    expect(throttledAnew(record, refreshTokenHash, minute(30)).answers).toBe(3);
  });

  test('is the first where the record names no other', () => {
    const lost = { ...record, throttle: undefined };
    expect(throttledAnew(lost, refreshTokenHash, minute(30), minute(29))).toEqual({
      refreshTokenHash,
      at: minute(30),
      slot: minute(29),
      answers: 1,
    });
  });
});

describe('of the throttle on record and the one that is remembered', () => {
  const at = (minutes: number) => ({ refreshTokenHash, at: minute(minutes), answers: 1 });

  test('the later one counts', () => {
    expect(laterThrottle(at(5), at(10))).toEqual(at(10));
    expect(laterThrottle(at(10), at(5))).toEqual(at(10));
    expect(laterThrottle(undefined, at(5))).toEqual(at(5));
    expect(laterThrottle(at(5), undefined)).toEqual(at(5));
    expect(laterThrottle(undefined, undefined)).toBeUndefined();
  });

  test('the recorded one counts where both are of one instant: nothing is left to be recorded', () => {
    const [recorded, remembered] = [at(5), at(5)];
    expect(laterThrottle(recorded, remembered)).toBe(recorded);
  });
});
