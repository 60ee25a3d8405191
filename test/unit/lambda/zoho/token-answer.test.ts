import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type FailureCode, RefreshError } from '../../../../lambda/failure.ts';
import { SecretText } from '../../../../lambda/secret-text.ts';
import { readRefreshToken, readTokenAnswer } from '../../../../lambda/zoho/token-answer.ts';
import { accessTokenText } from '../examples.ts';

const clientSecret = new SecretText('5f0c1d2e3b4a59687766554433221100ffeeddccbb');
const refreshToken = new SecretText(accessTokenText('1000.', 'c'));
const sent = [clientSecret, refreshToken];

const access_token = accessTokenText();
/** The whole success answer, as Zoho sends it. */
const success = {
  access_token,
  scope: 'Desk.tickets.READ Desk.basic.READ',
  api_domain: 'https://www.zohoapis.in',
  token_type: 'Bearer',
  expires_in: 3600,
};

function read(status: number, body: unknown) {
  return readTokenAnswer(status, typeof body === 'string' ? body : JSON.stringify(body), sent);
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
  test('gives every field of the token', () => {
    const token = read(200, success);
    expect(token.accessToken.reveal()).toBe(access_token);
    expect(token).toMatchObject({
      prefix: '1000.',
      expiresInSeconds: 3600,
      tokenType: 'Bearer',
      scopes: ['Desk.tickets.READ', 'Desk.basic.READ'],
      apiDomain: 'https://www.zohoapis.in',
    });
  });

  test('needs the access token alone', () => {
    expect(read(200, { access_token })).toMatchObject({
      expiresInSeconds: 3600,
      tokenType: 'Bearer',
      scopes: undefined,
      apiDomain: undefined,
    });
  });

  test('is known by its body, whatever the status', () => {
    for (const status of [200, 201, 302, 400, 500]) expect(read(status, success).prefix).toBe('1000.');
  });

  test.each<[title: string, fields: object, seconds: number]>([
    ['in seconds', { expires_in: 3600 }, 3600],
    ['in seconds and milliseconds', { expires_in_sec: 3600, expires_in: 3_600_000 }, 3600],
    ['in milliseconds alone', { expires_in: 3_600_000 }, 3600],
    ['as a text', { expires_in: '3600' }, 3600],
    ['as null', { expires_in: null }, 3600],
    ['not at all', {}, 3600],
    ['as the shortest that is believed', { expires_in: 600 }, 600],
    ['as the longest that is believed', { expires_in: 86_400 }, 86_400],
    ['as the longest in milliseconds', { expires_in: 86_400_000 }, 86_400],
  ])('may state its lifetime %s', (_, fields, seconds) => {
    expect(read(200, { access_token, ...fields }).expiresInSeconds).toBe(seconds);
  });

  test.each(['Bearer', 'bearer', 'Zoho-oauthtoken'])('may be of type %s', (token_type) => {
    expect(read(200, { access_token, token_type }).tokenType).toBe(token_type);
  });

  test('may separate its scopes by spaces or commas', () => {
    expect(read(200, { access_token, scope: 'A.b.READ,C.d.ALL  E.f.CREATE' }).scopes).toEqual([
      'A.b.READ',
      'C.d.ALL',
      'E.f.CREATE',
    ]);
  });

  test.each(['', null])('with %j for a text knows neither scope nor data centre', (text) => {
    const fields = { scope: text, api_domain: text, token_type: text, refresh_token: text };
    expect(read(200, { access_token, ...fields })).toMatchObject({
      tokenType: 'Bearer',
      scopes: undefined,
      apiDomain: undefined,
    });
  });

  test('may say that its error is null', () => {
    expect(read(200, { ...success, error: null }).prefix).toBe('1000.');
  });

  test.each([[null], [''], [7], [accessTokenText('1000.', 'd')]])(
    'is read alike with the refresh token %j beside it, which stays out of it',
    (refresh_token) => {
      const token = read(200, { ...success, refresh_token });
      expect(token).toEqual(read(200, success));
      expect(Object.keys(token)).not.toContain('refreshToken');
      expect(inspect(token, { showHidden: true })).not.toContain('dddd');
    },
  );

  test.each(['1000.', '1001.', '1002.', '1003.', '1004.', '1005.'])('may have the prefix %s', (prefix) => {
    expect(read(200, { access_token: accessTokenText(prefix) }).prefix).toBe(prefix);
  });

  test('cannot be printed', () => {
    expect(JSON.stringify(read(200, success))).not.toContain('aaaa');
  });
});

