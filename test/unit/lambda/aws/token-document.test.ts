import { expect, test } from 'vitest';
import { nothingStoredYet } from '../../../../lambda/aws/secret-versions.ts';
import {
  configurationHash,
  expiryOf,
  parseTokenDocument,
  renderTokenDocument,
} from '../../../../lambda/aws/token-document.ts';
import type { Connection } from '../../../../lambda/connections/read-connections.ts';
import { renderRecord } from '../../../../lambda/incident/record.ts';
import { accessTokenText, issuedToken, minute, recordOf, salesiq, start } from '../examples.ts';

const written = { issuedAt: start, nonce: 'nonce-1', hasSettingFault: false };
const text = renderTokenDocument(salesiq, issuedToken(), written);
const document = {
  version: 1,
  connection: 'salesiq',
  service: 'salesiq',
  data_center: 'in',
  access_token: accessTokenText(),
  token_type: 'Bearer',
  scope: 'SalesIQ.conversations.CREATE SalesIQ.conversations.READ',
  api_domain: 'https://www.zohoapis.in',
  issued_at: '2026-11-22T12:00:00.000Z',
  expires_at: '2026-11-22T13:00:00.000Z',
  base_url: 'https://salesiq.zoho.in',
  settings: salesiq.settings,
  configuration: configurationHash(salesiq),
  nonce: 'nonce-1',
};

test('the document that apps read has every field of the contract', () => {
  expect(JSON.parse(text)).toEqual(document);
});

test('it says null if Zoho named no scope and no api_domain, and leads to a stand-in for the host', () => {
  const bare = issuedToken({ scopes: undefined, apiDomain: undefined });
  const text = renderTokenDocument(salesiq, bare, { ...written, storedBaseUrl: 'http://127.0.0.1:4700' });
  const base_url = 'http://127.0.0.1:4700/salesiq.zoho.in';
  expect(JSON.parse(text)).toEqual({ ...document, scope: null, api_domain: null, base_url });
});

test('it ends when Zoho said, from the Lambda’s clock before the request', () => {
  const token = issuedToken({ expiresInSeconds: 3599.9999 });
  expect(expiryOf(minute(3), token)).toEqual(new Date(minute(63).getTime() - 1));
});

// That reading undoes writing: properties.test.ts.
test.each([{ scope: null }, { scope: '' }, { configuration: undefined }, { configuration: 7 }])(
  'reading takes %j for something that was not said, and fields that were added later',
  (change) => {
    const read = parseTokenDocument(JSON.stringify({ ...document, ...change, later: { than: 'this' } }));
    expect(read?.expiresAt).toEqual(minute(60));
    expect('scope' in change ? read?.scopes : read?.configuration).toBeUndefined();
  },
);

const noTokens = [undefined, '', '1000.abc\n', ' 1000.abc', null, 7];
const noInstants = [undefined, '', 'in an hour', 1_795_000_000];
test.each([
  ...[nothingStoredYet, '', 'null', '[]', '{}', JSON.stringify(accessTokenText()), renderRecord(recordOf(), 'n')],
  ...noTokens.map((access_token) => JSON.stringify({ ...document, access_token })),
  ...noInstants.map((issued_at) => JSON.stringify({ ...document, issued_at })),
  ...noInstants.map((expires_at) => JSON.stringify({ ...document, expires_at })),
])('no document is found in %j', (text) => {
  expect(parseTokenDocument(text)).toBeUndefined();
});

const base: Connection = {
  ...salesiq,
  tokenPrefixes: ['1000.', '1005.'],
  optionalScopes: ['SalesIQ.apps.READ', 'SalesIQ.conversations.UPDATE'],
};
const { requiredScopes, optionalScopes, settings } = base;

test.each<[change: Partial<Connection>]>([
  [{ service: 'desk' }],
  [{ dataCenter: 'eu' }],
  [{ tokenPrefixes: ['1000.'] }],
  [{ requiredScopes: [...requiredScopes, 'SalesIQ.apps.READ'] }],
  [{ optionalScopes: ['SalesIQ.apps.READ'] }],
  [{ requiredScopes: optionalScopes, optionalScopes: requiredScopes }],
  [{ settings: { ...settings, app_id: '1' } }],
  [{ settings: { ...settings, portal_id: '1' } }],
  [{ settings: { screen_name: `rtdsportal,${Object.entries(settings).slice(1).join(',')}` } }],
])('the hash of the configuration changes with %j', (change) => {
  expect(configurationHash({ ...base, ...change })).not.toBe(configurationHash(base));
});

test('the hash does not change with the order of prefixes, scopes or settings, nor with the name', () => {
  const turned: Connection = {
    ...base,
    name: 'another',
    tokenPrefixes: base.tokenPrefixes.toReversed(),
    requiredScopes: requiredScopes.toReversed(),
    optionalScopes: optionalScopes.toReversed(),
    settings: Object.fromEntries(Object.entries(settings).toReversed()),
  };
  expect(configurationHash(turned)).toBe(configurationHash(base));
  expect(configurationHash(base)).toMatch(/^[0-9a-f]{32}$/);
});
