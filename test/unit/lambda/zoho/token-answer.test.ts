import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { RefreshError } from '../../../../lambda/failure.ts';
import { SecretText } from '../../../../lambda/secret-text.ts';
import { readRefreshToken, readTokenAnswer } from '../../../../lambda/zoho/token-answer.ts';
import { accessTokenText } from '../examples.ts';

const clientSecret = new SecretText('5f0c1d2e3b4a59687766554433221100ffeeddccbb');
const refreshToken = new SecretText(accessTokenText('1000.', 'c'));
const access_token = accessTokenText();
const refresh_token = accessTokenText('1000.', 'd');
/** The whole success answer, as Zoho sends it. */
const success = {
  access_token,
  scope: 'Desk.tickets.READ Desk.basic.READ',
  api_domain: 'https://www.zohoapis.in',
  token_type: 'Bearer',
  expires_in: 3600,
};
const endless = `{"access_token":"${access_token}","expires_in":1e999}`;

function read(status: number, body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readTokenAnswer(status, text, [clientSecret, refreshToken]);
}

function refusal(status: number, body: unknown): RefreshError {
  try {
    read(status, body);
  } catch (fault) {
    if (!(fault instanceof RefreshError)) throw fault;
    return fault;
  }
  throw new Error('a token was read');
}

test('a success gives every field of the token, whatever the status', () => {
  for (const status of [200, 201, 302, 400, 500]) {
    const { accessToken, ...fields } = read(status, { ...success, error: null });
    expect(accessToken.reveal()).toBe(access_token);
    expect(fields).toEqual({
      prefix: '1000.',
      expiresInSeconds: 3600,
      tokenType: 'Bearer',
      scopes: ['Desk.tickets.READ', 'Desk.basic.READ'],
      apiDomain: 'https://www.zohoapis.in',
    });
  }
});

const unknown = { expiresInSeconds: 3600, tokenType: 'Bearer', scopes: undefined, apiDomain: undefined };
const commas = 'A.b.READ,C.d.ALL  E.f.CREATE';
test.each<[fields: object, read: object]>([
  ...[undefined, null, ''].map((text): [object, object] => [
    { scope: text, api_domain: text, token_type: text, refresh_token: text },
    unknown,
  ]),
  [{ expires_in_sec: 3600, expires_in: 3_600_000 }, { expiresInSeconds: 3600 }],
  [{ expires_in: 3_600_000 }, { expiresInSeconds: 3600 }],
  [{ expires_in: 1_800_000 }, { expiresInSeconds: 1800 }],
  [{ expires_in: '3600' }, { expiresInSeconds: 3600 }],
  [{ expires_in: null }, { expiresInSeconds: 3600 }],
  [{ expires_in: 600 }, { expiresInSeconds: 600 }],
  [{ expires_in: 86_400 }, { expiresInSeconds: 86_400 }],
  [{ expires_in: 86_400_000 }, { expiresInSeconds: 86_400 }],
  [{ token_type: 'bearer' }, { tokenType: 'bearer' }],
  [{ token_type: 'Zoho-oauthtoken' }, { tokenType: 'Zoho-oauthtoken' }],
  [{ access_token: accessTokenText('1005.') }, { prefix: '1005.' }],
  [{ scope: commas }, { scopes: ['A.b.READ', 'C.d.ALL', 'E.f.CREATE'] }],
])('a success with an access token and %j has %j', (fields, found) => {
  expect(read(200, { access_token, ...fields })).toMatchObject(found);
});

test('a token cannot be printed, and leaves a refresh token beside it out', () => {
  const token = read(200, { ...success, refresh_token });
  expect(token).toEqual(read(200, success));
  expect(inspect(token, { showHidden: true }) + JSON.stringify(token)).not.toMatch(/aaaa|dddd/);
});

describe('the refresh token in an answer', () => {
  test.each<[beside: object]>([[success], [{ error: 'invalid_code' }], [{ access_token: 'undefined' }], [{}]])(
    'is found beside %j, wrapped',
    (beside) => {
      const found = readRefreshToken(JSON.stringify({ ...beside, refresh_token }));
      expect(found?.reveal()).toBe(refresh_token);
      expect(JSON.stringify(found) + inspect(found, { showHidden: true })).not.toContain('dddd');
    },
  );

  // What is read here replaces the stored credentials: what no refresh token can be would break the connection.
  const odd = [undefined, null, '', 7, true, {}, [refresh_token], ' ', '\n', 'null', 'undefined', '****'];
  test.each([
    ...odd.map((value) => JSON.stringify({ ...success, refresh_token: value })),
    ...['', '<html>', 'null', '7', '[]', `{"refresh_token":"${refresh_token}"`],
  ])('is not found in %s', (body) => {
    expect(readRefreshToken(body)).toBeUndefined();
  });
});

