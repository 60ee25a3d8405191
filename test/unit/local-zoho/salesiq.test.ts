import { expect } from 'vitest';
import { json, type TestZoho, test } from './zoho-client.ts';

// That a chat is opened, listed and closed: test/integration/recipes.test.ts.

const portal = { screenName: 'acme', departmentIds: ['21'], appIds: ['31'] };
const all = ['SalesIQ.Conversations.ALL', 'SalesIQ.departments.READ', 'SalesIQ.apps.read'];

const tokenOf = (zoho: TestZoho, scopes = all, prefix: '1000.' | '1005.' = '1000.') =>
  zoho.accessToken(zoho.plant({ dataCenter: 'in', service: 'salesiq', prefix, scopes, ...portal }));
const salesiq = (zoho: TestZoho, token: string, path: string, init: RequestInit = {}) =>
  zoho.withToken(token, `salesiq.zoho.in${path}`, init);
const error = (code: number, more = {}) => ({ error: { code, ...more } });

const chat = { app_id: '31', department_id: '21', question: 'help?', visitor: { user_id: 'u1' } };
const open = '/api/visitor/v1/acme/conversations';
const departments = '/api/v2/acme/departments';
const conversations = '/api/v2/acme/conversations';

test('reads departments and an app, with a Bearer header as well', async ({ zoho }) => {
  const token = await tokenOf(zoho);
  const data = [{ id: '21', name: 'Department 21' }];
  const headers = { authorization: `Bearer ${token}` };
  for (const init of [{}, { headers }])
    expect((await salesiq(zoho, token, departments, init)).body).toEqual({ url: departments, object: 'list', data });
  expect((await salesiq(zoho, token, '/api/v2/acme/apps/31')).body).toMatchObject({ data: { id: '31' } });
});

test('fails with 1019 for the id of a chat that belongs to the other API', async ({ zoho }) => {
  const [organisation, operator] = [await tokenOf(zoho, all, '1005.'), await tokenOf(zoho)];
  const { id: ofVisitor } = (await salesiq(zoho, organisation, open, json(chat))).body.data as { id: string };
  const [{ id } = { id: '' }] = (await salesiq(zoho, operator, conversations)).body.data as { id: string }[];
  const answers = [
    await salesiq(zoho, operator, `${conversations}/${ofVisitor}/close`, { method: 'PUT' }),
    await salesiq(zoho, organisation, `/visitor/v2/acme/conversations/${id}/close`, { method: 'PUT' }),
  ];
  for (const { body } of answers) expect(body).toMatchObject(error(1019));
});

test('fails with 1009 for a user token at the visitor API, whatever its scopes', async ({ zoho }) => {
  const { status, body } = await salesiq(zoho, await tokenOf(zoho), open, json(chat));
  expect([status, body]).toEqual([400, error(1009, { message: 'Invalid OAuthScope' })]);
});

test('fails with 1011 for a missing field and 1054 for another content type', async ({ zoho }) => {
  const token = await tokenOf(zoho, all, '1005.');
  for (const json_key of ['app_id', 'department_id', 'question', 'visitor.user_id']) {
    const without = { ...chat, [json_key.replace('.user_id', '')]: undefined };
    expect((await salesiq(zoho, token, open, json(without))).body).toMatchObject(error(1011, { json_key }));
  }
  const text = await salesiq(zoho, token, open, { method: 'POST', body: JSON.stringify(chat) });
  expect(text.body).toMatchObject(error(1054));
});

test('fails with 1002, 1008, 1005, 1006, 1019 and 1010 for header, token, portal, path, app and method', async ({
  zoho,
}) => {
  const token = await tokenOf(zoho);
  const answers = await Promise.all([
    zoho.call(`salesiq.zoho.in${departments}`),
    salesiq(zoho, `1000.${'0'.repeat(32)}.${'0'.repeat(32)}`, departments),
    zoho.withToken(token, `salesiq.zoho.eu${departments}`),
    salesiq(zoho, token, '/api/v2/other/departments'),
    salesiq(zoho, token, '/api/v2/acme/nothing'),
    salesiq(zoho, token, '/api/v2/acme/apps/99'),
    salesiq(zoho, token, departments, { method: 'POST' }),
  ]);
  const codes = answers.map(({ body }) => (body.error as { code: number }).code);
  expect(codes).toEqual([1002, 1008, 1008, 1005, 1006, 1019, 1010]);
});

test('fails with 1009 if the scope is missing', async ({ zoho }) => {
  const token = await tokenOf(zoho, ['SalesIQ.conversations.READ']);
  const close = await salesiq(zoho, token, `${conversations}/1/close`, { method: 'PUT' });
  expect(close.body).toMatchObject(error(1009));
  expect((await salesiq(zoho, token, conversations)).status).toBe(200);
});

test('fails with status 200, as documented, if it is told to', async ({ zoho }) => {
  zoho.faults.set('salesiq_errors_200');
  const answer = await salesiq(zoho, await tokenOf(zoho), '/api/v2/other/departments');
  expect(answer).toMatchObject({ status: 200, body: error(1005) });
});
