import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTokenDocument } from '../../../../lambda/aws/token-document.ts';
import { type FailureCode, failureCodes, failureRow } from '../../../../lambda/failure.ts';
import { type Alert, describeIncident, describeTest } from '../../../../lambda/incident/alert.ts';
import { alertStates, type Incident } from '../../../../lambda/incident/record.ts';
import { renderAlert } from '../../../../lambda/incident/render-alert.ts';
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

/** Subject, SMS and mail as people read them, and what machines get beside. */
function printed(title: string, alert: Alert): string {
  const { subject, message } = renderAlert(alert);
  const { email, sms } = JSON.parse(message) as Record<string, string>;
  // Its longer texts stand in the mail.
  const { summary, impact, remedy, ...facts } = alert.event;
  return `==== ${title}\nSubject: ${subject}\nSMS: ${sms}\nEvent: ${JSON.stringify(facts)}\n\n${email}`;
}

const elsewhere = {
  ...links,
  secretPrefix: 'acme',
  stage: undefined,
  runbookUrl: 'docs/runbook.md',
  logsUrl: () => '',
};
const tooLong = storedUntil(0, { document: parseTokenDocument(tokenText(-1, { lifetimeMinutes: 9_999 })) });
const visitor = { ...salesiq, tokenPrefixes: ['1000.'] };
const old = { since: minute(-1440), tries: 3, due: minute(700) };

test('alerts read, word for word, as alerts.txt has them', async () => {
  const mails = [
    ...failureCodes.map((code) => printed(`open: ${code}`, describeAt(2, incidentOf(code), storedUntil(45)))),
    ...(['invalid_code', 'setting_mismatch', 'rate_limited', 'zoho_unavailable'] as const).flatMap((code) => {
      const told = toldIncident(code, { tries: 4, unusableFrom: minute(38) });
      const escalated = { state: 'escalated' } as const;
      const resolved = { state: 'resolved' } as const;
      const cases: [title: string, alert: Alert][] = [
        ['a sixth of the life left', describeAt(36, told, storedUntil(45), escalated)],
        ['token found dead', describeAt(20, told, storedUntil(45, { isFoundDead: true }), escalated)],
        ['token expired', describeAt(50, told, storedUntil(45), { state: 'reminder' })],
        ['resolved', describeAt(50, told, storedUntil(110), resolved)],
        [
          'resolved, apps felt nothing',
          describeAt(50, toldIncident(code, { unusableFrom: minute(55) }), storedUntil(110), resolved),
        ],
        [
          'resolved before anybody was alerted',
          describeAt(50, incidentOf(code, { unusableFrom: undefined }), storedUntil(110), resolved),
        ],
        ['resolved, and dead again', describeAt(50, told, nothingStored, resolved)],
        [
          'a day old, of another stage and connection',
          describeAt(715, toldIncident(code, old), storedUntil(730), { connection: visitor, place: elsewhere }),
        ],
      ];
      return cases.map(([title, alert]) => printed(`${title}: ${code}`, alert));
    }),
    printed('nothing stored', describeAt(0, toldIncident('invalid_code'), nothingStored)),
    printed('a lifetime that no token has', describeAt(0, toldIncident('invalid_code'), tooLong)),
    printed('a test', describeTest(start, links)),
    printed('a test of a deployment without addresses', describeTest(start, { ...elsewhere, region: '' })),
  ];
  await expect(mails.join('\n')).toMatchFileSnapshot('alerts.txt');
});

const fields =
  'account act_by attempts code command connection expires_at heals_itself impact incident_id logs_url minutes_left region remedy runbook_url secret_prefix sent_at service severity since state summary usable version';

/** Every alert that can be: each connection, state, code, and life of the stored token. */
const alerts = [desk, { ...salesiq, name: 'x'.repeat(40) }].flatMap((connection) =>
  failureCodes.flatMap((code) =>
    alertStates.flatMap((state) =>
      [nothingStored, storedUntil(45), storedUntil(5), storedUntil(-5)].map((stored) =>
        describeAt(0, toldIncident(code), stored, { state, connection }),
      ),
    ),
  ),
);
alerts.push(describeTest(start, links));

