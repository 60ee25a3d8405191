import { expect, test } from 'vitest';
import { parseIncident, parseTokenSecret } from '../../../client/token-secret.ts';
import { renderTokenDocument } from '../../../lambda/aws/token-document.ts';
import { readConnections } from '../../../lambda/connections/read-connections.ts';
import { noRecord, renderRecord } from '../../../lambda/incident/record.ts';
import { SecretText } from '../../../lambda/secret-text.ts';
import { madeUpToken, tokenText } from './a-source.ts';

const issuedAt = new Date('2026-01-05T09:00:00.000Z');
const { connections } = readConnections(
  JSON.stringify({
    secret_prefix: 'zoho',
    connections: [
      {
        name: 'salesiq',
        service: 'salesiq',
        data_center: 'eu',
        required_scopes: ['SalesIQ.conversations.READ'],
        settings: { screen_name: 'rtdsportal', app_id: '1', department_id: '2' },
      },
    ],
  }),
);

test('reads the very document that the refresher writes', () => {
  const [connection] = connections;
  if (connection === undefined) throw new Error('no connection');
  const accessToken = madeUpToken('a');
  const text = renderTokenDocument(
    connection,
    {
      accessToken: new SecretText(accessToken),
      prefix: '1005.',
      expiresInSeconds: 3600,
      tokenType: 'Bearer',
      scopes: ['SalesIQ.conversations.READ'],
      apiDomain: 'https://www.zohoapis.eu',
    },
    { issuedAt, nonce: 'nonce', hasSettingFault: false },
  );
  expect(parseTokenSecret(text)).toMatchObject({
    connection: 'salesiq',
    service: 'salesiq',
    accessToken,
    issuedAt,
    expiresAt: new Date('2026-01-05T10:00:00.000Z'),
    baseUrl: 'https://salesiq.zoho.eu',
    settings: { screen_name: 'rtdsportal', app_id: '1', department_id: '2' },
    headers: { Authorization: `Zoho-oauthtoken ${accessToken}` },
  });
});

test('reads the incident from the very record that the refresher writes', () => {
  const text = renderRecord(
    {
      ...noRecord,
      incident: {
        code: 'invalid_code',
        message: 'Zoho refuses the refresh token',
        since: issuedAt,
        tries: 1,
        due: issuedAt,
        with: { configuration: 'c', token: 't' },
      },
    },
    'nonce',
  );
  expect(parseIncident(text)).toEqual({
    since: issuedAt,
    code: 'invalid_code',
    message: 'Zoho refuses the refresh token',
  });
});

test('finds no incident in the record of a healthy connection', () => {
  expect(parseIncident(renderRecord(noRecord, 'nonce'))).toBeUndefined();
});

test('takes a token that claims more than a day for none', () => {
  expect(parseTokenSecret(tokenText(madeUpToken('a'), issuedAt.getTime(), 24 * 60 + 1))).toBeUndefined();
});

test('ignores fields that it does not know and settings that are no text', () => {
  const document = {
    ...JSON.parse(tokenText(madeUpToken('a'), 0)),
    more: 1,
    settings: { org_id: '1', n: 2 },
  };
  expect(parseTokenSecret(JSON.stringify(document))?.settings).toEqual({ org_id: '1' });
});

test('sends orgId to Desk only, whatever the settings of others are called', () => {
  const document = { ...JSON.parse(tokenText(madeUpToken('a'), 0)), service: 'salesiq' };
  expect(Object.keys(parseTokenSecret(JSON.stringify(document))?.headers ?? {})).toEqual(['Authorization']);
});
