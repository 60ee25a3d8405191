import { describe, expect, test } from 'vitest';
import { parseTokenDocument } from '../../../../lambda/aws/token-document.ts';
import { type FailureCode, failureCodes } from '../../../../lambda/failure.ts';
import { describeIncident, describeTest, duration } from '../../../../lambda/incident/alert.ts';
import { alertStates, type Incident, type IncidentAlertState } from '../../../../lambda/incident/record.ts';
import type { StoredToken } from '../../../../lambda/stored-token.ts';
import {
  desk,
  links,
  minute,
  nothingStored,
  salesiq,
  start,
  storedUntil,
  tokenText,
  toldIncident,
} from '../examples.ts';

function describeAt(
  now: number,
  incident: Incident,
  stored: StoredToken,
  { state = 'open' as IncidentAlertState, connection = desk, isOver = false } = {},
) {
  return describeIncident(connection, state, incident, { stored, now: minute(now), isOver }, links);
}

const fields = [
  'attempts',
  'code',
  'connection',
  'expires_at',
  'impact',
  'logs_url',
  'minutes_left',
  'remedy',
  'runbook_url',
  'service',
  'severity',
  'since',
  'state',
  'summary',
  'version',
];

describe.each(failureCodes)('an alert about %s', (code) => {
  const incident = toldIncident(code);

  test.each(alertStates)('in state "%s" has exactly the fields of the contract', (state) => {
    const event = describeAt(10, incident, storedUntil(45), { state });
    expect(Object.keys(event).toSorted()).toEqual(fields);
    expect(event).toMatchObject({
      version: 1,
      state,
      connection: 'desk',
      service: 'desk',
      code,
      since: start.toISOString(),
    });
  });

  test('says what happened, what apps feel, and one next step', () => {
    const event = describeAt(10, incident, storedUntil(45));
    expect(event.summary).toMatch(new RegExp(`^desk .{10,}: what was found by ${code}$`));
    expect(event.impact).toContain('callback');
    expect(event.impact).toContain('12:45 UTC on 2026-11-22');
    expect(event.remedy).toMatch(/^[A-Z].*\.$/);
    expect(event.remedy).not.toContain('<connection>');
    expect(event.runbook_url).toBe(`${links.runbookUrl}#${code}`);
    expect(event.logs_url).toBe(links.logsUrl);
  });

  test('that is resolved says how long it lasted and that nothing is left to do', () => {
    const event = describeAt(100, incident, storedUntil(160), { state: 'resolved' });
    expect(event.summary).toMatch(
      /^desk has a good token again after 100 minutes; it (had|was|got|could not) /,
    );
    expect(event.impact).toBe('apps read a token that is valid until 14:40 UTC on 2026-11-22');
    expect(event.remedy).toBe('Nothing more to do.');
    expect(event.severity).toBe('warning');
  });

  test.each(['open', 'escalated', 'reminder'] as const)(
    'in state "%s" that comes after a good token was stored says what was, and that nothing is to be done',
    (state) => {
      const event = describeAt(100, incident, storedUntil(160), { state, isOver: true });
      expect(event).toMatchObject({
        state,
        code,
        severity: 'warning',
        impact: 'apps read a token that is valid until 14:40 UTC on 2026-11-22',
        remedy: 'Nothing more to do.',
        minutes_left: 60,
      });
      expect(event.summary).toMatch(new RegExp(`^desk .{10,}: what was found by ${code}$`));
      expect(Object.keys(event).toSorted()).toEqual(fields);
    },
  );
});