test('every alert fits its subscribers, has the fields of the contract, and says each sentence once', () => {
  for (const alert of alerts) {
    const { subject, attributes, message } = renderAlert(alert);
    const { connection, service, code, severity, state } = alert.event;
    expect(Object.keys(alert.event).toSorted().join(' ')).toBe(fields);
    expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
    expect(attributes).toEqual({ connection, service, code, severity, state });
    const { email = '', default: text, sms, ...machines } = JSON.parse(message) as Record<string, string>;
    expect(sms).toMatch(/^[\w :,/.-]{1,140}$/);
    expect(Object.keys(machines).toSorted()).toEqual(['email-json', 'https', 'lambda', 'sqs']);
    for (const json of Object.values(machines)) expect(JSON.parse(json)).toEqual(alert.event);
    expect(text).toBe(email);
    expect(email).not.toMatch(/undefined|null|NaN|\.000Z|0 minutes left/);
    const sentences = email.split(/[.:;]\s+|\n+/).filter((sentence) => sentence.length > 12);
    expect(new Set(sentences).size, email).toBe(sentences.length);
  }
});

const nameCharacters = [...'abcdefghijklmnopqrstuvwxyz0123456789-'];
/** With more than 34 characters, 40 of a connection and the longest code exceed 99 whatever else is left out. */
const prefixes = fc.string({ unit: fc.constantFrom(...nameCharacters, '/', '_'), minLength: 1, maxLength: 34 });

test('subject and SMS have the place and the code whole, however long both are', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...nameCharacters), minLength: 1, maxLength: 40 }),
      prefixes,
      fc.constantFrom(...failureCodes),
      fc.constantFrom(...alertStates),
      fc.constantFrom(toldIncident, incidentOf),
      fc.integer({ min: 0, max: 719 }),
      fc.integer({ min: -5, max: 60 }),
      (name, secretPrefix, code, state, incident, now, left) => {
        const place = { ...links, secretPrefix };
        const connection = { ...desk, name };
        const alert = describeAt(now, incident(code), storedUntil(now + left), { state, connection, place });
        const { subject, message } = renderAlert(alert);
        const { sms } = JSON.parse(message) as { sms: string };
        expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
        expect(sms).toMatch(/^[\x20-\x7e]{1,140}$/);
        expect(subject).toContain(`${secretPrefix}/${name} `);
        expect(subject.endsWith(` (${code})`), subject).toBe(true);
        expect(sms).toContain(`${secretPrefix}/${name} ${code}`);
      },
    ),
    { numRuns: 500 },
  );
});

const longest = 'x'.repeat(40);
test.each<[now: number, name: string, code: FailureCode, subject: string]>([
  [715, 'desk', 'unexpected_response', 'WATCH UNTIL 00:10 UTC on 2026-11-23: zoho/desk (unexpected_response)'],
  [722, 'desk', 'unexpected_response', 'WATCH UNTIL 00:10 UTC, 8 MIN LEFT: zoho/desk (unexpected_response)'],
  [715, longest, 'unexpected_response', `WATCH UNTIL 00:10 UTC: zoho/${longest} (unexpected_response)`],
  [722, longest, 'invalid_client_secret', `ACT BY 00:10 UTC, 8 MIN LEFT: zoho/${longest} (invalid_client_secret)`],
])('%d minutes after noon, a long title or name gives way to deadline, place and code', (now, name, code, subject) => {
  const alert = describeAt(now, toldIncident(code), storedUntil(730), { connection: { ...desk, name } });
  expect(alert.subject).toBe(subject);
});

test('hostile words stay in the body, and change neither subject nor SMS', () => {
  const hostile = 'Zürich\r\nBcc: all@example.com\u0000\u001b[2J\u2028"}\\ 🙂'.repeat(40);
  const [odd, plain] = [hostile, 'plain'].map((message) =>
    renderAlert(describeAt(0, toldIncident('refused', { message }), storedUntil(45))),
  );
  const bodies = [odd, plain].map((alert) => JSON.parse(alert?.message ?? '') as Record<string, string>);
  expect(odd?.subject).toBe(plain?.subject);
  expect(bodies[0]?.sms).toBe(bodies[1]?.sms);
  expect(bodies[0]?.email).toContain(hostile);
  const alert = renderAlert({
    ...describeTest(start, links),
    subject: `a\r\n\u0000🙂b${'c'.repeat(200)}`,
    sms: hostile,
  });
  expect(alert.subject).toBe(`a b${'c'.repeat(93)}...`);
  expect(JSON.parse(alert.message).sms).toMatch(/^[\x20-\x7e]{137}\.{3}$/);
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
