import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestZoho, type TestZoho } from './zoho-client.ts';

let zoho: TestZoho;
const scopes = ['ZohoCRM.org.READ', 'ZohoCRM.modules.ALL'];

beforeEach(async () => {
  zoho = await startTestZoho();
});
afterEach(() => zoho.close());

const crm = (token: string, path: string, host = 'www.zohoapis.in') =>
  zoho.call(`${host}${path}`, { headers: { authorization: `Zoho-oauthtoken ${token}` } });
const tokenOf = (wanted = scopes) =>
  zoho.accessToken(zoho.plant({ dataCenter: 'in', service: 'crm', scopes: wanted }));

test('reads the organisation, or the user with another scope', async () => {
  expect((await crm(await tokenOf(), '/crm/v8/org')).body).toMatchObject({ org: [{}] });
  const user = await tokenOf(['ZohoCRM.users.READ']);
  expect((await crm(user, '/crm/v8/users?type=CurrentUser')).status).toBe(200);
});

test('fails with INVALID_TOKEN for a token that is dead, of another data centre or absent', async () => {
  const token = await tokenOf();
  const abroad = await crm(token, '/crm/v8/org', 'www.zohoapis.eu');
  const absent = await zoho.call('www.zohoapis.in/crm/v8/org');
  zoho.killAccessToken(token);
  for (const answer of [abroad, absent, await crm(token, '/crm/v8/org')])
    expect(answer).toMatchObject({ status: 401, body: { code: 'INVALID_TOKEN' } });
});

test('fails with OAUTH_SCOPE_MISMATCH for a missing scope', async () => {
  const answer = await crm(await tokenOf(), '/crm/v8/users');
  expect(answer).toMatchObject({ status: 401, body: { code: 'OAUTH_SCOPE_MISMATCH' } });
});

test('fails under the faults that are switched on, and where Zoho has no CRM', async () => {
  const token = await tokenOf();
  zoho.faults.set('crm:INVALID_TOKEN', { times: 1 });
  expect((await crm(token, '/crm/v8/org')).status).toBe(401);
  zoho.faults.set('html_502', { host: 'www.zohoapis.in' });
  expect((await crm(token, '/crm/v8/org')).status).toBe(502);
  expect(() => zoho.plant({ dataCenter: 'uk', service: 'crm', scopes })).toThrow('no crm host in uk');
});
