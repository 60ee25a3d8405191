import { readFileSync } from 'node:fs';
import { exit, stdout } from 'node:process';
import { readConnections } from '../lambda/connections/read-connections.ts';
import { describeIncident } from '../lambda/incident/alert.ts';
import type { AlertState, Incident } from '../lambda/incident/record.ts';
import { renderAlert } from '../lambda/incident/render-alert.ts';
import { logsUrl } from '../lambda/log.ts';
import { SecretText } from '../lambda/secret-text.ts';

/**
 * Prints an open, an escalated, a resolved and a late alert as e-mail, SMS and JSON: `node local/show-alerts.ts`.
 *
 * The night is made up; the words are those of the Lambda.
 */

const { connections, secretPrefix } = readConnections(readFileSync('connections.json', 'utf8'));
const desk = connections.find(({ service }) => service === 'desk');
if (desk === undefined) throw new Error('connections.json has no connection of Desk');
const start = Date.parse('2026-11-22T12:00:00Z');
const minute = (minutes: number) => new Date(start + minutes * 60_000);
const lifeMinutes = 60;
const region = 'ap-south-1';
const links = {
  account: '123456789012',
  region,
  secretPrefix,
  stage: 'production',
  runbookUrl: 'https://wiki.example.com/zoho-tokens',
  logsUrl: (connection?: string) => logsUrl(region, '/aws/lambda/zoho-token-refresher', connection) ?? '',
};
const unheard: Incident = {
  code: 'invalid_code',
  message: 'Zoho refused the refresh: "invalid_code"',
  since: minute(0),
  tries: 1,
  due: minute(10),
  unusableFrom: minute(38),
  with: { credentials: 'c1', configuration: 'x', token: 't1' },
};
const told: Incident = { ...unheard, told: { at: minute(0), token: 't1', kind: 'operator' } };

// Whoever reads only the first lines closes the pipe.
stdout.on('error', () => exit());

show('an open alert', 'open', unheard, 0, 38);
show('an escalated alert', 'escalated', { ...told, tries: 4, due: minute(60) }, 30, 38);
show('a resolved alert', 'resolved', told, 50, 50 + lifeMinutes);
show('a late alert: SNS could not be reached before', 'resolved', unheard, 50, 50 + lifeMinutes);

function show(title: string, state: AlertState, incident: Incident, at: number, end: number): void {
  if (desk === undefined) return;
  const document = {
    accessToken: new SecretText(''),
    scopes: undefined,
    issuedAt: minute(end - lifeMinutes),
    expiresAt: minute(end),
    configuration: undefined,
    hasSettingFault: false,
  };
  const facts = { stored: { versionId: 't', document, isFoundDead: false }, now: minute(at) };
  const { subject, message } = renderAlert(describeIncident(desk, state, incident, facts, links));
  const { email, sms, sqs } = JSON.parse(message) as Record<'email' | 'sms' | 'sqs', string>;
  const json = JSON.stringify(JSON.parse(sqs), undefined, 2);
  stdout.write(`=== ${title}\n\nSubject: ${subject}\n\n${email}\nSMS: ${sms}\n\nJSON: ${json}\n\n`);
}
