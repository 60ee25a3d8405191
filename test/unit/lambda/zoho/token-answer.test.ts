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

describe('a success', () => {
  test('gives every field of the token, whatever the status', () => {
    for (const status of [200, 201, 302, 400, 500]) {
      const token = read(status, { ...success, error: null });
      expect(token.accessToken.reveal()).toBe(access_token);
      expect(token).toMatchObject({
        prefix: '1000.',
        expiresInSeconds: 3600,
        tokenType: 'Bearer',
        scopes: ['Desk.tickets.READ', 'Desk.basic.READ'],
        apiDomain: 'https://www.zohoapis.in',
      });
    }
  });

  test('needs the access token alone: empty and absent fields are unknown', () => {
    for (const text of [undefined, null, '']) {
      const fields = { scope: text, api_domain: text, token_type: text, refresh_token: text };
      expect(read(200, { access_token, ...fields })).toMatchObject({
        expiresInSeconds: 3600,
        tokenType: 'Bearer',
        scopes: undefined,
        apiDomain: undefined,
      });
    }
  });

  test.each<[seconds: number, fields: object]>([
    [3600, { expires_in_sec: 3600, expires_in: 3_600_000 }],
    [3600, { expires_in: 3_600_000 }],
    [3600, { expires_in: '3600' }],
    [3600, { expires_in: null }],
    [600, { expires_in: 600 }],
    [86_400, { expires_in: 86_400 }],
    [86_400, { expires_in: 86_400_000 }],
  ])('lives for %i seconds with %j', (seconds, fields) => {
    expect(read(200, { access_token, ...fields }).expiresInSeconds).toBe(seconds);
  });

  test('may be of either type in any case, with any prefix and with scopes between commas', () => {
    for (const token_type of ['Bearer', 'bearer', 'Zoho-oauthtoken'])
      expect(read(200, { access_token, token_type }).tokenType).toBe(token_type);
    for (const prefix of ['1000.', '1001.', '1005.'])
      expect(read(200, { access_token: accessTokenText(prefix) }).prefix).toBe(prefix);
    const scope = 'A.b.READ,C.d.ALL  E.f.CREATE';
    expect(read(200, { access_token, scope }).scopes).toEqual(['A.b.READ', 'C.d.ALL', 'E.f.CREATE']);
  });

  test('cannot be printed, and leaves a refresh token beside it out', () => {
    for (const beside of [null, '', 7, refresh_token]) {
      const token = read(200, { ...success, refresh_token: beside });
      expect(token).toEqual(read(200, success));
      expect(inspect(token, { showHidden: true }) + JSON.stringify(token)).not.toMatch(/aaaa|dddd/);
    }
  });
});

describe('the refresh token in an answer', () => {
  test.each<[beside: object]>([
    [success],
    [{ error: 'invalid_code' }],
    [{ error: 'Access Denied', status: 'failure' }],
    [{ access_token: 'undefined' }],
    [{ ...success, expires_in: 0 }],
    [{}],
  ])('is found beside %j, wrapped', (beside) => {
    const found = readRefreshToken(JSON.stringify({ ...beside, refresh_token }));
    expect(found?.reveal()).toBe(refresh_token);
    expect(JSON.stringify(found) + inspect(found, { showHidden: true })).not.toContain('dddd');
  });

  // What is read here replaces the stored credentials: what no refresh token can be would break the connection.
  test('is none where it cannot be one, for what is read here replaces the stored one', () => {
    const odd = [undefined, null, '', 7, true, {}, [refresh_token], ' ', '\n', 'null', 'undefined', '****'];
    for (const value of odd) {
      const found = readRefreshToken(JSON.stringify({ ...success, refresh_token: value }));
      expect([value, found]).toEqual([value, undefined]);
    }
    for (const body of ['', '<html>', 'null', '7', '[]', `{"refresh_token":"${refresh_token}"`])
      expect(readRefreshToken(body)).toBeUndefined();
  });
});

const throttle = { error_description: 'Too many requests. Please try again.', error: 'Access Denied' };
const german = { error_description: 'Sie haben zu viele Anfragen gestellt.', error: 'Zugriff verweigert' };
const japanese = { error_description: 'リクエストが多すぎます', error: 'アクセスが拒否されました' };
const outage = '<html><body><h1>We will be back soon</h1></body></html>';

