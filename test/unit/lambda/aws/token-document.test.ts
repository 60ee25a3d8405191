import { describe, expect, test } from 'vitest';
import { nothingStoredYet } from '../../../../lambda/aws/secret-versions.ts';
import {
  configurationHash,
  expiryOf,
  parseTokenDocument,
  renderTokenDocument,
} from '../../../../lambda/aws/token-document.ts';
import type { Connection } from '../../../../lambda/connections/read-connections.ts';
import { readTokenAnswer } from '../../../../lambda/zoho/token-answer.ts';
import { accessTokenText, desk, issuedToken, minute, salesiq, start } from '../examples.ts';

const written = { issuedAt: start, nonce: 'nonce-1', hasSettingFault: false };

describe('the document that apps read', () => {
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

  test('has every field of the contract', () => {
    expect(JSON.parse(renderTokenDocument(salesiq, issuedToken(), written))).toEqual(document);
  });

  test('says null if Zoho named no scope and no api_domain, and leads to a stand-in for the host', () => {
    const bare = issuedToken({ scopes: undefined, apiDomain: undefined });
    const text = renderTokenDocument(salesiq, bare, { ...written, storedBaseUrl: 'http://127.0.0.1:4700' });
    const base_url = 'http://127.0.0.1:4700/salesiq.zoho.in';
    expect(JSON.parse(text)).toEqual({ ...document, scope: null, api_domain: null, base_url });
  });

  test('never holds the refresh token', () => {
    const answer = { access_token: accessTokenText(), refresh_token: accessTokenText('1000.', 'e') };
    const token = readTokenAnswer(200, JSON.stringify(answer), []);
    expect(renderTokenDocument(salesiq, token, written)).not.toContain('eeee');
  });

  test('ends when Zoho said, from the Lambda’s clock before the request', () => {
    const token = issuedToken({ expiresInSeconds: 3599.9999 });
    expect(expiryOf(minute(3), token)).toEqual(new Date(minute(63).getTime() - 1));
  });
});

describe('reading', () => {
  const text = renderTokenDocument(desk, issuedToken(), written);
  const readWith = (change: object) => parseTokenDocument(JSON.stringify({ ...JSON.parse(text), ...change }));

  // That it undoes writing: properties.test.ts.
  test.each([{ scope: null }, { scope: '' }, { configuration: undefined }, { configuration: 7 }])(
    'takes %j for something that was not said',
    (change) => {
      const document = readWith(change);
      expect(document?.expiresAt).toEqual(minute(60));
      expect('scope' in change ? document?.scopes : document?.configuration).toBeUndefined();
    },
  );

  test('takes fields that were added later', () => {
    expect(readWith({ later: { than: 'this' } })?.expiresAt).toEqual(minute(60));
  });

  const credentials = '{"client_id":"a","client_secret":"b","refresh_token":"c"}';
  const record = '{"version":1,"state":"closed","asked_at":[]}';
  const bare = JSON.stringify(accessTokenText());
  test.each([nothingStoredYet, 'k3#kd(2;,-', '', 'null', '[]', '{}', bare, credentials, record])(
    'finds no document in %j',
    (text) => {
      expect(parseTokenDocument(text)).toBeUndefined();
    },
  );

  const noTokens = [undefined, '', '1000.abc\n', ' 1000.abc', null, 7];
  const noInstants = [undefined, '', 'in an hour', 1_795_000_000];
  test.each<object>([
    ...noTokens.map((access_token) => ({ access_token })),
    ...noInstants.flatMap((odd) => [{ issued_at: odd }, { expires_at: odd }]),
  ])('finds no document where a field is %j', (change) => {
    expect(readWith(change)).toBeUndefined();
  });
});

describe('the hash of the configuration', () => {
  const base: Connection = {
    ...salesiq,
    tokenPrefixes: ['1000.', '1005.'],
    optionalScopes: ['SalesIQ.apps.READ', 'SalesIQ.conversations.UPDATE'],
  };
  const { requiredScopes, optionalScopes, settings } = base;
  const { app_id: appid, ...others } = settings;

  test.each<[change: Partial<Connection>]>([
    [{ service: 'desk' }],
    [{ dataCenter: 'eu' }],
    [{ tokenPrefixes: ['1000.', '1004.'] }],
    [{ tokenPrefixes: ['1000.'] }],
    [{ requiredScopes: ['SalesIQ.conversations.CREATE', 'SalesIQ.conversations.ALL'] }],
    [{ requiredScopes: [...requiredScopes, 'SalesIQ.apps.READ'] }],
    [{ optionalScopes: ['SalesIQ.apps.READ'] }],
    [{ requiredScopes: optionalScopes, optionalScopes: requiredScopes }],
    [{ settings: { ...settings, app_id: '1' } }],
    [{ settings: { ...others, appid: appid ?? '' } }],
    [{ settings: { ...settings, portal_id: '1' } }],
    [{ settings: others }],
  ])('changes with %j', (change) => {
    expect(configurationHash({ ...base, ...change })).not.toBe(configurationHash(base));
  });

  test('does not change with the order of prefixes, scopes or settings, nor with the name', () => {
    const turned: Connection = {
      ...base,
      name: 'another',
      tokenPrefixes: base.tokenPrefixes.toReversed(),
      requiredScopes: requiredScopes.toReversed(),
      optionalScopes: optionalScopes.toReversed(),
      settings: Object.fromEntries(Object.entries(settings).toReversed()),
    };
    expect(configurationHash(turned)).toBe(configurationHash(base));
  });

  test('does not run neighbouring values together', () => {
    const one = { ...base, settings: { a: '1', b: '2' } };
    expect(configurationHash(one)).not.toBe(configurationHash({ ...base, settings: { a: '1,b,2' } }));
  });
});
