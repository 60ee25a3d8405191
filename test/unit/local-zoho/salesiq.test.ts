import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestZoho, type TestZoho } from './zoho-client.ts';

let zoho: TestZoho;
const portal = { screenName: 'acme', departmentIds: ['21'], appIds: ['31'] };
const all = ['SalesIQ.Conversations.ALL', 'SalesIQ.departments.READ', 'SalesIQ.apps.read'];

beforeEach(async () => {
  zoho = await startTestZoho();
});
afterEach(() => zoho.close());

const tokenOf = (scopes = all, prefix: '1000.' | '1005.' = '1000.') =>
  zoho.accessToken(zoho.plant({ dataCenter: 'in', service: 'salesiq', prefix, scopes, ...portal }));

const salesiq = (accessToken: string, path: string, init: RequestInit = {}) =>
  zoho.call(`salesiq.zoho.in${path}`, {
    ...init,
    headers: { authorization: `Zoho-oauthtoken ${accessToken}`, ...init.headers },
  });

const post = (value: unknown): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json' },
});

const chat = { app_id: '31', department_id: '21', question: 'help?', visitor: { user_id: 'u1' } };
const open = '/api/visitor/v1/acme/conversations';

test('reads departments, an app and conversations', async () => {
  const token = await tokenOf();
  expect((await salesiq(token, '/api/v2/acme/departments')).body).toEqual({
    url: '/api/v2/acme/departments',
    object: 'list',
    data: [{ id: '21', name: 'Department 21' }],
  });
  expect((await salesiq(token, '/api/v2/acme/apps/31')).body).toMatchObject({ data: { id: '31' } });
  expect((await salesiq(token, '/api/v2/acme/conversations')).body).toMatchObject({ data: [] });
});

test('takes a Bearer header as well', async () => {
  const headers = { authorization: `Bearer ${await tokenOf()}` };
  expect((await zoho.call('salesiq.zoho.in/api/v2/acme/departments', { headers })).status).toBe(200);
});

test('opens a chat for an organisation token and closes it for a user token, under two ids', async () => {
  const organisation = await tokenOf(all, '1005.');
  const operator = await tokenOf();
  const opened = await salesiq(organisation, open, post(chat));
  const { id: visitorId } = opened.body.data as { id: string };
  expect(visitorId).toMatch(/^[0-9a-f]{48}$/);
  expect((await salesiq(organisation, `${open}/${visitorId}/messages`, post({ text: 'hi' }))).status).toBe(
    200,
  );
  const listed = await salesiq(operator, '/api/v2/acme/conversations');
  const [{ id } = { id: '' }] = listed.body.data as { id: string }[];
  expect(id).toMatch(/^\d+$/);
  const close = `/api/v2/acme/conversations/${id}/close`;
  expect((await salesiq(operator, close, { method: 'POST' })).body).toMatchObject({ error: { code: 1010 } });
  const closed = await salesiq(operator, close, { method: 'PUT' });
  expect(closed.body).toMatchObject({
    object: 'conversations',
    data: { id, chat_status: { status_code: 2, state: 4 }, end_time: expect.stringMatching(/^\d{13}$/) },
  });
  const swapped = `/api/v2/acme/conversations/${visitorId}/close`;
  expect((await salesiq(operator, swapped, { method: 'PUT' })).body).toMatchObject({ error: { code: 1019 } });
  expect((await salesiq(organisation, `${open}/${id}/messages`, post({ text: 'hi' }))).body).toMatchObject({
    error: { code: 1019 },
  });
});

test('fails with 1009 for a user token at the visitor API, whatever its scopes', async () => {
  const { status, body } = await salesiq(await tokenOf(), open, post(chat));
  expect(status).toBe(400);
  expect(body).toEqual({ error: { code: 1009, message: 'Invalid OAuthScope' } });
});

test('fails with 1011 for a missing field and 1054 for another content type', async () => {
  const token = await tokenOf(all, '1005.');
  for (const field of ['app_id', 'department_id', 'question']) {
    const answer = await salesiq(token, open, post({ ...chat, [field]: undefined }));
    expect(answer.body).toMatchObject({ error: { code: 1011, json_key: field } });
  }
  const nobody = await salesiq(token, open, post({ ...chat, visitor: {} }));
  expect(nobody.body).toMatchObject({ error: { code: 1011, json_key: 'visitor.user_id' } });
  const text = await salesiq(token, open, { method: 'POST', body: JSON.stringify(chat) });
  expect(text.body).toMatchObject({ error: { code: 1054 } });
});

test('fails with 1002, 1008, 1005 and 1006 for header, token, portal and path', async () => {
  const token = await tokenOf();
  const path = '/api/v2/acme/departments';
  const codes = async (answers: Promise<{ body: Record<string, unknown> }>[]) =>
    (await Promise.all(answers)).map(({ body }) => (body.error as { code: number }).code);
  zoho.killAccessToken(await tokenOf());
  expect(
    await codes([
      zoho.call(`salesiq.zoho.in${path}`),
      salesiq('undefined', path),
      salesiq(`1000.${'0'.repeat(32)}.${'0'.repeat(32)}`, path),
      salesiq(token, '/api/v2/other/departments'),
      salesiq(token, '/api/v2/acme/nothing'),
    ]),
  ).toEqual([1002, 1008, 1008, 1005, 1006]);
});

test('fails with 1008 for an expired token and for one of another data centre', async () => {
  const token = await tokenOf();
  const headers = { authorization: `Zoho-oauthtoken ${token}` };
  const abroad = await zoho.call('salesiq.zoho.eu/api/v2/acme/departments', { headers });
  expect(abroad.body).toMatchObject({ error: { code: 1008 } });
  zoho.step(3600);
  expect((await salesiq(token, '/api/v2/acme/departments')).body).toMatchObject({ error: { code: 1008 } });
});

test('fails with 1009 where the scope is missing', async () => {
  const token = await tokenOf(['SalesIQ.conversations.READ']);
  expect((await salesiq(token, '/api/v2/acme/departments')).body).toMatchObject({ error: { code: 1009 } });
  const close = await salesiq(token, '/api/v2/acme/conversations/1/close', { method: 'PUT' });
  expect(close.body).toMatchObject({ error: { code: 1009 } });
  expect((await salesiq(token, '/api/v2/acme/conversations')).status).toBe(200);
});

test.each([1001, 1005, 1008, 1009, 1010, 1016, 1023])('fails with %i when switched to', async (code) => {
  const token = await tokenOf();
  zoho.faults.set(`salesiq:${code}`);
  const { status, body } = await salesiq(token, '/api/v2/acme/departments');
  expect(status).toBe(400);
  expect(body).toMatchObject({ error: { code } });
});

test('fails with status 200 when switched to what Zoho documents', async () => {
  const token = await tokenOf();
  zoho.faults.set('salesiq_errors_200');
  expect((await salesiq(token, '/api/v2/other/departments')).status).toBe(200);
  zoho.faults.set('salesiq:1008');
  const { status, body } = await salesiq(token, '/api/v2/acme/departments');
  expect([status, body]).toEqual([200, { error: { code: 1008, message: 'Invalid OAuthToken' } }]);
});
