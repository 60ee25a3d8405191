import { describe, expect, test } from 'vitest';
import { type Probe, readProbeAnswer } from '../../../../lambda/zoho/probe.ts';
import type { ProbeVerdict } from '../../../../lambda/zoho/services/service.ts';
import { type Service, serviceNames, services } from '../../../../lambda/zoho/services.ts';

const probe: Probe = { path: '/', isRequired: true, isCovered: true, errors: undefined };
const appProbe: Probe = { ...probe, errors: services.salesiq.reads.at(-1)?.errors };
const lenient: Probe = { ...probe, isRequired: false };
const uncovered: Probe = { ...lenient, isCovered: false };
const html = '<html><body>Bad gateway</body></html>';

type Verdict = ProbeVerdict['verdict'];

function read(service: Service, status: number, body: unknown, by = probe) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readProbeAnswer(services[service], by, { status, body: text });
}

const salesiqError = (code: unknown) => ({ error: { code, message: 'whatever SalesIQ says' } });
const deskError = (errorCode: unknown) => ({ errorCode, message: 'whatever Desk says' });

test.each<[verdict: Verdict, codes: number[]]>([
  ['rejected', [1008]],
  ['lacks scope', [1009]],
  ['accepted', [1016]],
  ['wrong setting', [1005, 1010]],
  // A general error of SalesIQ itself, faults of the request, and a code that is not known.
  ['cannot tell', [1001, 1002, 1004, 1006, 1007, 1011, 1014, 1015, 1017, 1019, 1020, 1021, 1023, 1054, 4711]],
])('SalesIQ is "%s" for the errors %j, with any status', (verdict, codes) => {
  for (const code of codes) {
    const reason = expect.stringMatching(`^SalesIQ error ${code}(,|$)`);
    for (const status of [200, 400, 401, 403])
      expect(read('salesiq', status, salesiqError(code))).toMatchObject({ verdict, reason });
    expect(read('salesiq', 400, salesiqError(String(code))).verdict).toBe(verdict);
  }
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
])('Desk is "%s" for %i %s', (verdict, status, errorCode) => {
  expect(read('desk', status, deskError(errorCode)).verdict).toBe(verdict);
});

describe('an answer', () => {
  const conversations = { url: '/api/v2/rtdsportal/conversations', object: 'conversations', data: [] };
  test.each<[verdict: Verdict, service: Service, status: number, body: unknown]>([
    ['accepted', 'salesiq', 200, conversations],
    ['accepted', 'desk', 200, { data: [{ id: '1' }] }],
    ['accepted', 'desk', 200, { data: [] }],
    ['accepted', 'desk', 204, ''],
    ['accepted', 'crm', 200, { org: [{ id: '1' }] }],
    ['accepted', 'crm', 200, { users: [] }],
    ['rejected', 'crm', 401, { code: 'INVALID_TOKEN', status: 'error' }],
    ['lacks scope', 'crm', 401, { code: 'OAUTH_SCOPE_MISMATCH', status: 'error' }],
    ['cannot tell', 'crm', 401, { code: 'AUTHENTICATION_FAILURE' }],
    ['cannot tell', 'crm', 429, { code: 'TOO_MANY_REQUESTS' }],
    ['cannot tell', 'crm', 200, {}],
    // The error is believed, not the data.
    ['rejected', 'salesiq', 200, { data: [], ...salesiqError(1008) }],
  ])('is "%s" of %s with status %i and %j', (verdict, service, status, body) => {
    expect(read(service, status, body).verdict).toBe(verdict);
  });

  const senseless = [{}, '', html, [], 'null'].map((body) => [200, body] as const);
  const pages = [302, 401, 403, 404, 429, 500, 502].flatMap((status) => [[status, html] as const, [status, '']]);
  test.each<[service: Service, status: number, body: unknown]>([
    ...(['salesiq', 'desk'] as const).flatMap((service) =>
      [...senseless, ...pages].map(([status, body]): [Service, number, unknown] => [service, Number(status), body]),
    ),
    ['salesiq', 200, { error: 'invalid' }],
    ['salesiq', 200, { error: [] }],
    ['salesiq', 200, salesiqError(null)],
    ['salesiq', 200, salesiqError('')],
    ['salesiq', 200, salesiqError({ toString: 1 })],
    ['salesiq', 204, ''],
    ['salesiq', 400, { data: [] }],
    ['desk', 200, { data: 'x' }],
    ['desk', 401, { message: 'no code' }],
    ['desk', 403, deskError(['INVALID_OAUTH'])],
    ['desk', 500, { data: [] }],
  ])('of %s with status %i and %j cannot tell', (service, status, body) => {
    expect(read(service, status, body).verdict).toBe('cannot tell');
  });
});

