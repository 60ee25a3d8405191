import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestZoho, type TestZoho } from './zoho-client.ts';

let zoho: TestZoho;
const all = ['Desk.basic.READ', 'Desk.calls.CREATE', 'Desk.calls.READ'];

beforeEach(async () => {
  zoho = await startTestZoho();
});
afterEach(() => zoho.close());

const tokenOf = (scopes = all, departmentIds = ['21', '22']) =>
  zoho.accessToken(zoho.plant({ dataCenter: 'in', service: 'desk', scopes, orgId: '77', departmentIds }));

const desk = (accessToken: string, path: string, init: RequestInit = {}, orgId: string | undefined = '77') =>
  zoho.call(`desk.zoho.in/api/v1${path}`, {
    ...init,
    headers: { authorization: `Zoho-oauthtoken ${accessToken}`, ...(orgId ? { orgId } : {}) },
  });

const call = {
  departmentId: '21',
  contactId: '5',
  subject: 'call back',
  startTime: '2026-11-20T09:00:00.000Z',
  direction: 'outbound',
  duration: 60,
  status: 'current',
};
const post = (value: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(value) });

test('lists departments within the limit, and the organisation without orgId', async () => {
  const token = await tokenOf();
  const { body } = await desk(token, '/departments?limit=1');
  expect(body).toEqual({ data: [{ id: '21', name: 'Department 21', isEnabled: true }] });
  expect((await desk(token, '/organizations', {}, '')).body).toMatchObject({ data: [{ id: '77' }] });
});

test('answers an empty list with 204', async () => {
  expect(await desk(await tokenOf(), '/calls')).toMatchObject({ status: 204, text: '' });
  expect((await desk(await tokenOf(all, []), '/departments')).status).toBe(204);
});

test('creates a call and lists it', async () => {
  const token = await tokenOf();
  const created = await desk(token, '/calls', post(call));
  expect(created.body).toEqual({ ...call, id: expect.stringMatching(/^\d+$/) });
  expect((await desk(token, '/calls?limit=1')).body).toEqual({ data: [created.body] });
});

test('fails with the fields at fault for a call that lacks some or is of no department', async () => {
  const answer = await desk(await tokenOf(), '/calls', post({ ...call, departmentId: '9', subject: '' }));
  expect(answer.status).toBe(422);
  expect(answer.body).toMatchObject({
    errorCode: 'INVALID_DATA',
    errors: [
      { fieldName: '/departmentId', errorType: 'invalid' },
      { fieldName: '/subject', errorType: 'missing' },
    ],
  });
});

test('fails with 401 without a header, and for a token that is dead, unknown or of another data centre', async () => {
  expect((await zoho.call('desk.zoho.in/api/v1/departments')).body.errorCode).toBe('UNAUTHORIZED');
  const token = await tokenOf();
  const headers = { authorization: `Zoho-oauthtoken ${token}`, orgId: '77' };
  const abroad = await zoho.call('desk.zoho.eu/api/v1/departments', { headers });
  zoho.step(3600);
  for (const answer of [abroad, await desk(token, '/departments'), await desk('x', '/departments')]) {
    expect(answer.status).toBe(401);
    expect(answer.body.errorCode).toBe('INVALID_OAUTH');
  }
});

test('fails with 422 for an orgId that is unknown or absent, and with 403 for that of another organisation', async () => {
  zoho.plant({ dataCenter: 'in', service: 'desk', scopes: all, orgId: '78' });
  const token = await tokenOf();
  const invalid = {
    errorCode: 'UNPROCESSABLE_ENTITY',
    message: "The value passed for the 'orgId' parameter is invalid.",
  };
  for (const orgId of ['79', ''])
    expect(await desk(token, '/departments', {}, orgId)).toMatchObject({ status: 422, body: invalid });
  expect(await desk(token, '/departments', {}, '78')).toMatchObject({
    status: 403,
    body: { errorCode: 'OAUTH_ORG_MISMATCH' },
  });
});

test('fails with a redirect to the accounts host for an organisation of another data centre', async () => {
  zoho.plant({ dataCenter: 'eu', service: 'desk', scopes: all, orgId: '88' });
  const { status, headers } = await desk(await tokenOf(), '/departments', {}, '88');
  expect(status).toBe(302);
  expect(headers.get('location')).toBe(`${zoho.url}/accounts.zoho.in/signin`);
});

test.each([
  [['Desk.departments.READ'], '/departments', 200],
  [['Desk.settings.READ'], '/departments', 200],
  [['desk.SETTINGS.all'], '/departments', 200],
  [['Desk.calls.READ'], '/departments', 403],
  [['Desk.calls.READ'], '/calls', 204],
  [['Desk.activities.calls.READ'], '/calls', 204],
  [['Desk.activities.READ'], '/calls', 204],
  [['Desk.activities.ALL'], '/calls', 204],
  [['Desk.calls.CREATE', 'Desk.basic.READ'], '/calls', 403],
])('decides by the scopes %j for %s', async (scopes, path, status) => {
  const answer = await desk(await tokenOf(scopes), path);
  expect(answer.status).toBe(status);
  if (status === 403) expect(answer.body.errorCode).toBe('SCOPE_MISMATCH');
});

test('fails with 404 for an unknown path, 405 for a wrong verb and 422 for a wrong limit', async () => {
  const token = await tokenOf();
  expect((await desk(token, '/nothing')).body.errorCode).toBe('URL_NOT_FOUND');
  expect((await desk(token, '/departments', { method: 'DELETE' })).body.errorCode).toBe('METHOD_NOT_ALLOWED');
  expect((await desk(token, '/departments?limit=201')).status).toBe(422);
});

test.each([
  ['INVALID_OAUTH', 401],
  ['UNAUTHORIZED', 401],
  ['SCOPE_MISMATCH', 403],
  ['OAUTH_ORG_MISMATCH', 403],
  ['FORBIDDEN', 403],
  ['LICENSE_ACCESS_LIMITED', 403],
  ['TOO_MANY_REQUESTS', 429],
  ['THRESHOLD_EXCEEDED', 429],
  ['INTERNAL_SERVER_ERROR', 500],
])('fails with %s when switched to', async (errorCode, status) => {
  const token = await tokenOf();
  zoho.faults.set(`desk:${errorCode}`);
  const answer = await desk(token, '/departments');
  expect([answer.status, answer.body.errorCode]).toEqual([status, errorCode]);
  expect(answer.headers.has('retry-after')).toBe(errorCode === 'THRESHOLD_EXCEEDED');
});