const throttle = { error_description: 'Too many requests. Please try again.', error: 'Access Denied' };
const german = { error_description: 'Sie haben zu viele Anfragen gestellt.', error: 'Zugriff verweigert' };
const japanese = { error_description: 'リクエストが多すぎます', error: 'アクセスが拒否されました' };
const outage = '<html><body><h1>We will be back soon</h1></body></html>';

const refused = 'Zoho refused the refresh';
const throttles = 'Zoho throttles this refresh token';
const ownFault = 'Zoho answered with a fault of its own';
const noToken = 'expected a token from Zoho, found HTTP';

test.each<[code: string, says: string, status: number, body: unknown]>([
  ['invalid_client', `${refused}: "invalid_client"`, 200, { error: 'invalid_client' }],
  ['invalid_client', `${refused}: "invalid_client"`, 401, { error: 'invalid_client' }],
  ['invalid_client', `${refused}: "unauthorized_client"`, 200, { error: 'unauthorized_client' }],
  ['invalid_client_secret', `${refused}: "invalid_client_secret"`, 200, { error: 'invalid_client_secret' }],
  ['invalid_code', `${refused}: "invalid_code"`, 200, { error: 'invalid_code' }],
  ['invalid_client', `${refused}: "inactive_client"`, 200, { error: 'inactive_client' }],
  ['invalid_code', `${refused}: "inactive_user"`, 200, { error: 'inactive_user' }],
  ['invalid_code', `${refused}: "client_not_granted"`, 200, { error: 'client_not_granted' }],
  ['invalid_code', `${refused}: "invalid_grant"`, 400, { error: 'invalid_grant' }],
  ['rate_limited', `${throttles}: "Access Denied"`, 400, { ...throttle, status: 'failure' }],
  ['rate_limited', `${throttles}: "Access Denied"`, 200, { ...throttle, status: 'failure' }],
  ['rate_limited', `${throttles}: "Zugriff verweigert"`, 400, { ...german, status: 'failure' }],
  ['rate_limited', `${throttles}: ""`, 200, { ...japanese, status: 'failure' }],
  ['rate_limited', `${throttles}: "Zugriff verweigert"`, 400, german],
  ['rate_limited', `${throttles}: "access_denied"`, 200, { error: 'access_denied' }],
  ['rate_limited', `${throttles}: "AccessDenied"`, 200, { error: 'AccessDenied' }],
  ['rate_limited', `${throttles}: "ACCESS-DENIED"`, 400, { error: 'ACCESS-DENIED' }],
  ['rate_limited', `${throttles}: "no error name"`, 200, { status: 'failure' }],
  ['rate_limited', `${throttles}: "Z101"`, 200, { code: 'Z101' }],
  ['rate_limited', `${throttles}: "request throttled"`, 200, { cause: 'request throttled' }],
  ['rate_limited', throttles, 200, { error: 'Zugriff verweigert', error_description: 'Zu viele.' }],
  ['rate_limited', throttles, 200, { error: 'zugriff Verweigert', error_description: 'Zu viele.' }],
  ['rate_limited', throttles, 400, { error: 'zugriff_verweigert', error_description: 'Zu viele.' }],
  ['rate_limited', 'Zoho answered with HTTP 429', 429, outage],
  ['rate_limited', `${throttles}: "too_many_requests"`, 429, { error: 'too_many_requests' }],
  ['refused', `${refused} in a word`, 200, { error: 'invalid_scope' }],
  ['refused', `${refused} in a word`, 200, { error: 'invalid_scope', error_description: 'Something.' }],
  ['refused', `${refused} in a word not known here: "Access limit reached"`, 200, { error: 'Access limit reached' }],
  ['refused', `${refused} in a word`, 200, { error: 'constructor' }],
  ['unexpected_response', `${ownFault}: "general_error"`, 200, { error: 'general_error' }],
  ['unexpected_response', ownFault, 200, { error: 'general_error', error_description: 'Something.' }],
  ['unexpected_response', `${ownFault}: "internal_error"`, 200, { error: 'internal_error' }],
  ['unexpected_response', `${ownFault}: "server_error"`, 200, { error: 'server_error' }],
  ['unexpected_response', ownFault, 200, { error: 'temporarily_unavailable' }],
  ['unexpected_response', ownFault, 200, { error: 'see https://zoho.example' }],
  ['unexpected_response', ownFault, 200, { error: '' }],
  ['unexpected_response', ownFault, 200, { error: { code: 1 }, error_description: 'Something.' }],
  ['unexpected_response', ownFault, 200, { error: ['invalid_code'] }],
  ['unexpected_response', `${noToken} 200 with "<html><body><h1>We will be back soon`, 200, outage],
  ['unexpected_response', `${noToken} 404`, 404, outage],
  ['unexpected_response', `${noToken} 302 with "moved"`, 302, 'moved'],
  ['unexpected_response', `${noToken} 200 with an empty body`, 200, ''],
  ['unexpected_response', `${noToken} 200`, 200, {}],
  ['unexpected_response', `${noToken} 200`, 200, { cause: 'another' }],
  ['unexpected_response', `${noToken} 200`, 200, { cause: ['request throttled'] }],
  ['zoho_unavailable', 'Zoho answered with HTTP 500', 500, outage],
  ['zoho_unavailable', 'Zoho answered with HTTP 503', 503, ''],
  ['zoho_unavailable', 'Zoho answered with HTTP 504', 504, {}],
  ['zoho_unavailable', 'Zoho answered with HTTP 500: "internal_error"', 500, { error: 'internal_error' }],
  ['unexpected_response', ownFault, 200, { error: ['access_denied'] }],
  // An error stands beside a token.
  ['invalid_code', `${refused}: "invalid_code"`, 200, { ...success, error: 'invalid_code' }],
  ['refused', `${refused} in a word`, 200, { ...success, error: 'unheard_of' }],
])('fails with %s, "%s", for HTTP %i with %j', (code, says, status, body) => {
  const { code: found, message } = refusal(status, body);
  expect([found, message.slice(0, says.length)]).toEqual([code, says]);
});