describe('what was asked for', () => {
  test('shows a wrong app if the app was read and is unknown, but not if the token is dead', () => {
    expect(read('salesiq', 400, salesiqError(1019), appProbe)).toEqual({
      verdict: 'wrong setting',
      reason: 'SalesIQ error 1019, SalesIQ knows no such app: settings.app_id',
    });
    expect(read('salesiq', 200, salesiqError(1008), appProbe).verdict).toBe('rejected');
  });

  test.each<[verdict: Verdict, service: Service, status: number, body: unknown, by: Probe]>([
    // A missing scope that nobody required proves the token alive.
    ['accepted', 'desk', 403, deskError('SCOPE_MISMATCH'), lenient],
    ['accepted', 'salesiq', 200, salesiqError(1009), lenient],
    ['rejected', 'desk', 401, deskError('INVALID_OAUTH'), lenient],
    ['cannot tell', 'desk', 502, html, lenient],
    ['rejected', 'salesiq', 200, salesiqError(1008), lenient],
    ['wrong setting', 'salesiq', 200, salesiqError(1005), lenient],
    // On a read that the grant does not cover a refusal proves nothing.
    ['cannot tell', 'desk', 401, deskError('INVALID_OAUTH'), uncovered],
    ['cannot tell', 'desk', 401, deskError('UNAUTHORIZED'), uncovered],
    ['accepted', 'desk', 403, deskError('SCOPE_MISMATCH'), uncovered],
  ])('is "%s" of %s with status %i and %j for %j', (verdict, service, status, body, by) => {
    expect(read(service, status, body, by).verdict).toBe(verdict);
  });
});

describe('the reason', () => {
  test('of each error code reads, in logs and alerts, as reasons.txt has it', async () => {
    const bodies = {
      salesiq: (code: string) => salesiqError(Number(code)),
      desk: deskError,
      crm: (code: string) => ({ code }),
    };
    const reasons = serviceNames.flatMap((service) =>
      Object.keys(services[service].errors).map((code) => {
        const { verdict, reason } = read(service, 400, bodies[service](code));
        return `${verdict}: ${reason}`;
      }),
    );
    await expect(`${reasons.join('\n')}\n`).toMatchFileSnapshot('reasons.txt');
  });

  test.each<[service: Service, status: number, body: unknown, reason: string]>([
    ['desk', 200, { data: [] }, 'read'],
    ['desk', 204, '', 'read'],
    ['salesiq', 400, salesiqError(123456), 'SalesIQ error 123456'],
    ['salesiq', 400, salesiqError('12345'), 'SalesIQ error 12345'],
    ['salesiq', 400, salesiqError('123456'), 'HTTP 400'],
    ['salesiq', 400, salesiqError('x1'), 'HTTP 400'],
    ['salesiq', 400, salesiqError('1x'), 'HTTP 400'],
    ['desk', 400, deskError('NEW'), 'Desk error NEW'],
    ['desk', 400, deskError('NE'), 'HTTP 400'],
    ['desk', 400, deskError('SOMETHING_new'), 'HTTP 400'],
    ['desk', 400, deskError('_NEW'), 'HTTP 400'],
    ['salesiq', 200, { data: [] }, 'read'],
    ['desk', 401, html, 'HTTP 401'],
    ['desk', 403, deskError('SCOPE_MISMATCH'), 'Desk error SCOPE_MISMATCH, the token lacks a scope for this call'],
    ['crm', 401, { code: 'INVALID_TOKEN' }, 'CRM error INVALID_TOKEN, the token is invalid'],
    [
      'crm',
      401,
      { code: 'OAUTH_SCOPE_MISMATCH' },
      'CRM error OAUTH_SCOPE_MISMATCH, the token lacks a scope for this call',
    ],
    ['salesiq', 400, salesiqError(1023), 'SalesIQ error 1023, too many requests, the address is locked for a while'],
    [
      'desk',
      422,
      deskError('UNPROCESSABLE_ENTITY'),
      'Desk error UNPROCESSABLE_ENTITY, a value is invalid: settings.org_id',
    ],
  ])('of %s for %i %j says "%s"', (service, status, body, reason) => {
    expect(read(service, status, body).reason).toBe(reason);
  });

  test('never repeats what the service wrote', () => {
    const text = 'token 1000.deadbeef rejected for you@example.com';
    for (const service of ['desk', 'salesiq'] as const) {
      for (const body of [text, { errorCode: text }, { error: { code: text, message: text } }]) {
        for (const status of [200, 401, 500])
          expect(read(service, status, body, appProbe).reason).toMatch(/^HTTP \d+$/);
      }
    }
  });
});
