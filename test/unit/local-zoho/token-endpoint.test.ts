import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Credentials } from '../../../local/zoho/planting.ts';
import { form, startTestZoho, type TestZoho } from './zoho-client.ts';

let zoho: TestZoho;
let salesiq: Credentials;
const tokenUrl = 'accounts.zoho.in/oauth/v2/token';

beforeEach(async () => {
  zoho = await startTestZoho();
  salesiq = zoho.plant({
    dataCenter: 'in',
    service: 'salesiq',
    scopes: ['SalesIQ.conversations.READ', 'SalesIQ.conversations.CREATE'],
  });
});
afterEach(() => zoho.close());

test('plants credentials in the shapes that Zoho uses', () => {
  expect(salesiq.client_id).toMatch(/^1000\.[A-Z0-9]{30}$/);
  expect(salesiq.refresh_token).toMatch(/^1000\.[0-9a-f]{32}\.[0-9a-f]{32}$/);
});

test('answers a refresh with a token of the client’s prefix and no refresh token', async () => {
  const { status, body } = await zoho.refresh(salesiq);
  expect(status).toBe(200);
  expect(body).toEqual({
    access_token: expect.stringMatching(/^1000\.[0-9a-f]{32}\.[0-9a-f]{32}$/),
    scope: 'SalesIQ.conversations.READ SalesIQ.conversations.CREATE',
    api_domain: 'https://www.zohoapis.in',
    token_type: 'Bearer',
    expires_in: 3600,
  });
  const organisation = zoho.plant({
    dataCenter: 'ca',
    service: 'desk',
    prefix: '1005.',
    scopes: ['Desk.basic.READ'],
  });
  const other = await zoho.refresh(organisation, 'accounts.zohocloud.ca');
  expect(other.body.access_token).toMatch(/^1005\./);
  expect(other.body.api_domain).toBe('https://www.zohoapis.ca');
});

test('takes the parameters from the query string, and the client from HTTP Basic', async () => {
  const query = new URLSearchParams({ grant_type: 'refresh_token', ...salesiq });
  expect((await zoho.call(`${tokenUrl}?${query}`, { method: 'POST' })).body).toHaveProperty('access_token');
  const basic = Buffer.from(`${salesiq.client_id}:${salesiq.client_secret}`).toString('base64');
  const { body } = await zoho.call(tokenUrl, {
    ...form({ grant_type: 'refresh_token', refresh_token: salesiq.refresh_token }),
    headers: { authorization: `Basic ${basic}` },
  });
  expect(body).toHaveProperty('access_token');
});

test('names in the answer the scope that exists for one that only guides have', async () => {
  const desk = zoho.plant({
    dataCenter: 'in',
    service: 'desk',
    scopes: ['Desk.departments.READ', 'Desk.basic.READ'],
  });
  expect((await zoho.refresh(desk)).body.scope).toBe('Desk.basic.READ');
});

test('fails with status 200 for an unknown client, a wrong secret and a wrong refresh token', async () => {
  const answers = [
    await zoho.refresh({ ...salesiq, client_id: '1000.NOBODY' }),
    await zoho.refresh({ ...salesiq, client_secret: 'wrong' }),
    await zoho.refresh({ ...salesiq, refresh_token: 'wrong' }),
    await zoho.call(tokenUrl, form({ ...salesiq, grant_type: 'password' })),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(answers.map(({ body }) => body.error)).toEqual([
    'invalid_client',
    'invalid_client_secret',
    'invalid_code',
    'invalid_client',
  ]);
});

test('fails with status 400 for a GET and for a request without grant_type', async () => {
  const query = new URLSearchParams({ grant_type: 'refresh_token', ...salesiq });
  expect((await zoho.call(`${tokenUrl}?${query}`)).status).toBe(400);
  expect((await zoho.call(tokenUrl, form(salesiq))).status).toBe(400);
});

test('fails in another data centre: the client is unknown there, or the refresh token is', async () => {
  expect((await zoho.refresh(salesiq, 'accounts.zoho.eu')).body.error).toBe('invalid_client');
  const { client_id, client_secret } = salesiq;
  zoho.plant({ dataCenter: 'eu', service: 'salesiq', scopes: [], client: { client_id, client_secret } });
  expect((await zoho.refresh(salesiq, 'accounts.zoho.eu')).body.error).toBe('invalid_code');
});

test('fails for the refresh token of another client', async () => {
  const other = zoho.plant({ dataCenter: 'in', service: 'salesiq', scopes: [] });
  const mixed = { ...salesiq, refresh_token: other.refresh_token };
  expect((await zoho.refresh(mixed)).body.error).toBe('invalid_code');
});

test('fails after a revoke, a new secret and the deletion of the client', async () => {
  const secret = zoho.rotateSecret(salesiq.client_id);
  expect((await zoho.refresh(salesiq)).body.error).toBe('invalid_client_secret');
  const copied = { ...salesiq, client_secret: secret };
  const accessToken = await zoho.accessToken(copied);
  zoho.revoke(salesiq.refresh_token);
  expect((await zoho.refresh(copied)).body.error).toBe('invalid_code');
  expect(zoho.isLive(accessToken)).toBe(false);
  zoho.deleteClient(salesiq.client_id);
  expect((await zoho.refresh(copied)).body.error).toBe('invalid_client');
});

test('revokes an access token alone, and a refresh token with its access tokens', async () => {
  const [first, second] = [await zoho.accessToken(salesiq), await zoho.accessToken(salesiq)];
  const revoked = await zoho.call(`accounts.zoho.in/oauth/v2/token/revoke?token=${first}`, {
    method: 'POST',
  });
  expect(revoked.body).toEqual({ status: 'success' });
  expect([zoho.isLive(first), zoho.isLive(second)]).toEqual([false, true]);
  const { refresh_token: token, ...client } = salesiq;
  await zoho.call('accounts.zoho.in/oauth/v2/revoke/token', form({ token, ...client }));
  expect(zoho.isLive(second)).toBe(false);
  expect((await zoho.refresh(salesiq)).body.error).toBe('invalid_code');
});

test('fails to revoke a token that is not there, with status 400', async () => {
  const answer = await zoho.call('accounts.zoho.in/oauth/v2/token/revoke?token=x', { method: 'POST' });
  expect(answer.status).toBe(400);
});

test('fails to plant a service where Zoho lists no host', () => {
  expect(() => zoho.plant({ dataCenter: 'uk', service: 'desk', scopes: [] })).toThrow('no desk host in uk');
});