describe('the refresh token in an answer', () => {
  const refresh_token = accessTokenText('1000.', 'd');

  test.each<[title: string, answer: object]>([
    ['a whole success', { ...success, refresh_token }],
    ['a refusal', { error: 'invalid_code', refresh_token }],
    ['a throttle', { error: 'Access Denied', status: 'failure', refresh_token }],
    ['a token that is none', { access_token: 'undefined', refresh_token }],
    ['a lifetime that is absurd', { ...success, expires_in: 0, refresh_token }],
    ['nothing else', { refresh_token }],
  ])('is found beside %s, wrapped', (_, answer) => {
    const found = readRefreshToken(JSON.stringify(answer));
    expect(found?.reveal()).toBe(refresh_token);
    expect(JSON.stringify(found) + inspect(found, { showHidden: true })).not.toContain('dddd');
  });

  test.each([[undefined], [null], [''], [7], [true], [{}], [[refresh_token]]])(
    'is none where it is %j, so that none is overwritten by it',
    (value) => {
      expect(readRefreshToken(JSON.stringify({ ...success, refresh_token: value }))).toBeUndefined();
    },
  );

  // What is read here replaces the stored credentials: what no refresh token can be would break the connection.
  test('is none where it cannot be one, for what is read here replaces the stored one', () => {
    for (const value of [' ', '\n', 'null', 'undefined', '****']) {
      const found = readRefreshToken(JSON.stringify({ ...success, refresh_token: value }));
      expect([value, found]).toEqual([value, undefined]);
    }
  });

  test.each(['', '<html>', 'null', '7', '"refresh_token"', '[]', `{"refresh_token":"${refresh_token}"`])(
    'is none in %j',
    (body) => {
      expect(readRefreshToken(body)).toBeUndefined();
    },
  );
});

const throttleText = 'You have made too many requests continuously. Please try again after some time.';
const outage = '<html><body><h1>We will be back soon</h1></body></html>';

describe('a failure that Zoho is known to send', () => {
  test.each<[code: FailureCode, title: string, status: number, body: unknown]>([
    ['invalid_client', 'an unknown client, a wrong data centre', 200, { error: 'invalid_client' }],
    ['invalid_client', 'the same with status 400', 400, { error: 'invalid_client' }],
    ['invalid_client', 'the same with status 401', 401, { error: 'invalid_client' }],
    [
      'invalid_client',
      'the RFC’s name for a client without the right',
      200,
      { error: 'unauthorized_client' },
    ],
    ['invalid_client_secret', 'a wrong or rotated secret', 200, { error: 'invalid_client_secret' }],
    ['invalid_code', 'a dead refresh token', 200, { error: 'invalid_code' }],
    ['invalid_code', 'the RFC’s name for a dead refresh token', 400, { error: 'invalid_grant' }],
    [
      'rate_limited',
      'the throttle, recorded with status 400',
      400,
      { error_description: throttleText, error: 'Access Denied', status: 'failure' },
    ],
    [
      'rate_limited',
      'the throttle, documented with status 200',
      200,
      { error_description: throttleText, error: 'Access Denied', status: 'failure' },
    ],
    [
      'rate_limited',
      'the throttle in German, status 400',
      400,
      {
        error_description: 'Sie haben zu viele Anfragen gestellt.',
        error: 'Zugriff verweigert',
        status: 'failure',
      },
    ],
    [
      'rate_limited',
      'the throttle in Japanese, status 200',
      200,
      { error_description: 'リクエストが多すぎます', error: 'アクセスが拒否されました', status: 'failure' },
    ],
    [
      'rate_limited',
      'the localised throttle at 400 without "status"',
      400,
      { error_description: 'Demasiadas solicitudes', error: 'Acceso denegado' },
    ],
    ['rate_limited', 'the name of the CRM pages', 200, { error: 'access_denied' }],
    ['rate_limited', 'its name in other letters', 400, { error: 'ACCESS-DENIED' }],
    ['rate_limited', 'its name in one word', 200, { error: 'AccessDenied' }],
    ['rate_limited', 'the throttle without an error name', 200, { status: 'failure' }],
    ['rate_limited', 'status 429 with HTML', 429, outage],
    ['rate_limited', 'status 429 with an empty body', 429, ''],
    ['rate_limited', 'status 429 with an error of another name', 429, { error: 'too_many_requests' }],
    ['unexpected_response', 'general_error', 200, { error: 'general_error' }],
    ['refused', 'an error of the code exchange', 200, { error: 'invalid_redirect_uri' }],
    ['refused', 'an error of the consent step', 200, { error: 'invalid_scope' }],
    ['refused', 'an error of another grant', 200, { error: 'missing_org_info' }],
    ['unexpected_response', 'HTML with status 200', 200, outage],
    ['unexpected_response', 'HTML with status 404', 404, outage],
    ['unexpected_response', 'a redirect', 302, ''],
    ['unexpected_response', 'HTML with status 400: no POST, no grant_type', 400, outage],
    ['unexpected_response', 'neither token nor error', 200, {}],
    ['unexpected_response', 'an empty body', 200, ''],
    ['unexpected_response', 'an error that is empty', 200, { error: '' }],
    ['unexpected_response', 'an error that is no text', 200, { error: { code: 1 } }],
    ['unexpected_response', 'a known error in a list', 200, { error: ['invalid_code'] }],
    ['unexpected_response', 'the throttle’s name in a list', 200, { error: ['access_denied'] }],
    ['unexpected_response', 'an unknown error with status 400', 400, { error: 'general_error' }],
    [
      'unexpected_response',
      'an unknown error with a description and status 200',
      200,
      { error: 'general_error', error_description: 'Something went wrong.' },
    ],
    ['zoho_unavailable', 'HTML with status 500', 500, outage],
    ['zoho_unavailable', 'HTML with status 502', 502, outage],
    ['zoho_unavailable', 'an empty body with status 503', 503, ''],
    ['zoho_unavailable', 'JSON with status 504', 504, {}],
    ['zoho_unavailable', 'an unknown error with status 500', 500, { error: 'internal_error' }],
  ])('fails with %s for %s', (code, _, status, body) => {
    expect(refusal(status, body).code).toBe(code);
  });
});