describe('a failure that Zoho is known to send', () => {
  test.each<[code: string, status: number, body: unknown]>([
    ['invalid_client', 200, { error: 'invalid_client' }],
    ['invalid_client', 400, { error: 'invalid_client' }],
    ['invalid_client', 401, { error: 'invalid_client' }],
    ['invalid_client', 200, { error: 'unauthorized_client' }],
    ['invalid_client_secret', 200, { error: 'invalid_client_secret' }],
    ['invalid_code', 200, { error: 'invalid_code' }],
    ['invalid_code', 400, { error: 'invalid_grant' }],
    ['rate_limited', 400, { ...throttle, status: 'failure' }],
    ['rate_limited', 200, { ...throttle, status: 'failure' }],
    ['rate_limited', 400, { ...german, status: 'failure' }],
    ['rate_limited', 200, { ...japanese, status: 'failure' }],
    ['rate_limited', 400, german],
    ['rate_limited', 200, { error: 'access_denied' }],
    ['rate_limited', 400, { error: 'ACCESS-DENIED' }],
    ['rate_limited', 200, { error: 'AccessDenied' }],
    ['rate_limited', 200, { status: 'failure' }],
    ['rate_limited', 429, outage],
    ['rate_limited', 429, ''],
    ['rate_limited', 429, { error: 'too_many_requests' }],
    ['refused', 200, { error: 'invalid_redirect_uri' }],
    ['refused', 200, { error: 'invalid_scope' }],
    ['refused', 200, { error: 'missing_org_info' }],
    ['refused', 200, { error: 'constructor' }],
    ['unexpected_response', 200, { error: 'general_error' }],
    ['unexpected_response', 400, { error: 'general_error' }],
    ['unexpected_response', 200, { error: 'general_error', error_description: 'Something went wrong.' }],
    ['unexpected_response', 200, outage],
    ['unexpected_response', 404, outage],
    ['unexpected_response', 400, outage],
    ['unexpected_response', 302, ''],
    ['unexpected_response', 200, ''],
    ['unexpected_response', 200, {}],
    ['unexpected_response', 200, { error: '' }],
    ['unexpected_response', 200, { error: { code: 1 } }],
    ['unexpected_response', 200, { error: ['invalid_code'] }],
    ['unexpected_response', 200, { error: ['access_denied'] }],
    ['zoho_unavailable', 500, outage],
    ['zoho_unavailable', 502, outage],
    ['zoho_unavailable', 503, ''],
    ['zoho_unavailable', 504, {}],
    ['zoho_unavailable', 500, { error: 'internal_error' }],
  ])('fails with %s for HTTP %i with %j', (code, status, body) => {
    expect(refusal(status, body).code).toBe(code);
  });
});

describe('what was once mistaken for a token', () => {
  test('fails where an error stands beside a token', () => {
    expect(refusal(200, { ...success, error: 'invalid_code' }).code).toBe('invalid_code');
    expect(refusal(200, { ...success, error: 'unheard_of' }).code).toBe('refused');
  });

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
    [{ token_type: 'mac' }],
    [{ token_type: 'bearer or mac' }],
    [{ token_type: 'no bearer' }],
    [{ token_type: 7 }],
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
});

describe('what a failure says', () => {
  const noNumber = 'expected a number in expires_in, found another type';
  const noToken = 'expected an access token such as 1000.<hex>.<hex>, found 9 characters of another shape';
  test.each<[message: string, status: number, body: unknown]>([
    ['Zoho refused the refresh: "invalid_code"', 200, { error: 'invalid_code' }],
    ['Zoho throttles this refresh token: "Access Denied"', 400, throttle],
    ['Zoho throttles this refresh token: "no error name"', 200, { status: 'failure' }],
    ['Zoho answered with a fault of its own: "general_error"', 200, { error: 'general_error' }],
    ['Zoho answered with HTTP 500: "internal_error"', 500, { error: 'internal_error' }],
    ['Zoho answered with HTTP 429', 429, outage],
    ['Zoho answered with HTTP 502', 502, outage],
    ['expected a token from Zoho, found HTTP 200 with an empty body', 200, ''],
    ['expected a token from Zoho, found HTTP 302 with "moved"', 302, 'moved'],
    [noToken, 200, { access_token: 'undefined' }],
    ['expected token_type Bearer, found another', 200, { access_token, token_type: 'mac' }],
    ['expected a lifetime of 600 to 86400 seconds, found 60', 200, { access_token, expires_in: 60 }],
    [noNumber, 200, { access_token, expires_in: 'soon' }],
    [noNumber, 200, endless],
    ['expected text in scope, found another type', 200, { access_token, scope: [] }],
  ])('is "%s" for %i %j', (message, status, body) => {
    expect(refusal(status, body).message).toBe(message);
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
});
