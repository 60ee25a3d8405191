import { expect, test } from 'vitest';
import { examineStored, type StoredConnection } from '../../../cli/doctor/examine-stored.ts';
import { renderEnv } from '../../../cli/env-file/write-env.ts';
import { describeHearing } from '../../../cli/place/describe-hearing.ts';
import { describeConnection, maskToken } from '../../../cli/stored/connection-status.ts';
import { parseCredentials } from '../../../lambda/aws/credentials-secret.ts';
import { parseTokenDocument, renderTokenDocument } from '../../../lambda/aws/token-document.ts';
import { noRecord } from '../../../lambda/incident/record.ts';
import { parseObject } from '../../../lambda/parse-object.ts';
import { SecretText } from '../../../lambda/secret-text.ts';
import { issuedToken } from '../lambda/examples.ts';
import { desk, goodLines, now, salesiq, token } from './guide-env.ts';

type Fields = Record<string, unknown>;

/** What is stored for Desk, ten minutes old, with changes to the document that apps read and to the credentials. */
function stored(changes: Fields = {}, credentials: Fields = {}): StoredConnection {
  const accessToken = new SecretText(token('1005.', 'e'));
  const issued = issuedToken({ accessToken, prefix: '1005.', scopes: ['Desk.calls.ALL', 'Desk.basic.READ'] });
  const issuedAt = new Date(now.getTime() - 10 * 60_000);
  const text = renderTokenDocument(desk, issued, { issuedAt, nonce: 'n', hasSettingFault: false });
  const fields = { ...parseObject(text), ...changes };
  const document = parseTokenDocument(JSON.stringify(fields));
  const { DESK_CLIENT_ID: client_id, DESK_CLIENT_SECRET: client_secret, DESK_REFRESH_TOKEN: refresh_token } = goodLines;
  const complete = { client_id, client_secret, refresh_token, ...credentials };
  return {
    connection: desk,
    stored: { token: { versionId: 'v', document, isFoundDead: false }, record: noRecord, fields },
    credentials: parseCredentials('s', { versionId: 'v', text: JSON.stringify(complete) }),
  };
}

function told(...all: StoredConnection[]): string[] {
  return examineStored(all, 'zoho', now).map(({ where, key, problem }) => `${where} ${key} ${problem}`);
}

test.each<[changes: Fields, problem: string]>([
  [{ access_token: token('1000.', 'e') }, 'access_token starts with 1000., expected 1005.'],
  [{ expires_at: '2026-03-01T11:59:59Z' }, 'access_token has expired'],
  [{ scope: 'Desk.calls.READ Desk.basic.READ' }, 'scope lacks Desk.calls.CREATE'],
  [{ data_center: 'eu' }, 'data_center is not "in" as in connections.json'],
  [{ settings: { ...desk.settings, org_id: '1' } }, 'settings.org_id is not "60000688226" as in connections.json'],
  [{ configuration: 'older' }, 'configuration was stored for another connections.json (prefix or scopes)'],
])('a token document with %j differs: %s', (changes, problem) => {
  expect(told(stored(changes))).toEqual([`zoho/desk/token ${problem}`]);
});

test('credentials of the wrong kind, or shared with another connection, are named, and good ones are not', () => {
  const own = stored();
  expect(told(own)).toEqual([]);
  const twin = { ...own, connection: { ...desk, name: 'twin' } };
  const shared = 'refresh_token is the same refresh token as that of twin';
  const wrongKind = stored({}, { client_id: '1000.ABCDEFGHIJKLMNOPQRSTUVWXYZ4567' });
  expect(told(wrongKind)).toEqual(['zoho/desk/credentials client_id starts with 1000., expected 1005.']);
  expect(told(own, twin)).toContainEqual(`zoho/desk/credentials ${shared}`);
  const missing = 'zoho/desk/credentials null does not hold complete credentials';
  expect(told({ ...own, credentials: undefined })).toEqual([missing]);
});

test('a token is shown by its prefix and four characters, anything else not at all', () => {
  expect(maskToken(new SecretText(token('1000.', 'a')))).toBe('1000.****4567');
  expect(maskToken(new SecretText('a-secret-of-another-shape'))).toBe('****');
});

const nothing = { document: undefined };
test.each<[state: string, minutes_left: number, changes: Fields, token?: object, hasCredentials?: boolean]>([
  ['fresh', 50, {}],
  ['ending soon', 15, { issued_at: '2026-03-01T11:15:00Z', expires_at: '2026-03-01T12:15:00Z' }],
  ['expired', 0, { issued_at: '2026-03-01T10:30:00Z', expires_at: '2026-03-01T11:30:00Z' }],
  ['not refreshed yet', 0, {}, nothing],
  ['not set up', 0, {}, nothing, false],
  ['rejected', 0, {}, { isFoundDead: true }],
])(
  '%s, with %i minutes left, is a token of %j and %j',
  (state, minutes_left, changes, token, hasCredentials = true) => {
    const { stored: seen } = stored(changes);
    const changed = { ...seen, token: { ...seen.token, ...token } };
    const missing_scopes = token === nothing ? null : [];
    const described = describeConnection(desk, changed, { hasCredentials }, now);
    expect(described).toMatchObject({ state, minutes_left, missing_scopes, incident: null });
  },
);

const sourceOf = ({ connection, stored: { token }, credentials }: StoredConnection) => {
  return { connection, document: token.document, credentials };
};

test('an .env has one client for all if all have the same, else one each', () => {
  const source = sourceOf(stored());
  expect(renderEnv([source], now)).toContain(`ZOHO_CLIENT_ID=${goodLines.DESK_CLIENT_ID}\n`);
  const other = { ...sourceOf(stored({}, { client_id: '1005.OTHER' })), connection: salesiq };
  const text = renderEnv([source, other], now);
  expect(text).toContain('DESK_CLIENT_ID=');
  expect(text).toContain('SALESIQ_CLIENT_ID=1005.OTHER\n');
  expect(text).not.toContain('ZOHO_CLIENT_ID');
});

test('fails to write a stored value that would break out of its line, and does not repeat it', () => {
  const write = () => renderEnv([sourceOf(stored({}, { refresh_token: 'a\nPATH=/evil' }))], now);
  expect(write).toThrow('the stored value for DESK_REFRESH_TOKEN has characters');
  expect(write).not.toThrow('evil');
});

const arn = (name: string) => `arn:aws:sns:ap-south-1:123456789012:${name}`;

const one = { topicArn: arn('alerts'), confirmed: 2, pending: 1 };
const none = { topicArn: arn('paging'), confirmed: 0, pending: 1 };
const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
const counted = 'subscribers of alerts: 2 confirmed, 1 not confirmed yet';
const nobody = expect.stringMatching(/^NOBODY HEARS: topic paging .*, 1 not confirmed yet; confirm one/);

test.each<[title: string, subscribers: Parameters<typeof describeHearing>[0], said: object]>([
  ['who confirmed', async () => [one], { isFine: true, lines: [counted], json: [one] }],
  ['nobody, which fails', async () => [one, none], { isFine: false, lines: [counted, nobody], json: [one, none] }],
  [
    'what could not be asked',
    () => Promise.reject(denied),
    { isFine: true, lines: ['who is subscribed is not known: AccessDeniedException'], json: null },
  ],
  ['nothing of a place without subscribers', undefined, { isFine: true, lines: [], json: null }],
])('it is said: %s', async (_title, subscribers, said) => {
  expect(await describeHearing(subscribers)).toEqual(said);
});
