import { expect } from 'vitest';
import { json, type TestZoho, test } from './zoho-client.ts';

const all = ['Desk.basic.READ', 'Desk.calls.CREATE', 'Desk.calls.READ'];

const tokenOf = (zoho: TestZoho, scopes = all, departmentIds = ['21', '22']) =>
  zoho.accessToken(zoho.plant({ dataCenter: 'in', service: 'desk', scopes, orgId: '77', departmentIds }));

/** Calls Desk with a token of all scopes, or with the one given. */
const callDesk = async (zoho: TestZoho, path: string, init: RequestInit & { orgId?: string; token?: string } = {}) => {
  const { token = await tokenOf(zoho), ...rest } = init;
  return zoho.withToken(token, `desk.zoho.in/api/v1${path}`, { orgId: '77', ...rest });
};

const call = {
  departmentId: '21',
  contactId: '5',
  subject: 'call back',
  startTime: '2026-11-20T09:00:00.000Z',
  direction: 'outbound',
  duration: 60,
  status: 'current',
};

test('lists departments up to the limit, and nothing with 204', async ({ zoho }) => {
  const { body } = await callDesk(zoho, '/departments?limit=1');
  expect(body).toEqual({ data: [{ id: '21', name: 'Department 21', isEnabled: true }] });
  expect(await callDesk(zoho, '/calls')).toMatchObject({ status: 204, text: '' });
  const token = await tokenOf(zoho, all, []);
  expect((await callDesk(zoho, '/departments', { token })).status).toBe(204);
});

test('creates a call and lists it', async ({ zoho }) => {
  const created = await callDesk(zoho, '/calls', json(call));
  expect(created.body).toEqual({ ...call, id: expect.stringMatching(/^\d+$/) });
  expect((await callDesk(zoho, '/calls?limit=1')).body).toEqual({ data: [created.body] });
});

test('fails with the fields at fault for a call that lacks some or is of no department', async ({ zoho }) => {
  const answer = await callDesk(zoho, '/calls', json({ ...call, departmentId: '9', subject: '' }));
  const errors = [
    { fieldName: '/departmentId', errorType: 'invalid' },
    { fieldName: '/subject', errorType: 'missing' },
  ];
  expect(answer).toMatchObject({ status: 422, body: { errorCode: 'INVALID_DATA', errors } });
});

test('fails with 401 for no token, one that is dead or unknown, and one from elsewhere', async ({ zoho }) => {
  expect((await zoho.call('desk.zoho.in/api/v1/departments')).body.errorCode).toBe('UNAUTHORIZED');
  const token = await tokenOf(zoho);
  const abroad = await zoho.withToken(token, 'desk.zoho.eu/api/v1/departments', { orgId: '77' });
  zoho.step(3600);
  const dead = await callDesk(zoho, '/departments', { token });
  for (const answer of [abroad, dead, await callDesk(zoho, '/departments', { token: 'x' })])
    expect(answer).toMatchObject({ status: 401, body: { errorCode: 'INVALID_OAUTH' } });
});

test('fails for an orgId that is unknown, absent, of others or of another data centre', async ({ zoho }) => {
  zoho.plant({ dataCenter: 'in', service: 'desk', scopes: all, orgId: '78' });
  zoho.plant({ dataCenter: 'eu', service: 'desk', scopes: all, orgId: '88' });
  const message = "The value passed for the 'orgId' parameter is invalid.";
  const invalid = { status: 422, body: { errorCode: 'UNPROCESSABLE_ENTITY', message } };
  for (const orgId of ['79', '']) expect(await callDesk(zoho, '/departments', { orgId })).toMatchObject(invalid);
  const another = { status: 403, body: { errorCode: 'OAUTH_ORG_MISMATCH' } };
  expect(await callDesk(zoho, '/departments', { orgId: '78' })).toMatchObject(another);
  const { status, headers } = await callDesk(zoho, '/departments', { orgId: '88' });
  expect([status, headers.get('location')]).toEqual([302, `${zoho.url}/accounts.zoho.in/signin`]);
});

test.for([
  [200, '/departments', 'Desk.departments.READ'],
  [200, '/departments', 'desk.SETTINGS.all'],
  [204, '/calls', 'Desk.calls.READ'],
  [204, '/calls', 'Desk.activities.calls.READ'],
  [204, '/calls', 'Desk.activities.READ'],
  [403, '/calls', 'Desk.calls.CREATE Desk.basic.READ'],
] as const)('answers %i for %s with the scopes %s', async ([status, path, scopes], { zoho }) => {
  const answer = await callDesk(zoho, path, { token: await tokenOf(zoho, scopes.split(' ')) });
  expect(answer.status).toBe(status);
  const message = 'The OAuth Token does not contain the scope to perform this operation.';
  if (status === 403) expect(answer.body).toEqual({ errorCode: 'SCOPE_MISMATCH', message });
});

test('fails with 404 for an unknown path, 405 for a verb and 422 for a limit', async ({ zoho }) => {
  expect((await callDesk(zoho, '/nothing')).body.errorCode).toBe('URL_NOT_FOUND');
  const verb = await callDesk(zoho, '/departments', { method: 'DELETE' });
  expect(verb.body.errorCode).toBe('METHOD_NOT_ALLOWED');
  expect((await callDesk(zoho, '/departments?limit=201')).status).toBe(422);
});

test('says when to come back if the credits of the day are used up', async ({ zoho }) => {
  zoho.faults.set('desk:THRESHOLD_EXCEEDED');
  const answer = await callDesk(zoho, '/departments');
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '3600']);
});
