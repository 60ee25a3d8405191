import { expect, test } from 'vitest';
import { parseIncident, parseTokenSecret } from '../../../client/token-secret.ts';
import { noRecord, renderRecord } from '../../../lambda/incident/record.ts';
import * as lambda from '../lambda/examples.ts';
import { madeUpToken, tokenText } from './a-source.ts';

const text = tokenText(madeUpToken('a'), 0);
const withFields = (fields: object) => JSON.stringify({ ...JSON.parse(text), ...fields });

test('reads the very document that the refresher writes, with orgId among the headers of Desk', () => {
  const accessToken = lambda.accessTokenText('1005.');
  expect(parseTokenSecret(lambda.tokenText(0))).toMatchObject({
    connection: 'desk',
    service: 'desk',
    accessToken,
    issuedAt: lambda.start,
    expiresAt: lambda.minute(60),
    baseUrl: 'https://desk.zoho.in',
    settings: lambda.desk.settings,
    headers: { Authorization: `Zoho-oauthtoken ${accessToken}`, orgId: '60000688226' },
  });
});

test('reads the incident from the very record that the refresher writes, and none of a healthy connection', () => {
  const incident = lambda.incidentOf('invalid_code');
  const { code, message, since } = incident;
  expect(parseIncident(renderRecord({ ...noRecord, incident }, 'nonce'))).toEqual({ code, message, since });
  expect(parseIncident(renderRecord(noRecord, 'nonce'))).toBeUndefined();
});

test.each(['[1]', '{"version":1,"access_token":""}'])('finds no token in %s', (text) => {
  expect(parseTokenSecret(text)).toBeUndefined();
});

test('ignores fields that it does not know and settings that are not text', () => {
  const document = withFields({ more: 1, settings: { org_id: '1', n: 2 } });
  expect(parseTokenSecret(document)?.settings).toEqual({ org_id: '1' });
});

test('sends orgId to Desk only, whatever the settings of others are called', () => {
  const { headers = {} } = parseTokenSecret(withFields({ service: 'salesiq' })) ?? {};
  expect(Object.keys(headers)).toEqual(['Authorization']);
});
