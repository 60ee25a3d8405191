import { expect, test } from 'vitest';
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
const crmError = (code: unknown) => ({ code });

test('each error code is judged and reads, with any status, in logs and alerts, as reasons.txt has it', async () => {
  const bodies = { salesiq: (code: string) => salesiqError(Number(code)), desk: deskError, crm: crmError };
  const reasonsOf = (status: number) =>
    serviceNames.flatMap((service) =>
      Object.keys(services[service].errors).map((code) => {
        const { verdict, reason } = read(service, status, bodies[service](code));
        return `${verdict}: ${reason}\n`;
      }),
    );
  await expect(reasonsOf(400).join('')).toMatchFileSnapshot('reasons.txt');
  for (const status of [200, 401, 403, 422, 429]) expect(reasonsOf(status)).toEqual(reasonsOf(400));
});

const conversations = { url: '/api/v2/rtdsportal/conversations', object: 'conversations', data: [] };
test.each<[verdict: Verdict, service: Service, status: number, body: unknown, by?: Probe]>([
  ['accepted', 'salesiq', 200, conversations],
  ['accepted', 'desk', 200, { data: [{ id: '1' }] }],
  ['accepted', 'desk', 200, { data: [] }],
  ['accepted', 'desk', 204, ''],
  ['accepted', 'crm', 200, { org: [{ id: '1' }] }],
  ['accepted', 'crm', 200, { users: [] }],
  ['rejected', 'salesiq', 400, salesiqError('1008')],
  // The error is believed, not the data.
  ['rejected', 'salesiq', 200, { data: [], ...salesiqError(1008) }],
  ['rejected', 'salesiq', 200, salesiqError(1008), appProbe],
  // A missing scope that nobody required proves the token alive.
  ['accepted', 'desk', 403, deskError('SCOPE_MISMATCH'), lenient],
  ['accepted', 'salesiq', 200, salesiqError(1009), lenient],
  ['rejected', 'desk', 401, deskError('INVALID_OAUTH'), lenient],
  ['wrong setting', 'salesiq', 200, salesiqError(1005), lenient],
  // On a read that the grant does not cover a refusal proves nothing.
  ['cannot tell', 'desk', 401, deskError('INVALID_OAUTH'), uncovered],
  ['cannot tell', 'desk', 401, deskError('UNAUTHORIZED'), uncovered],
  ['accepted', 'desk', 403, deskError('SCOPE_MISMATCH'), uncovered],
  ['wrong setting', 'desk', 422, deskError('INVALID_DATA'), uncovered],
])('an answer is "%s" of %s with status %i and %j for %j', (verdict, service, status, body, by) => {
  expect(read(service, status, body, by).verdict).toBe(verdict);
});

const senseless = [{}, '', html, [], 'null'].map((body) => [200, body] as const);
const pages = [302, 401, 403, 404, 429, 500, 502].flatMap((status) => [[status, html] as const, [status, ''] as const]);
const anywhere = (['salesiq', 'desk', 'crm'] as const).flatMap((service) =>
  [...senseless, ...pages].map(([status, body]): [Service, number, unknown] => [service, status, body]),
);
test.each<[service: Service, status: number, body: unknown, reason?: string]>([
  ...anywhere,
  ['salesiq', 200, { error: 'invalid' }],
  ['salesiq', 200, { error: [] }],
  ['salesiq', 200, salesiqError(null)],
  ['salesiq', 200, salesiqError({ toString: 1 })],
  ['salesiq', 204, ''],
  ['salesiq', 400, { data: [] }],
  ['desk', 200, { data: 'x' }],
  ['desk', 401, { message: 'no code' }],
  ['desk', 403, deskError(['INVALID_OAUTH'])],
  ['desk', 403, deskError('toString')],
  ['desk', 500, { data: [] }],
  ['crm', 500, { org: [] }],
  // A code that is not known is shown if it has the shape of one.
  ['salesiq', 400, salesiqError(123456), 'SalesIQ error 123456'],
  ['salesiq', 400, salesiqError('12345'), 'SalesIQ error 12345'],
  ['salesiq', 400, salesiqError('123456')],
  ['salesiq', 400, salesiqError('x1')],
  ['salesiq', 400, salesiqError('1x')],
  ['desk', 400, deskError('NEW'), 'Desk error NEW'],
  ['desk', 400, deskError('NE')],
  ['desk', 400, deskError('SOMETHING_new')],
  ['desk', 400, deskError('_NEW')],
])('an answer of %s with status %i and %j cannot tell', (service, status, body, reason = `HTTP ${status}`) => {
  expect(read(service, status, body)).toEqual({ verdict: 'cannot tell', reason });
});

test('an answer shows a wrong app if the app was read and is unknown', () => {
  expect(read('salesiq', 400, salesiqError(1019), appProbe)).toEqual({
    verdict: 'wrong setting',
    reason: 'SalesIQ error 1019, SalesIQ knows no such app: settings.app_id',
  });
});

test('the reason never repeats what the service wrote', () => {
  const text = 'token 1000.deadbeef rejected for you@example.com';
  for (const service of ['desk', 'salesiq'] as const) {
    for (const body of [text, { errorCode: text }, { error: { code: text, message: text } }])
      for (const status of [200, 401, 500]) expect(read(service, status, body, appProbe).reason).toMatch(/^HTTP \d+$/);
  }
});