describe('the impact', () => {
  const incident = toldIncident('invalid_code');

  test('names the operations of the service', () => {
    expect(describeAt(0, incident, storedUntil(45), { connection: salesiq }).impact).toContain(
      'chat transfers and chat closures',
    );
  });

  test('says when apps will feel it', () => {
    expect(describeAt(0, incident, storedUntil(42)).impact).toBe(
      'nothing yet: the stored token works until 12:42 UTC on 2026-11-22, in 42 minutes; then callbacks to customers fail',
    );
  });

  test.each<[why: string, stored: StoredToken]>([
    ['no token is stored', nothingStored],
    ['the service rejects the stored token', storedUntil(45, { isFoundDead: true })],
    ['the stored token expired at 11:55 UTC on 2026-11-22', storedUntil(-5)],
    ['the stored token expired at 12:00 UTC on 2026-11-22', storedUntil(0)],
    [
      'the stored value claims a lifetime that no Zoho token has',
      storedUntil(0, { document: parseTokenDocument(tokenText(-1, { lifetimeMinutes: 9_999 })) }),
    ],
  ])('says that apps fail now where %s', (why, stored) => {
    const event = describeAt(0, incident, stored);
    expect(event.impact).toMatch(/ NOW: /);
    expect(event.impact).toContain(why);
    expect(event).toMatchObject({ severity: 'critical', minutes_left: 0 });
  });

  test('of a wrong setting is felt now, though the token works', () => {
    expect(describeAt(0, toldIncident('setting_mismatch'), storedUntil(45)).impact).toMatch(
      /use the wrong setting fail now$/,
    );
  });
});

describe('the severity', () => {
  const incident = toldIncident('invalid_code');

  test('is critical when a sixth of the life or less is left, whatever the code', () => {
    for (const code of failureCodes) {
      const severities = [40, 49.9, 50, 60].map(
        (now) => describeAt(now, toldIncident(code), storedUntil(60)).severity,
      );
      expect(severities).toEqual(['warning', 'warning', 'critical', 'critical']);
    }
  });

  test('is critical where nothing usable is stored', () => {
    expect(describeAt(0, incident, nothingStored).severity).toBe('critical');
    expect(describeAt(0, incident, storedUntil(60, { isFoundDead: true })).severity).toBe('critical');
  });
});

describe('the figures', () => {
  test('are whole minutes left, when the token ends, and how often it was tried', () => {
    expect(describeAt(10.5, toldIncident('invalid_code', { tries: 2 }), storedUntil(45))).toMatchObject({
      minutes_left: 35,
      expires_at: '2026-11-22T12:45:00.000Z',
      attempts: 2,
    });
    expect(describeAt(0, toldIncident('invalid_code'), nothingStored)).toMatchObject({
      minutes_left: 0,
      expires_at: null,
    });
    expect(describeAt(20, toldIncident('zoho_unavailable'), storedUntil(40)).attempts).toBe(5);
  });

  test('count the tries of a code that waits, and estimate those of one that every tick tries again', () => {
    const attempts = (code: FailureCode) =>
      describeAt(70, toldIncident(code, { tries: 4, since: minute(0) }), storedUntil(100)).attempts;
    expect([attempts('invalid_code'), attempts('rate_limited')]).toEqual([4, 4]);
    expect([attempts('zoho_unavailable'), attempts('credentials_missing')]).toEqual([3, 15]);
  });

  test('count no try from before the token was due, where a passing fault took the place of a wrong setting', () => {
    expect(describeAt(330, toldIncident('zoho_unavailable'), storedUntil(345)).attempts).toBe(6);
  });

  test('count no try from before the incident, where the token was due long before it', () => {
    const incident = toldIncident('zoho_unavailable', { since: minute(30) });
    expect(describeAt(50, incident, storedUntil(40)).attempts).toBe(5);
  });

  test.each([
    [0, '0 minutes'],
    [-5, '0 minutes'],
    [60_000, '1 minute'],
    [90_000, '2 minutes'],
    [42 * 60_000, '42 minutes'],
    [120 * 60_000, '2 h 0 min'],
    [370 * 60_000, '6 h 10 min'],
    [50 * 3_600_000, '50 h 0 min'],
  ])('say %d milliseconds as "%s"', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });
});

test('a test alert has the contract’s fields, state, severity, connection and code', () => {
  const event = describeTest(start, links);
  expect(Object.keys(event).toSorted()).toEqual(fields);
  expect(event).toMatchObject({ state: 'test', severity: 'warning', connection: 'all', code: 'test' });
});

test('a test alert says who asked for it, that apps are not touched, and that nothing is to be done', () => {
  const { summary, impact, remedy, runbook_url } = describeTest(start, links);
  expect(summary).toMatch(/^this is a test alert: .*`npx zoho-tokens test-alert`$/);
  expect(impact).toBe('none: apps are not touched');
  expect(remedy).toMatch(/^Nothing to do: /);
  expect(runbook_url).toBe(`${links.runbookUrl}#test`);
});
