import { expect } from 'vitest';
import { form, test } from './zoho-client.ts';

const tokenUrl = 'accounts.zoho.in/oauth/v2/token';
const grant_type = 'refresh_token';
const tokenShape = /^1000\.[0-9a-f]{32}\.[0-9a-f]{32}$/;

test('answers a refresh with a token of the client’s prefix and no refresh token', async ({ zoho, desk }) => {
  expect(desk.client_id).toMatch(/^1000\.[A-Z0-9]{30}$/);
  expect(desk.refresh_token).toMatch(tokenShape);
  const { status, body } = await zoho.refresh(desk);
  expect(status).toBe(200);
  expect(body).toEqual({
    access_token: expect.stringMatching(tokenShape),
    scope: 'Desk.basic.READ Desk.activities.READ',
    api_domain: 'https://www.zohoapis.in',
    token_type: 'Bearer',
    expires_in: 3600,
  });
});

test('takes the parameters from the query string, and the client from HTTP Basic', async ({ zoho, desk }) => {
  const query = new URLSearchParams({ grant_type, ...desk });
  const inQuery = await zoho.call(`${tokenUrl}?${query}`, { method: 'POST' });
  const authorization = `Basic ${Buffer.from(`${desk.client_id}:${desk.client_secret}`).toString('base64')}`;
  const inForm = form({ grant_type, refresh_token: desk.refresh_token });
  const inHeader = await zoho.call(tokenUrl, { ...inForm, headers: { authorization } });
  for (const { body } of [inQuery, inHeader]) expect(body).toHaveProperty('access_token');
});

test('a revoked refresh token takes its access tokens along; what is no token cannot be revoked', async ({
  zoho,
  desk,
}) => {
  const token = await zoho.accessToken(desk);
  const revoke = (at: string) => zoho.call(`accounts.zoho.in/oauth/v2/${at}`, { method: 'POST' });
  const { refresh_token: refreshToken } = desk;
  expect(await revoke(`revoke/token?token=${refreshToken}`)).toMatchObject({ status: 400 });
  expect(await revoke(`token/revoke?token=${refreshToken}`)).toMatchObject({
    status: 200,
    body: { status: 'success' },
  });
  expect(await revoke(`token/revoke?token=${refreshToken}`)).toMatchObject({ status: 400 });
  expect((await zoho.refresh(desk)).body).toEqual({ error: 'invalid_code' });
  expect((await zoho.withToken(token, 'desk.zoho.in/api/v1/organizations')).status).toBe(401);
  expect(JSON.stringify(zoho.requests)).not.toContain(refreshToken);
});

test('fails with status 200 for a wrong client, secret, refresh token or grant', async ({ zoho, desk }) => {
  const other = zoho.plant({ dataCenter: 'in', service: 'desk', scopes: [] });
  const answers = [
    await zoho.refresh({ ...desk, client_id: '1000.NOBODY' }),
    await zoho.refresh({ ...desk, client_secret: 'wrong' }),
    await zoho.refresh({ ...desk, refresh_token: 'wrong' }),
    await zoho.refresh({ ...desk, refresh_token: other.refresh_token }),
    await zoho.call(tokenUrl, form({ ...desk, grant_type: 'password' })),
  ].map(({ status, body }) => `${status} ${body.error}`);
  expect(answers).toEqual([
    '200 invalid_client',
    '200 invalid_client_secret',
    '200 invalid_code',
    '200 invalid_code',
    '200 invalid_client',
  ]);
});

test('fails with 400 for a GET and without grant_type', async ({ zoho, desk }) => {
  const query = new URLSearchParams({ grant_type, ...desk });
  expect((await zoho.call(`${tokenUrl}?${query}`)).status).toBe(400);
  expect((await zoho.call(tokenUrl, form(desk))).status).toBe(400);
});

test('fails elsewhere: the client is unknown there, or the refresh token', async ({ zoho, desk }) => {
  expect((await zoho.refresh(desk, 'accounts.zoho.eu')).body.error).toBe('invalid_client');
  const { client_id, client_secret } = desk;
  zoho.plant({ dataCenter: 'eu', service: 'desk', scopes: [], client: { client_id, client_secret } });
  expect((await zoho.refresh(desk, 'accounts.zoho.eu')).body.error).toBe('invalid_code');
  expect(() => zoho.plant({ dataCenter: 'uk', service: 'desk', scopes: [] })).toThrow('no desk host in uk');
});

test('fails after a revoke, a new secret and the deletion of the client', async ({ zoho, desk }) => {
  const client_secret = zoho.rotateSecret(desk.client_id);
  expect((await zoho.refresh(desk)).body.error).toBe('invalid_client_secret');
  const copied = { ...desk, client_secret };
  const accessToken = await zoho.accessToken(copied);
  zoho.revoke(desk.refresh_token);
  expect((await zoho.refresh(copied)).body.error).toBe('invalid_code');
  expect(zoho.isLive(accessToken)).toBe(false);
  zoho.deleteClient(desk.client_id);
  expect((await zoho.refresh(copied)).body.error).toBe('invalid_client');
});
