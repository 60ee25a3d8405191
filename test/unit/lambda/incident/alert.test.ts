import { describe, expect, test } from 'vitest';
import { parseTokenDocument } from '../../../../lambda/aws/token-document.ts';
import { type FailureCode, failureCodes, failureRow } from '../../../../lambda/failure.ts';
import { type Alert, describeIncident, describeTest } from '../../../../lambda/incident/alert.ts';
import { alertStates, type Incident } from '../../../../lambda/incident/record.ts';
import { duration } from '../../../../lambda/incident/time-words.ts';
import type { StoredToken } from '../../../../lambda/stored-token.ts';
import {
  desk,
  incidentOf,
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
  { state = 'open' as (typeof alertStates)[number], connection = desk, place = links } = {},
): Alert {
  return describeIncident(connection, state, incident, { stored, now: minute(now) }, place);
}

const fields =
  'account act_by attempts code command connection expires_at heals_itself impact incident_id logs_url minutes_left region remedy runbook_url secret_prefix sent_at service severity since state summary usable version';

test.each([
  ...alertStates.map((state) => describeAt(10, toldIncident('invalid_code'), storedUntil(45), { state })),
  describeTest(start, links),
])('an event has exactly the fields of the contract: $event.state', ({ event }) => {
  expect(Object.keys(event).toSorted().join(' ')).toBe(fields);
});

describe('an alert for a person who must act', () => {
  const { event, ...words } = describeAt(2, toldIncident('invalid_code'), storedUntil(40));

  test('says the deadline, the command and who can run it', () => {
    expect(event).toMatchObject({
      act_by: '2026-11-22T12:40:00.000Z',
      command: 'npx --no-install zoho-tokens authorize desk --stage production --region ap-south-1',
      heals_itself: false,
      impact: 'Callbacks to customers stop at 12:40 UTC, in 38 minutes. They still work now.',
      incident_id: 'zoho/desk/2026-11-22T12:00Z',
      remedy:
        'Give consent again, as a user who will stay. Needs an administrator of the Zoho organisation with access to Desk. Takes about three minutes.',
      sent_at: '2026-11-22T12:02:00.000Z',
      usable: true,
    });
    expect(words).toEqual({
      subject: 'ACT BY 12:40 UTC: zoho/desk lost its consent (invalid_code)',
      sms: 'ACT BY 12:40 UTC zoho/desk invalid_code: give consent again',
      next: 'The refresher tries again at 12:10 UTC, or within five minutes after new credentials. A louder mail follows at 12:30 UTC; a RESOLVED mail ends this.',
      where: 'zoho (production), account 123456789012, ap-south-1.',
    });
  });

  test('says how little is left, once that is a sixth of the life', () => {
    const { subject, next } = describeAt(33, toldIncident('invalid_code'), storedUntil(40));
    expect(subject).toMatch(/^ACT BY 12:40 UTC, 7 MIN LEFT: /);
    expect(next).toContain('tries again with the next tick');
    expect(next).toContain('A louder mail follows at 12:40 UTC');
  });

  test('names the prefix if the stage is not known, and a date that is not today’s', () => {
    const place = { ...links, secretPrefix: 'acme', stage: undefined };
    const late = describeAt(715, toldIncident('invalid_code'), storedUntil(730), { place });
    expect(late.event.command).toMatch(/ authorize desk --secret-prefix acme --region ap-south-1$/);
    expect(late.subject).toMatch(/^ACT BY 00:10 UTC on 2026-11-23: acme\/desk /);
  });
});

test('what is expected to pass is watched, with no deadline for anybody', () => {
  const { event, subject } = describeAt(20, incidentOf('zoho_unavailable'), storedUntil(40));
  expect(subject).toBe('WATCH UNTIL 12:40 UTC: zoho/desk gets no answer from Zoho (zoho_unavailable)');
  expect(event).toMatchObject({ act_by: null, heals_itself: true, command: null, attempts: 5 });
  expect(event.impact).toContain('in 20 minutes, if this lasts');
  expect(event.remedy).toContain('https://status.zoho.com');
});

