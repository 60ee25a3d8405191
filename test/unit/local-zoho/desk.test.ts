import { expect } from 'vitest';
import { json, type TestZoho, test } from './zoho-client.ts';

// That a call is created: test/integration/recipes.test.ts.

const all = ['Desk.basic.READ', 'Desk.calls.CREATE', 'Desk.calls.READ'];

const tokenOf = (zoho: TestZoho, scopes = all, departmentIds = ['21', '22']) =>
  zoho.accessToken(zoho.plant({ dataCenter: 'in', service: 'desk', scopes, orgId: '77', departmentIds }));

/** Calls Desk with a token of all scopes, or with the one given. */
const callDesk = async (zoho: TestZoho, path: string, init: RequestInit & { orgId?: string; token?: string } = {}) => {
  const { token = await tokenOf(zoho), ...rest } = init;
  return zoho.withToken(token, `desk.zoho.in/api/v1${path}`, { orgId: '77', ...rest });
};

test('lists departments up to the limit, and nothing with 204', async ({ zoho }) => {
  const { body } = await callDesk(zoho, '/departments?limit=1');
  expect(body).toEqual({ data: [{ id: '21', name: 'Department 21', isEnabled: true }] });
  const token = await tokenOf(zoho, all, []);
  expect(await callDesk(zoho, '/departments', { token })).toMatchObject({ status: 204, text: '' });
});

test('says which organisation the token is of to whoever names none', async ({ zoho }) => {
  const { body } = await callDesk(zoho, '/organizations', { orgId: '' });
  expect(body).toMatchObject({ data: [{ id: '77' }] });
});

test.for<[code: string, status: number, path: string, init: { orgId?: string; token?: string; method?: string }]>([
  ['INVALID_OAUTH', 401, '/departments', { token: 'x' }],
  ['UNPROCESSABLE_ENTITY', 422, '/departments', { orgId: '79' }],
  ['UNPROCESSABLE_ENTITY', 422, '/departments', { orgId: '' }],
  ['OAUTH_ORG_MISMATCH', 403, '/departments', { orgId: '78' }],
  ['URL_NOT_FOUND', 404, '/nothing', {}],
  ['METHOD_NOT_ALLOWED', 405, '/departments', { method: 'DELETE' }],
  ['INVALID_DATA', 422, '/departments?limit=201', {}],
])('fails with %s, %i, for %s with %j', async ([errorCode, status, path, init], { zoho }) => {
  zoho.plant({ dataCenter: 'in', service: 'desk', scopes: all, orgId: '78' });
  expect(await callDesk(zoho, path, init)).toMatchObject({ status, body: { errorCode } });
});

test('fails with the fields at fault for a call that lacks some or is of no department', async ({ zoho }) => {
  const call = { contactId: '5', startTime: '2026-11-20T09:00:00.000Z', direction: 'outbound', status: 'current' };
  const answer = await callDesk(zoho, '/calls', json({ ...call, duration: 60, departmentId: '9', subject: '' }));
  const errors = [
    { fieldName: '/departmentId', errorType: 'invalid' },
    { fieldName: '/subject', errorType: 'missing' },
  ];
  expect(answer).toMatchObject({ status: 422, body: { errorCode: 'INVALID_DATA', errors } });
});

test('fails with 401 for no token, a dead one and one from elsewhere', async ({ zoho }) => {
  expect((await zoho.call('desk.zoho.in/api/v1/departments')).body.errorCode).toBe('UNAUTHORIZED');
  const token = await tokenOf(zoho);
  const abroad = await zoho.withToken(token, 'desk.zoho.eu/api/v1/departments', { orgId: '77' });
  zoho.step(3600);
  const dead = await callDesk(zoho, '/departments', { token });
  for (const answer of [abroad, dead])
    expect(answer).toMatchObject({ status: 401, body: { errorCode: 'INVALID_OAUTH' } });
});

test('sends who names an organisation of another data centre to the sign-in page', async ({ zoho }) => {
  zoho.plant({ dataCenter: 'eu', service: 'desk', scopes: all, orgId: '88' });
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
  if (status === 403) expect(answer.body.errorCode).toBe('SCOPE_MISMATCH');
});

test('says when to come back if the credits of the day are used up', async ({ zoho }) => {
  zoho.faults.set('desk:THRESHOLD_EXCEEDED');
  const answer = await callDesk(zoho, '/departments');
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '3600']);
});
