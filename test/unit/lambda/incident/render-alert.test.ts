import { expect, test } from 'vitest';
import { failureCodes } from '../../../../lambda/failure.ts';
import { type Alert, describeIncident, describeTest } from '../../../../lambda/incident/alert.ts';
import { alertStates } from '../../../../lambda/incident/record.ts';
import { renderAlert } from '../../../../lambda/incident/render-alert.ts';
import { desk, links, minute, nothingStored, salesiq, start, storedUntil, toldIncident } from '../examples.ts';

const partsOf = (alert: Alert): Record<string, string> => JSON.parse(renderAlert(alert).message);
const hostile = 'Zürich\r\nBcc: all@example.com\u0000\u001b[2J\u2028"}\\ 🙂'.repeat(40);
const longName = { ...salesiq, name: 'x'.repeat(40) };

/** Every alert that can be: each connection, state, code, and life of the stored token. */
const alerts = [desk, longName].flatMap((connection) =>
  failureCodes.flatMap((code) =>
    alertStates.flatMap((state) =>
      [nothingStored, storedUntil(45), storedUntil(5), storedUntil(-5)].map((stored) =>
        describeIncident(connection, state, toldIncident(code), { stored, now: start }, links),
      ),
    ),
  ),
);
alerts.push(describeTest(start, links));

test('every alert fits its subscribers, says each sentence once, and has no milliseconds', () => {
  for (const alert of alerts) {
    const { subject, attributes } = renderAlert(alert);
    const { connection, service, code, severity, state } = alert.event;
    expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
    expect(subject).toContain(`zoho/${connection}`);
    expect(attributes).toEqual({ connection, service, code, severity, state });
    const { email = '', default: text, sms, ...machines } = partsOf(alert);
    expect(sms).toMatch(/^[\w :,/.-]{1,140}$/);
    expect(sms).toContain(`zoho/${connection}`);
    expect(Object.keys(machines).toSorted()).toEqual(['email-json', 'https', 'lambda', 'sqs']);
    for (const json of Object.values(machines)) expect(JSON.parse(json)).toEqual(alert.event);
    expect(text).toBe(email);
    expect(email).not.toMatch(/undefined|null|NaN|\.000Z|0 minutes left/);
    const sentences = email.split(/[.:;]\s+|\n+/).filter((sentence) => sentence.length > 12);
    expect(new Set(sentences).size, email).toBe(sentences.length);
  }
});

test('the e-mail says what apps feel, what to do, why, what comes next, and where', () => {
  const facts = { stored: storedUntil(38), now: minute(2) };
  const email = partsOf(describeIncident(desk, 'open', toldIncident('invalid_code'), facts, links)).email;
  expect(email?.split('\n')).toEqual([
    'Callbacks to customers stop at 12:38 UTC, in 36 minutes. They still work now.',
    '',
    'DO THIS, in the folder of the deployment:',
    '  npx --no-install zoho-tokens authorize desk --stage production --region ap-south-1',
    '  Give consent again, as a user who will stay. Needs an administrator of the Zoho organisation with access to Desk. Takes about three minutes.',
    '',
    'WHY    zoho/desk lost its consent: what was found by invalid_code. Tried once since 12:00 UTC. It will not heal by itself.',
    'NEXT   The refresher tries again at 12:10 UTC, or within five minutes after new credentials. A louder mail follows at 12:28 UTC; a RESOLVED mail ends this.',
    'WHERE  zoho (production), account 123456789012, ap-south-1. Incident zoho/desk/2026-11-22T12:00Z',
    'Runbook    https://example.com/runbook.md#invalid_code',
    'Logs       https://logs.example/desk',
    'Dashboard  https://ap-south-1.console.aws.amazon.com/cloudwatch/home?region=ap-south-1#dashboards/dashboard/zoho-token-refresher-ap-south-1',
    '',
  ]);
});

