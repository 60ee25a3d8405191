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
  test('has every field of the contract', () => {
    expect(JSON.parse(renderTokenDocument(salesiq, issuedToken(), written))).toEqual({
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
    });
  });

  test('says null where Zoho named no scope and no api_domain', () => {
    const bare = issuedToken({ scopes: undefined, apiDomain: undefined });
    expect(JSON.parse(renderTokenDocument(salesiq, bare, written))).toMatchObject({
      scope: null,
      api_domain: null,
    });
  });

  test('never holds the refresh token', () => {
    const refresh_token = accessTokenText('1000.', 'e');
    const token = readTokenAnswer(
      200,
      JSON.stringify({ access_token: accessTokenText(), refresh_token }),
      [],
    );
    expect(renderTokenDocument(salesiq, token, written)).not.toContain('eeee');
  });

  test('ends when Zoho said, from the Lambda’s clock before the request', () => {
    expect(expiryOf(minute(3), issuedToken({ expiresInSeconds: 3599.9999 }))).toEqual(
      new Date(minute(63).getTime() - 1),
    );
  });
});

test('leads apps to the stand-in for a host where one is in its place', () => {
  const text = renderTokenDocument(desk, issuedToken(), {
    ...written,
    storedBaseUrl: 'http://127.0.0.1:4700',
  });
  expect(JSON.parse(text)).toMatchObject({ base_url: 'http://127.0.0.1:4700/desk.zoho.in' });
});

describe('reading', () => {
  test.each([true, false])('undoes writing, with a setting fault: %s', (hasSettingFault) => {
    const document = parseTokenDocument(
      renderTokenDocument(desk, issuedToken(), { ...written, hasSettingFault }),
    );
    expect(document?.accessToken.reveal()).toBe(accessTokenText());
    expect(document).toMatchObject({
      scopes: issuedToken().scopes,
      issuedAt: start,
      expiresAt: minute(60),
      configuration: configurationHash(desk),
      hasSettingFault,
    });
  });

  test('knows that no scope was named', () => {
    const text = renderTokenDocument(desk, issuedToken({ scopes: undefined }), written);
    expect(parseTokenDocument(text)?.scopes).toBeUndefined();
  });

  test('takes a document of an older version that names no configuration', () => {
    const { configuration: _, ...older } = JSON.parse(renderTokenDocument(desk, issuedToken(), written));
    const document = parseTokenDocument(JSON.stringify(older));
    expect(document).toBeDefined();
    expect(document?.configuration).toBeUndefined();
  });

  test.each([{ scope: '' }, { configuration: 7 }])('takes %j for something that was not said', (change) => {
    const document = JSON.parse(renderTokenDocument(desk, issuedToken(), written));
    const read = parseTokenDocument(JSON.stringify({ ...document, ...change }));
    expect('scope' in change ? read?.scopes : read?.configuration).toBeUndefined();
  });

  test('takes fields that were added later', () => {
    const later = {
      ...JSON.parse(renderTokenDocument(desk, issuedToken(), written)),
      later: { than: 'this' },
    };
    expect(parseTokenDocument(JSON.stringify(later))?.expiresAt).toEqual(minute(60));
  });

  test.each<[title: string, text: string]>([
    ['the first version of a secret', nothingStoredYet],
    ['a random password', 'k3#kd(2;,-'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['an empty object', '{}'],
    ['a bare token', JSON.stringify(accessTokenText())],
    ['credentials', '{"client_id":"a","client_secret":"b","refresh_token":"c"}'],
    ['a record', '{"version":1,"state":"closed","asked_at":[]}'],
  ])('finds no document in %s', (_, text) => {
    expect(parseTokenDocument(text)).toBeUndefined();
  });

  test.each<[object]>([
    [{ access_token: undefined }],
    [{ access_token: '' }],
    [{ access_token: '1000.abc\n' }],
    [{ access_token: ' 1000.abc' }],
    [{ access_token: null }],
    [{ access_token: 7 }],
    [{ issued_at: undefined }],
    [{ expires_at: undefined }],
    [{ expires_at: 'in an hour' }],
    [{ issued_at: '' }],
    [{ issued_at: 1_795_000_000 }],
    [{ expires_at: 1_795_000_000 }],
  ])('finds no document where a field is %j', (change) => {
    const document = JSON.parse(renderTokenDocument(desk, issuedToken(), written));
    expect(parseTokenDocument(JSON.stringify({ ...document, ...change }))).toBeUndefined();
  });
});

describe('the hash of the configuration', () => {
  const base: Connection = {
    ...salesiq,
    tokenPrefixes: ['1000.', '1005.'],
    optionalScopes: ['SalesIQ.apps.READ', 'SalesIQ.conversations.UPDATE'],
  };

  test.each<[title: string, change: Partial<Connection>]>([
    ['the service', { service: 'desk' }],
    ['the data centre', { dataCenter: 'eu' }],
    ['a prefix', { tokenPrefixes: ['1000.', '1004.'] }],
    ['the number of prefixes', { tokenPrefixes: ['1000.'] }],
    ['a required scope', { requiredScopes: ['SalesIQ.conversations.CREATE', 'SalesIQ.conversations.ALL'] }],
    ['a further required scope', { requiredScopes: [...base.requiredScopes, 'SalesIQ.apps.READ'] }],
    ['an optional scope', { optionalScopes: ['SalesIQ.apps.READ'] }],
    [
      'which scopes are optional',
      { requiredScopes: base.optionalScopes, optionalScopes: base.requiredScopes },
    ],
    ['the value of a setting', { settings: { ...base.settings, app_id: '1' } }],
    [
      'the name of a setting',
      {
        settings: { screen_name: 'rtdsportal', appid: '2782000012893013', department_id: '2782000000002013' },
      },
    ],
    ['a further setting', { settings: { ...base.settings, portal_id: '1' } }],
    ['a setting fewer', { settings: { screen_name: 'rtdsportal' } }],
  ])('changes with %s', (_, change) => {
    expect(configurationHash({ ...base, ...change })).not.toBe(configurationHash(base));
  });

  test('does not change with the order of prefixes, scopes or settings, nor with the name', () => {
    const turned: Connection = {
      ...base,
      name: 'another',
      tokenPrefixes: base.tokenPrefixes.toReversed(),
      requiredScopes: base.requiredScopes.toReversed(),
      optionalScopes: base.optionalScopes.toReversed(),
      settings: Object.fromEntries(Object.entries(base.settings).toReversed()),
    };
    expect(configurationHash(turned)).toBe(configurationHash(base));
  });

  test('does not run neighbouring values together', () => {
    const one = { ...base, settings: { a: '1', b: '2' } };
    expect(configurationHash(one)).not.toBe(configurationHash({ ...base, settings: { a: '1,b,2' } }));
  });
});
