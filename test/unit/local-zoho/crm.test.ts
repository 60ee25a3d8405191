import { expect } from 'vitest';
import { type TestZoho, test } from './zoho-client.ts';

const scopes = ['ZohoCRM.org.READ', 'ZohoCRM.modules.ALL'];
const org = 'www.zohoapis.in/crm/v8/org';

const tokenOf = (zoho: TestZoho, wanted = scopes) =>
  zoho.accessToken(zoho.plant({ dataCenter: 'in', service: 'crm', scopes: wanted }));

test('reads the organisation, or the user with another scope', async ({ zoho }) => {
  expect((await zoho.withToken(await tokenOf(zoho), org)).body).toMatchObject({ org: [{}] });
  const user = await tokenOf(zoho, ['ZohoCRM.users.READ']);
  expect((await zoho.withToken(user, 'www.zohoapis.in/crm/v8/users?type=CurrentUser')).status).toBe(200);
});

test('fails for a token that is dead, from elsewhere or absent, and for a scope', async ({ zoho }) => {
  const token = await tokenOf(zoho);
  const abroad = await zoho.withToken(token, 'www.zohoapis.eu/crm/v8/org');
  const missing = await zoho.withToken(token, 'www.zohoapis.in/crm/v8/users');
  zoho.killAccessToken(token);
  for (const answer of [abroad, await zoho.call(org), await zoho.withToken(token, org)])
    expect(answer).toMatchObject({ status: 401, body: { code: 'INVALID_TOKEN' } });
  expect(missing).toMatchObject({ status: 401, body: { code: 'OAUTH_SCOPE_MISMATCH' } });
});
