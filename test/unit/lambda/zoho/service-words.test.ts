import { describe, expect, test } from 'vitest';
import type { ZohoAnswer } from '../../../../lambda/zoho/call-zoho.ts';
import { type Probe, readProbeAnswer as readAnswer } from '../../../../lambda/zoho/probe.ts';
import type { ProbeVerdict } from '../../../../lambda/zoho/services/service.ts';
import { type Service, services } from '../../../../lambda/zoho/services.ts';

const probe: Probe = { path: '/', isRequired: true, isCovered: true, errors: undefined };
const appProbe: Probe = { ...probe, errors: services.salesiq.reads.at(-1)?.errors };
const uncovered: Probe = { ...probe, isRequired: false, isCovered: false };
const readProbeAnswer = (service: Service, by: Probe, answer: ZohoAnswer) =>
  readAnswer(services[service], by, answer);
const html = '<html><body>Bad gateway</body></html>';

type Verdict = ProbeVerdict['verdict'];

describe('SalesIQ', () => {
  const read = (status: number, body: unknown, by = probe) =>
    readProbeAnswer('salesiq', by, { status, body: typeof body === 'string' ? body : JSON.stringify(body) });
  const error = (code: unknown) => ({ error: { code, message: 'whatever SalesIQ says' } });

  test('accepts the token when it shows what was asked for', () => {
    const body = { url: '/api/v2/rtdsportal/conversations', object: 'conversations', data: [] };
    expect(read(200, body).verdict).toBe('accepted');
  });

  test.each<[code: number, verdict: Verdict, meaning: string]>([
    [1001, 'cannot tell', 'a general error of SalesIQ itself'],
    [1008, 'rejected', 'invalid OAuthToken'],
    [1009, 'lacks scope', 'invalid OAuthScope'],
    [1016, 'accepted', 'operator without permission'],
    [1005, 'wrong setting', 'invalid portal'],
    [1010, 'wrong setting', 'invalid method'],
    [1002, 'cannot tell', 'authorization header'],
    [1004, 'cannot tell', 'request type'],
    [1006, 'cannot tell', 'URL'],
    [1007, 'cannot tell', 'data type'],
    [1011, 'cannot tell', 'params'],
    [1014, 'cannot tell', 'exists'],
    [1015, 'cannot tell', 'input stream'],
    [1017, 'cannot tell', 'plan limit'],
    [1019, 'cannot tell', 'resource'],
    [1020, 'cannot tell', 'invalid operator'],
    [1021, 'cannot tell', 'upgrade needed'],
    [1023, 'cannot tell', 'remote IP locked'],
    [1054, 'cannot tell', 'header value'],
    [4711, 'cannot tell', 'an unknown code'],
  ])('with error %i is %s: %s', (code, verdict) => {
    for (const status of [200, 400, 401, 403]) {
      expect(read(status, error(code))).toMatchObject({
        verdict,
        reason: expect.stringMatching(`^SalesIQ error ${code}(,|$)`),
      });
    }
    expect(read(400, error(String(code))).verdict).toBe(verdict);
  });

  test('shows a wrong app where the app was read and is unknown', () => {
    expect(read(400, error(1019), appProbe)).toEqual({
      verdict: 'wrong setting',
      reason: 'SalesIQ error 1019, SalesIQ knows no such app: settings.app_id',
    });
  });

  test('shows a dead token, not a wrong app, where the app was read with one', () => {
    expect(read(200, error(1008), appProbe).verdict).toBe('rejected');
  });

  test('with a body of 200 that holds both data and an error believes the error', () => {
    expect(read(200, { data: [], ...error(1008) }).verdict).toBe('rejected');
  });

  test.each<[status: number, body: unknown]>([
    [200, {}],
    [200, ''],
    [200, html],
    [200, []],
    [200, 'null'],
    [200, { error: 'invalid' }],
    [400, { data: [] }],
    [401, html],
    [204, ''],
    [302, ''],
    [429, html],
    [502, html],
    [200, error(null)],
    [200, error('')],
    [200, error({ toString: 1 })],
    [200, { error: [] }],
  ])('cannot tell from status %i with %j', (status, body) => {
    expect(read(status, body).verdict).toBe('cannot tell');
  });
});