describe('what was once mistaken for a token', () => {
  test('fails where an error stands beside a token', () => {
    expect(refusal(200, { ...success, error: 'invalid_code' }).code).toBe('invalid_code');
    expect(refusal(200, { ...success, error: 'unheard_of' }).code).toBe('refused');
  });

  test.each<[unknown]>([
    ['undefined'],
    ['null'],
    [''],
    [null],
    [0],
    [{}],
    [[access_token]],
    [` ${access_token}`],
    [`${access_token}\n`],
    [`"${access_token}"`],
    [`Bearer ${access_token}`],
    [access_token.slice(5)],
    [access_token.slice(0, 20)],
    [`100.${access_token.slice(5)}`],
    [access_token.replace('0', 'g')],
  ])('fails for the access token %j', (token) => {
    expect(refusal(200, { ...success, access_token: token }).code).toBe('unexpected_response');
  });

  test.each<[object]>([
    [{ expires_in: 0 }],
    [{ expires_in: -1 }],
    [{ expires_in: 599 }],
    [{ expires_in: 86_401 }],
    [{ expires_in: 86_400_001 }],
    [{ expires_in_sec: 3_600_000 }],
    [{ expires_in_sec: 60, expires_in: 3600 }],
    [{ expires_in: 'soon' }],
    [{ expires_in: '1e3' }],
    [{ expires_in: '0x1000' }],
    [{ expires_in: ' 3600' }],
    [{ expires_in: true }],
    [{ expires_in: [3600] }],
    [{ expires_in: {} }],
  ])('fails for the lifetime %j', (fields) => {
    expect(refusal(200, { access_token, ...fields }).code).toBe('unexpected_response');
  });

  test('fails for a lifetime without end', () => {
    expect(refusal(200, `{"access_token":"${access_token}","expires_in":1e999}`).code).toBe(
      'unexpected_response',
    );
  });

  test.each<[object]>([
    [{ token_type: 'mac' }],
    [{ token_type: 'bearer or mac' }],
    [{ token_type: 'no bearer' }],
    [{ token_type: 7 }],
    [{ scope: ['Desk.calls.READ'] }],
    [{ api_domain: {} }],
  ])('fails for the field %j', (fields) => {
    expect(refusal(200, { ...success, ...fields }).code).toBe('unexpected_response');
  });

  test.each([
    '[]',
    '"text"',
    'null',
    'true',
    '7',
    '{',
    `[${JSON.stringify(success)}]`,
    JSON.stringify(success).slice(0, -1),
  ])('fails for the body %s', (body) => {
    expect(refusal(200, body).code).toBe('unexpected_response');
  });

  test('fails for a name that every JavaScript object has', () => {
    expect(refusal(200, { error: 'constructor' }).code).toBe('refused');
    expect(refusal(200, { error: 'toString' }).code).toBe('refused');
  });
});

describe('what a failure says', () => {
  test('is Zoho’s own word', () => {
    expect(refusal(200, { error: 'invalid_code' }).message).toBe('Zoho refused the refresh: "invalid_code"');
    expect(refusal(200, outage).message).toContain('HTTP 200 with "<html><body><h1>We will be back soon');
  });

  test.each<[message: string, status: number, body: unknown]>([
    [
      'Zoho throttles this refresh token: "Access Denied"',
      400,
      { error: 'Access Denied', status: 'failure' },
    ],
    ['Zoho throttles this refresh token: "no error name"', 200, { status: 'failure' }],
    ['Zoho answered with a fault of its own: "general_error"', 200, { error: 'general_error' }],
    ['Zoho answered with HTTP 500: "internal_error"', 500, { error: 'internal_error' }],
    ['Zoho answered with HTTP 429', 429, outage],
    ['Zoho answered with HTTP 502', 502, outage],
    ['expected a token from Zoho, found HTTP 200 with an empty body', 200, ''],
    ['expected a token from Zoho, found HTTP 302 with "moved"', 302, 'moved'],
    [
      'expected an access token such as 1000.<hex>.<hex>, found 9 characters of another shape',
      200,
      { access_token: 'undefined' },
    ],
    ['expected token_type Bearer, found another', 200, { access_token, token_type: 'mac' }],
    ['expected a lifetime of 600 to 86400 seconds, found 60', 200, { access_token, expires_in: 60 }],
    ['expected a number in expires_in, found another type', 200, { access_token, expires_in: 'soon' }],
    [
      'expected a number in expires_in, found another type',
      200,
      `{"access_token":"${access_token}","expires_in":1e999}`,
    ],
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