test('a wrong setting of an accepted token asks for action without a deadline', () => {
  const { event, subject } = describeAt(0, incidentOf('setting_mismatch'), storedUntil(40));
  expect(subject).toBe('ACT: zoho/desk has a wrong setting (setting_mismatch)');
  expect(event.impact).toBe(
    'Desk accepts the stored token until 12:40 UTC. Calls that use the wrong setting may fail.',
  );
  expect(event).toMatchObject({ act_by: null, heals_itself: false, usable: true, severity: 'warning' });
});

test.each<[why: string, stored: StoredToken]>([
  ['no token is stored', nothingStored],
  ['the stored token is rejected by Desk', storedUntil(45, { isFoundDead: true })],
  ['the stored token expired at 11:55 UTC', storedUntil(-5)],
  [
    'the stored value claims a lifetime that no Zoho token has',
    storedUntil(0, { document: parseTokenDocument(tokenText(-1, { lifetimeMinutes: 9_999 })) }),
  ],
])('apps fail now if %s', (why, stored) => {
  const { event, subject } = describeAt(0, toldIncident('invalid_code'), stored);
  expect(subject).toMatch(/^FAILING NOW: zoho\/desk /);
  expect(event.impact).toBe(`Callbacks to customers fail now: ${why}.`);
  expect(event).toMatchObject({ severity: 'critical', minutes_left: 0, usable: false, act_by: null });
});

describe('a resolved alert', () => {
  const resolved = (incident: Incident, connection = desk) =>
    describeAt(50, incident, storedUntil(110), { state: 'resolved', connection });

  test('says how long apps felt it, and asks for nothing', () => {
    const { event, subject, next } = resolved(toldIncident('invalid_code', { unusableFrom: minute(38) }));
    expect(subject).toBe('RESOLVED: zoho/desk has a good token again (invalid_code)');
    expect(event.summary).toBe(
      'zoho/desk has a good token again after 50 minutes. It was invalid_code (what was found by invalid_code).',
    );
    expect(event).toMatchObject({ command: null, act_by: null, remedy: 'Nothing to do.', usable: true });
    expect(event.impact).toBe(
      'Callbacks to customers failed for 12 minutes, from 12:38 UTC to 12:50 UTC. They work now.',
    );
    expect(next).toBe('');
  });

  test('says that apps felt nothing if the old token still lived', () => {
    const incident = toldIncident('invalid_code', { unusableFrom: minute(55) });
    expect(resolved(incident, salesiq).event.impact).toBe('Chat transfers and chat closures worked all the time.');
  });

  test('says that it happened and is over if nobody could be alerted before', () => {
    const { event, subject } = resolved(incidentOf('invalid_code'));
    expect(subject).toBe('HAPPENED AND IS OVER: zoho/desk lost its consent (invalid_code)');
    expect(event.summary).toMatch(/failed for 50 minutes.*could not be alerted before it was over/);
  });
});

test('tries of a code that waits are counted; those that every tick makes are estimated', () => {
  const attempts = (code: FailureCode) =>
    describeAt(70, toldIncident(code, { tries: 4 }), storedUntil(100)).event.attempts;
  expect([attempts('invalid_code'), attempts('rate_limited')]).toEqual([4, 4]);
  expect([attempts('zoho_unavailable'), attempts('credentials_missing')]).toEqual([3, 15]);
  expect(describeAt(330, toldIncident('zoho_unavailable'), storedUntil(345)).event.attempts).toBe(6);
});

test.each(failureCodes)('%s is critical from a sixth of the life on, whatever who must act', (code) => {
  const severities = [40, 49.9, 50, 60].map(
    (now) => describeAt(now, toldIncident(code), storedUntil(60)).event.severity,
  );
  expect(severities).toEqual(['warning', 'warning', 'critical', 'critical']);
  expect(failureRow(code).inShort.split(' ').length).toBeLessThanOrEqual(3);
});

test.each([
  [-5, '0 minutes'],
  [60_000, '1 minute'],
  [42 * 60_000, '42 minutes'],
  [120 * 60_000, '2 h 0 min'],
  [370 * 60_000, '6 h 10 min'],
])('%d milliseconds are "%s"', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});