describe('Desk', () => {
  const read = (status: number, body: unknown, by = probe) =>
    readProbeAnswer('desk', by, { status, body: typeof body === 'string' ? body : JSON.stringify(body) });

  test('accepts the token when it shows a list, even an empty one', () => {
    expect(read(200, { data: [{ id: '1' }] }).verdict).toBe('accepted');
    expect(read(200, { data: [] }).verdict).toBe('accepted');
    expect(read(204, '').verdict).toBe('accepted');
  });

  test.each<[verdict: Verdict, status: number, errorCode: string]>([
    ['rejected', 401, 'INVALID_OAUTH'],
    ['rejected', 401, 'UNAUTHORIZED'],
    ['lacks scope', 403, 'SCOPE_MISMATCH'],
    ['wrong setting', 403, 'OAUTH_ORG_MISMATCH'],
    ['accepted', 403, 'FORBIDDEN'],
    ['accepted', 403, 'LICENSE_ACCESS_LIMITED'],
    ['cannot tell', 404, 'URL_NOT_FOUND'],
    ['cannot tell', 405, 'METHOD_NOT_ALLOWED'],
    ['wrong setting', 422, 'INVALID_DATA'],
    ['wrong setting', 400, 'INVALID_DATA'],
    ['wrong setting', 422, 'UNPROCESSABLE_ENTITY'],
    ['cannot tell', 429, 'TOO_MANY_REQUESTS'],
    ['cannot tell', 429, 'THRESHOLD_EXCEEDED'],
    ['cannot tell', 500, 'INTERNAL_SERVER_ERROR'],
    ['cannot tell', 403, 'SOMETHING_NEW'],
    ['cannot tell', 403, 'toString'],
  ])('is %s for %i %s', (verdict, status, errorCode) => {
    expect(read(status, { errorCode, message: 'whatever Desk says' }).verdict).toBe(verdict);
  });

  test('names the setting that an answer shows to be wrong', () => {
    expect(read(422, { errorCode: 'UNPROCESSABLE_ENTITY' }).reason).toContain('settings.org_id');
  });

  test.each(['INVALID_OAUTH', 'UNAUTHORIZED'])(
    '%s on a read that the grant does not cover proves nothing',
    (errorCode) => {
      expect(read(401, { errorCode }, uncovered).verdict).toBe('cannot tell');
      expect(read(403, { errorCode: 'SCOPE_MISMATCH' }, uncovered).verdict).toBe('accepted');
    },
  );

  test.each<[status: number, body: unknown]>([
    [200, {}],
    [200, html],
    [200, ''],
    [200, { data: 'x' }],
    [401, html],
    [401, ''],
    [401, { message: 'no code' }],
    [500, { data: [] }],
    [403, { errorCode: ['INVALID_OAUTH'] }],
    [302, ''],
    [403, html],
    [404, html],
    [500, ''],
    [502, html],
    [503, ''],
  ])('cannot tell from status %i with %j', (status, body) => {
    expect(read(status, body).verdict).toBe('cannot tell');
  });
});

describe('CRM', () => {
  const read = (status: number, body: unknown) =>
    readProbeAnswer('crm', probe, { status, body: JSON.stringify(body) }).verdict;

  test.each<[verdict: Verdict, status: number, body: unknown]>([
    ['accepted', 200, { org: [{ id: '1' }] }],
    ['accepted', 200, { users: [] }],
    ['rejected', 401, { code: 'INVALID_TOKEN', status: 'error' }],
    ['lacks scope', 401, { code: 'OAUTH_SCOPE_MISMATCH', status: 'error' }],
    ['cannot tell', 401, { code: 'AUTHENTICATION_FAILURE' }],
    ['cannot tell', 429, { code: 'TOO_MANY_REQUESTS' }],
    ['cannot tell', 200, {}],
  ])('is %s for %i with %j', (verdict, status, body) => {
    expect(read(status, body)).toBe(verdict);
  });
});

test('a missing scope that nobody required proves the token alive', () => {
  const lenient = { ...probe, isRequired: false };
  const answers = [
    readProbeAnswer('desk', lenient, { status: 403, body: '{"errorCode":"SCOPE_MISMATCH"}' }),
    readProbeAnswer('salesiq', lenient, { status: 200, body: '{"error":{"code":1009}}' }),
  ];
  expect(answers.map(({ verdict }) => verdict)).toEqual(['accepted', 'accepted']);
});

test.each<[service: 'desk' | 'salesiq', status: number, body: string, verdict: Verdict]>([
  ['desk', 401, '{"errorCode":"INVALID_OAUTH"}', 'rejected'],
  ['desk', 502, html, 'cannot tell'],
  ['salesiq', 200, '{"error":{"code":1008}}', 'rejected'],
  ['salesiq', 200, '{"error":{"code":1005}}', 'wrong setting'],
])(
  'where no scope is to be proved, %s with status %i and %s still says "%s"',
  (service, status, body, verdict) => {
    expect(readProbeAnswer(service, { ...probe, isRequired: false }, { status, body }).verdict).toBe(verdict);
  },
);

test.each<[service: 'desk' | 'salesiq', status: number, body: string, reason: string]>([
  ['desk', 200, '{"data":[]}', 'read'],
  ['desk', 204, '', 'read'],
  [
    'desk',
    403,
    '{"errorCode":"SCOPE_MISMATCH"}',
    'Desk error SCOPE_MISMATCH, the token lacks a scope for this call',
  ],
  ['desk', 401, html, 'HTTP 401'],
  ['salesiq', 200, '{"data":[]}', 'read'],
])('the reason of %s for %i %s is "%s"', (service, status, body, reason) => {
  expect(readProbeAnswer(service, probe, { status, body }).reason).toBe(reason);
});

test('the reason never repeats what the service wrote', () => {
  const text = 'token 1000.deadbeef rejected for you@example.com';
  for (const service of ['desk', 'salesiq'] as const) {
    for (const body of [
      text,
      JSON.stringify({ errorCode: text }),
      JSON.stringify({ error: { code: text, message: text } }),
    ]) {
      for (const status of [200, 401, 500]) {
        expect(readProbeAnswer(service, appProbe, { status, body }).reason).toMatch(/^HTTP \d+$/);
      }
    }
  }
});
