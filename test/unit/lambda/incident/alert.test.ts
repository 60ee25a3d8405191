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

const longName = 'x'.repeat(40);
/** One more character, and 40 of a connection and the longest code exceed 99 whatever else is left out. */
const longPrefix = 'y'.repeat(34);
const places = [
  { connection: desk },
  { connection: { ...salesiq, name: longName } },
  { connection: { ...desk, name: longName }, place: { ...links, secretPrefix: longPrefix } },
];

/** Every alert that can be: each place, state, code, and life of the stored token, known to on-call or not. */
const alerts = places.flatMap((place) =>
  failureCodes.flatMap((code) =>
    alertStates.flatMap((state) =>
      [nothingStored, storedUntil(45), storedUntil(5), storedUntil(-5)].flatMap((stored) =>
        [toldIncident, incidentOf].map((incident) => describeAt(0, incident(code), stored, { state, ...place })),
      ),
    ),
  ),
);

test('every alert fits its subscribers, has the fields of the contract, and says each sentence once', () => {
  for (const alert of [...alerts, describeTest(start, links)]) {
    const { subject, attributes, message } = renderAlert(alert);
    const { connection, service, code, severity, state, secret_prefix: prefix } = alert.event;
    expect(Object.keys(alert.event).toSorted().join(' ')).toBe(fields);
    expect(attributes).toEqual({ connection, service, code, severity, state });
    const { email = '', default: text, sms, ...machines } = JSON.parse(message) as Record<string, string>;
    expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
    expect(sms).toMatch(/^[\w :,/.-]{1,140}$/);
    const isTest = state === 'test';
    expect(subject).toContain(isTest ? 'zoho/all' : `${prefix}/${connection} `);
    expect(subject).toMatch(isTest ? /nothing is wrong$/ : new RegExp(` \\(${code}\\)$`));
    expect(sms).toContain(isTest ? 'zoho/all' : `${prefix}/${connection} ${code}`);
    expect(Object.keys(machines).toSorted()).toEqual(['email-json', 'https', 'lambda', 'sqs']);
    for (const json of Object.values(machines)) expect(JSON.parse(json)).toEqual(alert.event);
    expect(text).toBe(email);
    expect(email).not.toMatch(/undefined|null|NaN|\.000Z|0 minutes left/);
    const sentences = email.split(/[.:;]\s+|\n+/).filter((sentence) => sentence.length > 12);
    expect(new Set(sentences).size, email).toBe(sentences.length);
  }
});