describe('what was once mistaken for a token', () => {
  const notTokens = [
    ...['undefined', 'null', '', null, 0, {}, [access_token]],
    ...[` ${access_token}`, `${access_token}\n`, `"${access_token}"`, `Bearer ${access_token}`],
    ...[access_token.slice(5), access_token.slice(0, 20), `100.${access_token.slice(5)}`],
    access_token.replace('0', 'g'),
  ];
  const notLifetimes = [0, -1, 599, 86_401, 86_400_001, 'soon', '1e3', '0x1000', ' 3600', true, [3600], {}];

  test.each<[fields: object]>([
    ...notTokens.map((token): [object] => [{ access_token: token }]),
    ...notLifetimes.map((expires_in): [object] => [{ expires_in }]),
    [{ expires_in_sec: 3_600_000 }],
    [{ expires_in_sec: 60, expires_in: 3600 }],
    [{ token_type: 'bearer or mac' }],
    [{ token_type: 'no bearer' }],
    [{ scope: ['Desk.calls.READ'] }],
    [{ api_domain: {} }],
  ])('fails for %j in a success', (fields) => {
    expect(refusal(200, { ...success, ...fields }).code).toBe('unexpected_response');
  });

  const whole = JSON.stringify(success);
  test.each(['[]', '"text"', 'null', 'true', '7', '{', `[${whole}]`, whole.slice(0, -1), endless])(
    'fails for the body %s',
    (body) => {
      expect(refusal(200, body).code).toBe('unexpected_response');
    },
  );

  const noNumber = 'expected a number in expires_in, found another';
  const noShape = 'expected a token such as 1000.<hex>.<hex> in access_token, found another';
  test.each<[message: string, body: object | string]>([
    [noShape, { access_token: 'undefined' }],
    ['expected Bearer in token_type, found another', { access_token, token_type: 'mac' }],
    ['expected text in token_type, found another', { access_token, token_type: 7 }],
    ['expected a lifetime of 600 to 86400 seconds, found 60', { access_token, expires_in: 60 }],
    [noNumber, { access_token, expires_in: 'soon' }],
    [noNumber, endless],
    ['expected text in scope, found another', { access_token, scope: [] }],
  ])('says "%s" of %j', (message, body) => {
    expect(refusal(200, body).message).toBe(message);
  });
});

test('never repeats a secret that Zoho echoes', () => {
  for (const secret of [clientSecret.reveal(), refreshToken.reveal(), access_token]) {
    for (const [status, body] of [
      [200, { error: `invalid ${secret}` }],
      [400, { error: secret, error_description: secret, status: 'failure' }],
      [500, { error: secret }],
      [200, `<html>client_secret=${secret}</html>`],
      [200, `[{"access_token":"${secret}"}]`],
      [200, `{"access_token":"${secret}`],
      [200, { access_token: `x${secret}` }],
      [200, { access_token, token_type: secret }],
      [200, { access_token, expires_in: secret }],
    ] as const) {
      const { message, stack } = refusal(status, body);
      expect(`${message}\n${stack}`).not.toContain(secret.slice(5, 17));
      expect(`${message}\n${stack}`).not.toContain(secret.slice(-12));
    }
  }
});
