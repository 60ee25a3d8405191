import { expect, test } from 'vitest';
import { examineStored, type StoredConnection } from '../../../cli/doctor/examine-stored.ts';
import { renderEnv } from '../../../cli/env-file/render-env.ts';
import { describeConnection } from '../../../cli/stored/describe-connection.ts';
import { maskToken } from '../../../cli/stored/mask-token.ts';
import { parseCredentials } from '../../../lambda/aws/credentials-secret.ts';
import { parseTokenDocument, renderTokenDocument } from '../../../lambda/aws/token-document.ts';
import { noRecord } from '../../../lambda/incident/record.ts';
import { parseObject } from '../../../lambda/parse-object.ts';
import { SecretText } from '../../../lambda/secret-text.ts';
import { goodLines, guideConnections, now, token } from './env-file.ts';

const [salesiq, desk] = guideConnections;
if (salesiq === undefined || desk === undefined) throw new Error('the guide has two connections');

const lifetime = {
  expiresInSeconds: 3600,
  tokenType: 'Bearer',
  apiDomain: undefined,
  refreshToken: undefined,
};

/** What is stored for Desk, ten minutes old, with changes to the document that apps read. */
function stored(
  changes: Record<string, unknown> = {},
  credentials: Record<string, string> = {},
): StoredConnection {
  const issued = {
    ...lifetime,
    accessToken: new SecretText(token('1005.', 'e')),
    prefix: '1005.',
    scopes: ['Desk.calls.ALL', 'Desk.basic.READ'],
  };
  const issuedAt = new Date(now.getTime() - 10 * 60_000);
  const text = renderTokenDocument(desk as NonNullable<typeof desk>, issued, {
    issuedAt,
    nonce: 'n',
    hasSettingFault: false,
  });
  const changed = JSON.stringify({ ...parseObject(text), ...changes });
  return {
    connection: desk as NonNullable<typeof desk>,
    stored: {
      token: { versionId: 'v', document: parseTokenDocument(changed), isFoundDead: false },
      record: noRecord,
      fields: parseObject(changed) ?? {},
    },
    credentials: parseCredentials('s', {
      versionId: 'v',
      text: JSON.stringify({
        client_id: goodLines.DESK_CLIENT_ID,
        client_secret: goodLines.DESK_CLIENT_SECRET,
        refresh_token: goodLines.DESK_REFRESH_TOKEN,
        ...credentials,
      }),
    }),
  };
}

function told(...all: StoredConnection[]): string[] {
  return examineStored(all, 'zoho', now).map(({ where, key, problem }) => `${where} ${key} ${problem}`);
}

test('nothing is found where connections.json and the secrets agree', () => {
  expect(told(stored())).toEqual([]);
});

test.each([
  [{ access_token: token('1000.', 'e') }, 'zoho/desk/token access_token starts with 1000., expected 1005.'],
  [{ expires_at: '2026-03-01T11:59:59Z' }, 'zoho/desk/token access_token has expired'],
  [{ scope: 'Desk.calls.READ Desk.basic.READ' }, 'zoho/desk/token scope lacks Desk.calls.CREATE'],
  [{ data_center: 'eu' }, 'zoho/desk/token data_center is not "in" as in connections.json'],
  [
    { settings: { org_id: '1', department_id: '2782000000002013' } },
    'zoho/desk/token settings.org_id is not "60000688226" as in connections.json',
  ],
  [
    { configuration: 'older' },
    'zoho/desk/token configuration was stored for another connections.json (prefix or scopes)',
  ],
])('a token document that differs is named: %j', (changes, expected) => {
  expect(told(stored(changes))).toEqual([expected]);
});

test('credentials of the wrong kind, or shared with another connection, are named', () => {
  expect(told(stored({}, { client_id: '1000.ABCDEFGHIJKLMNOPQRSTUVWXYZ4567' }))).toEqual([
    'zoho/desk/credentials client_id starts with 1000., expected 1005.',
  ]);
  const other = stored();
  const twin = { ...other, connection: { ...other.connection, name: 'twin' } };
  expect(told(stored(), twin)).toContainEqual(
    'zoho/desk/credentials refresh_token is the same refresh token as that of twin',
  );
  expect(told({ ...stored(), credentials: undefined })).toEqual([
    'zoho/desk/credentials null does not hold complete credentials',
  ]);
});

test('a token is shown by its prefix and four characters, anything else not at all', () => {
  expect(maskToken(new SecretText(token('1000.', 'a')))).toBe('1000.****4567');
  expect(maskToken(new SecretText('a-secret-of-another-shape'))).toBe('****');
});

test.each([
  [{}, 'fresh', 50],
  [{ issued_at: '2026-03-01T11:15:00Z', expires_at: '2026-03-01T12:15:00Z' }, 'ending soon', 15],
  [{ issued_at: '2026-03-01T10:30:00Z', expires_at: '2026-03-01T11:30:00Z' }, 'expired', 0],
])('a stored token %j is %s', (changes, state, minutes) => {
  const { connection, stored: seen } = stored(changes);
  const described = describeConnection(connection, seen, { hasCredentials: true }, now);
  expect(described).toMatchObject({ state, minutes_left: minutes, missing_scopes: [], incident: null });
});

test('nothing stored is told apart from nothing set up and from a token found dead', () => {
  const { connection, stored: seen } = stored();
  const empty = { ...seen, token: { ...seen.token, document: undefined } };
  const dead = { ...seen, token: { ...seen.token, isFoundDead: true } };
  expect(describeConnection(connection, empty, { hasCredentials: true }, now).state).toBe(
    'not refreshed yet',
  );
  expect(describeConnection(connection, empty, { hasCredentials: false }, now).state).toBe('not set up');
  expect(describeConnection(connection, dead, { hasCredentials: true }, now).state).toBe('rejected');
});

test('an .env has one client for all where all have the same, else one each', () => {
  const { connection, stored: seen, credentials } = stored();
  const source = { connection, document: seen.token.document, credentials };
  expect(renderEnv([source], now)).toContain(`ZOHO_CLIENT_ID=${goodLines.DESK_CLIENT_ID}\n`);
  const other = {
    ...source,
    connection: salesiq,
    credentials: stored({}, { client_id: '1005.OTHER' }).credentials,
  };
  const text = renderEnv([source, other], now);
  expect(text).toContain('DESK_CLIENT_ID=');
  expect(text).toContain('SALESIQ_CLIENT_ID=1005.OTHER\n');
  expect(text).not.toContain('ZOHO_CLIENT_ID');
});

test('fails to write a stored value that would break out of its line, and does not repeat it', () => {
  const { connection, stored: seen } = stored();
  const credentials = stored({}, { refresh_token: 'a\nPATH=/evil' }).credentials;
  const write = () => renderEnv([{ connection, document: seen.token.document, credentials }], now);
  expect(write).toThrow('the stored value for DESK_REFRESH_TOKEN has characters');
  expect(write).not.toThrow('evil');
});