test('an e-mail that asks for nothing says so, and has neither a command nor what comes next', () => {
  const incident = toldIncident('zoho_unavailable', { unusableFrom: minute(45), since: minute(-1500) });
  const facts = { stored: storedUntil(120), now: minute(60) };
  const resolved = partsOf(describeIncident(desk, 'resolved', incident, facts, links)).email?.split('\n');
  expect(resolved?.slice(0, 5)).toEqual([
    'Callbacks to customers failed for 15 minutes, from 12:45 UTC to 13:00 UTC. They work now.',
    '',
    'Nothing to do.',
    '',
    'WHY    zoho/desk has a good token again after 26 h 0 min. It was zoho_unavailable (what was found by zoho_unavailable).',
  ]);
  expect(resolved?.filter((line) => /^(NEXT|DO THIS|IF IT)/.test(line))).toEqual([]);
  const test = partsOf(describeTest(start, { ...links, runbookUrl: 'docs/runbook.md', logsUrl: () => '' }));
  expect(test.email?.split('\n')).toEqual([
    'This is a test: nothing is wrong.',
    '',
    'Nothing to do: alerts reach you.',
    '',
    'WHY    Somebody ran `npx --no-install zoho-tokens test-alert`.',
    'WHERE  zoho (production), account 123456789012, ap-south-1.',
    'Runbook    docs/runbook.md#test',
    'Dashboard  https://ap-south-1.console.aws.amazon.com/cloudwatch/home?region=ap-south-1#dashboards/dashboard/zoho-token-refresher-ap-south-1',
    '',
  ]);
});

test('an e-mail about a fault that may pass has no command, and names the runbook’s command without an address', () => {
  const incident = toldIncident('zoho_unavailable', { since: minute(-1440), tries: 3 });
  const facts = { stored: storedUntil(15), now: start };
  const place = { ...links, runbookUrl: 'docs/runbook.md' };
  const email = partsOf(describeIncident(desk, 'open', incident, facts, place)).email?.split('\n') ?? [];
  expect(email[2]).toBe('IF IT LASTS:');
  expect(email[3]).toMatch(/^ {2}Look at https:\/\/status\.zoho\.com/);
  expect(email.join('\n')).toContain('Runbook    npx --no-install zoho-tokens runbook zoho_unavailable\n');
  expect(email.join('\n')).toMatch(/ Tried \d+ times since 12:00 UTC on 2026-11-21\. It is expected to pass\.\n/);
  expect(email.join('\n')).toContain('NEXT   The refresher tries again every five minutes. A louder mail follows');
});

test.each([
  [35, 'IF IT LASTS, in the folder of the deployment:'],
  [0, 'DO THIS, in the folder of the deployment:'],
])('with %d minutes left, a throttle asks for action in the words "%s"', (left, heading) => {
  const facts = { stored: storedUntil(left), now: start };
  const { email } = partsOf(describeIncident(desk, 'escalated', toldIncident('rate_limited'), facts, links));
  expect(email).toContain(`\n${heading}\n`);
});

test('hostile words stay in the body, and change neither subject nor SMS', () => {
  const facts = { stored: storedUntil(45), now: start };
  const [odd, plain] = [hostile, 'plain'].map((message) =>
    describeIncident(desk, 'open', toldIncident('refused', { message }), facts, links),
  );
  if (odd === undefined || plain === undefined) throw new Error('two alerts');
  expect(renderAlert(odd).subject).toBe(renderAlert(plain).subject);
  expect(partsOf(odd).sms).toBe(partsOf(plain).sms);
  expect(partsOf(odd).email).toContain(hostile);
});

test('what is too long is cut at the end, and what cannot be printed is a space', () => {
  const alert = { ...describeTest(start, links), subject: `a\r\n\u0000🙂b${'c'.repeat(200)}`, sms: hostile };
  expect(renderAlert(alert).subject).toBe(`a b${'c'.repeat(93)}...`);
  expect(partsOf(alert).sms).toMatch(/^[\x20-\x7e]{137}\.{3}$/);
});