test('a long title or place gives way to deadline, place and code', () => {
  const rows: [now: number, prefix: string, name: string, incident: Incident, state?: 'resolved'][] = [
    [715, 'zoho', 'desk', toldIncident('unexpected_response')],
    [722, 'zoho', 'desk', toldIncident('unexpected_response')],
    [715, 'zoho', longName, toldIncident('unexpected_response')],
    [722, 'zoho', longName, toldIncident('invalid_client_secret')],
    [722, longPrefix, longName, toldIncident('invalid_client_secret')],
    [722, `${longPrefix}/yyyyyyyyyyyyy`, longName, toldIncident('invalid_client_secret')],
    [730, longPrefix.slice(4), longName, toldIncident('invalid_client_secret')],
    [700, 'yyyyyyyyyyyyyyy', longName, incidentOf('invalid_client_secret'), 'resolved'],
  ];
  const heads = rows.map(([now, secretPrefix, name, incident, state]) => {
    const to = { state, connection: { ...desk, name }, place: { ...links, secretPrefix } };
    const { subject, sms } = describeAt(now, incident, storedUntil(730), to);
    return `${subject}\n${sms}`;
  });
  expect(heads.join('\n')).toMatchInlineSnapshot(`
    "WATCH UNTIL 00:10 UTC on 2026-11-23: zoho/desk (unexpected_response)
    WATCH UNTIL 00:10 UTC on 2026-11-23 zoho/desk unexpected_response: wait for Zoho
    WATCH UNTIL 00:10 UTC, 8 MIN LEFT: zoho/desk (unexpected_response)
    WATCH UNTIL 00:10 UTC, 8 MIN LEFT zoho/desk unexpected_response: wait for Zoho
    WATCH UNTIL 00:10 UTC: zoho/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx (unexpected_response)
    WATCH UNTIL 00:10 UTC on 2026-11-23 zoho/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx unexpected_response: wait for Zoho
    ACT BY 00:10 UTC, 8 MIN LEFT: zoho/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx (invalid_client_secret)
    ACT BY 00:10 UTC, 8 MIN LEFT zoho/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx invalid_client_secret: copy client secret
    yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx (invalid_client_secret)
    ACT BY 00:10 UTC yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx invalid_client_secret: copy client secret
    yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy/yyyyyyyyyyyyy/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx (invalid_client_secret)
    ACT BY 00:10 UTC yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy/yyyyyyyyyyyyy/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx invalid_client_secret
    yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx (invalid_client_secret)
    FAILING NOW yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx invalid_client_secret: copy client secret
    RESOLVED: yyyyyyyyyyyyyyy/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx (invalid_client_secret)
    HAPPENED AND IS OVER yyyyyyyyyyyyyyy/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx invalid_client_secret: nothing to do"
  `);
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
  const subject = `a\r\n\u0000🙂b${'c'.repeat(200)}`;
  const alert = renderAlert({ ...describeTest(start, links), subject, sms: hostile });
  expect(alert.subject).toBe(`a b${'c'.repeat(93)}...`);
  expect(JSON.parse(alert.message).sms).toMatch(/^[\x20-\x7e]{137}\.{3}$/);
});

test.each<[attempts: number, code: FailureCode, now: number, changes: Partial<Incident>, end: number]>([
  // Counted, if they wait.
  [4, 'invalid_code', 70, { tries: 4 }, 100],
  [4, 'rate_limited', 70, { tries: 4 }, 100],
  // Estimated, if every tick makes one: since the beginning, or since the token became due.
  [15, 'credentials_missing', 70, {}, 100],
  [3, 'zoho_unavailable', 70, {}, 100],
  [6, 'zoho_unavailable', 330, {}, 345],
  [2, 'zoho_unavailable', 70, { since: minute(65) }, 100],
])('%d tries were made of %s after %d minutes with %j', (attempts, code, now, changes, end) => {
  expect(describeAt(now, toldIncident(code, changes), storedUntil(end)).event.attempts).toBe(attempts);
});

test('a message that ends with a full stop gets no second one', () => {
  const { summary } = describeAt(0, incidentOf('prefix_mismatch', { message: 'found 1005.' }), storedUntil(45)).event;
  expect(summary).toMatch(/: found 1005\.$/);
});

const resolved = { state: 'resolved' } as const;
const crm = { ...desk, service: 'crm' as const };
test.each<[words: string, alert: Alert]>([
  [
    'Reads and writes of CRM records stop at 12:45 UTC',
    describeAt(0, toldIncident('invalid_code'), storedUntil(45), { connection: crm }),
  ],
  ['the stored token expired at 12:45 UTC', describeAt(45, toldIncident('invalid_code'), storedUntil(45))],
  [
    'failed for 7 minutes, from 12:38 UTC to 12:45 UTC',
    describeAt(50, toldIncident('invalid_code', { unusableFrom: minute(38) }), storedUntil(105), resolved),
  ],
  [
    'worked all the time',
    describeAt(50, toldIncident('invalid_code', { unusableFrom: minute(45) }), storedUntil(105), resolved),
  ],
])('apps feel: %s', (words, { event }) => {
  expect(event.impact).toContain(words);
});

test('on the minute, the next try comes with the next tick, and the next louder mail when the token ends', () => {
  const { next } = describeAt(50, toldIncident('invalid_code', { due: minute(50) }), storedUntil(60));
  expect(next).toMatch(/tries again with the next tick, .* A louder mail follows at 13:00 UTC;/);
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
