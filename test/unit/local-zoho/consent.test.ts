import { afterEach, beforeEach, expect, test } from 'vitest';
import { form, startTestZoho, type TestZoho } from './zoho-client.ts';

let zoho: TestZoho;
const redirectUri = 'http://127.0.0.1:8400/callback';
const scope = 'SalesIQ.conversations.READ,SalesIQ.conversations.CREATE';

beforeEach(async () => {
  zoho = await startTestZoho();
});
afterEach(() => zoho.close());

const register = (prefix: '1000.' | '1005.' = '1000.') =>
  zoho.registerClient({ dataCenter: 'in', prefix, redirectUris: [redirectUri] });

function consentUrl(clientId: string, changes: Record<string, string> = {}, path = '/oauth/v2/auth'): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    scope,
    redirect_uri: redirectUri,
    access_type: 'offline',
    state: 'a state',
    ...changes,
  });
  return `accounts.zoho.in${path}?${query}`;
}

async function decide(url: string, decision: 'grant' | 'deny'): Promise<URLSearchParams> {
  const { text } = await zoho.call(url);
  const action = [...text.matchAll(/action="([^"]+)"/g)].map(([, found = '']) => found)[0] ?? '';
  const target = action.replaceAll('&#38;', '&').slice(1);
  const { status, headers } = await zoho.call(target, form({ decision }));
  expect(status).toBe(302);
  const location = new URL(headers.get('location') ?? '');
  expect(location.origin + location.pathname).toBe(redirectUri);
  return location.searchParams;
}

const exchange = (client: { client_id: string; client_secret: string }, code: string, uri = redirectUri) =>
  zoho.call(
    'accounts.zoho.in/oauth/v2/token',
    form({ grant_type: 'authorization_code', code, redirect_uri: uri, ...client }),
  );

test('goes back with a code, the location, the accounts server and the state', async () => {
  const client = register();
  const back = await decide(consentUrl(client.client_id, { code_challenge: 'ignored' }), 'grant');
  expect(Object.fromEntries(back)).toEqual({
    code: expect.stringMatching(/^1000\./),
    location: 'in',
    'accounts-server': 'https://accounts.zoho.in',
    state: 'a state',
  });
  const { body } = await exchange(client, back.get('code') ?? '');
  expect(body).toMatchObject({ scope: scope.replace(',', ' '), expires_in: 3600 });
  const credentials = { ...client, refresh_token: `${body.refresh_token}` };
  expect((await zoho.refresh(credentials)).body).toHaveProperty('access_token');
});

test('shows what is asked for on a page without script', async () => {
  const { status, text } = await zoho.call(consentUrl(register().client_id));
  expect(status).toBe(200);
  expect(text).toContain('<li>SalesIQ.conversations.CREATE</li>');
  expect(text).not.toContain('<script');
});

test('goes back with access_denied when the user says no', async () => {
  const back = await decide(consentUrl(register().client_id), 'deny');
  expect(Object.fromEntries(back)).toEqual({ error: 'access_denied', state: 'a state' });
});

test('gives no refresh token without offline access, nor on a second consent without prompt', async () => {
  const client = register();
  const grant = async (changes: Record<string, string>) => {
    const back = await decide(consentUrl(client.client_id, changes), 'grant');
    return (await exchange(client, back.get('code') ?? '')).body;
  };
  expect(await grant({ access_type: 'online' })).not.toHaveProperty('refresh_token');
  expect(await grant({})).toHaveProperty('refresh_token');
  const second = await grant({});
  expect(second).not.toHaveProperty('refresh_token');
  expect(zoho.isLive(`${second.access_token}`)).toBe(true);
  expect(await grant({ prompt: 'consent' })).toHaveProperty('refresh_token');
});

test.each([
  'Desk.departments.READ',
  'SalesIQ.chats.READ',
  'ZohoSalesIQ.conversations.READ',
  'Desk.basic.READ Desk.calls.READ',
  '',
])('fails with invalid_scope for "%s"', async (wrong) => {
  const { status, text } = await zoho.call(consentUrl(register().client_id, { scope: wrong }));
  expect(status).toBe(400);
  expect(text).toContain('invalid_scope');
});

test('fails for an unknown client, a redirect URI that is not registered and another response type', async () => {
  const { client_id } = register();
  expect((await zoho.call(consentUrl('1000.X'))).text).toContain('client ID does not exist');
  const elsewhere = consentUrl(client_id, { redirect_uri: 'http://127.0.0.1:9/x' });
  expect((await zoho.call(elsewhere)).text).toContain('invalid_redirect_uri');
  expect((await zoho.call(consentUrl(client_id, { response_type: 'token' }))).status).toBe(400);
});

test('takes organisation clients at the organisation page, for one app, and no others', async () => {
  const organisation = register('1005.');
  const at = (clientId: string, changes = {}) => consentUrl(clientId, changes, '/oauth/v2/org/auth');
  const back = await decide(at(organisation.client_id), 'grant');
  const { body } = await exchange(organisation, back.get('code') ?? '');
  expect(body.access_token).toMatch(/^1005\./);
  expect((await zoho.call(at(register().client_id))).text).toContain('client ID does not exist');
  const both = at(organisation.client_id, { scope: 'SalesIQ.conversations.READ,Desk.basic.READ' });
  expect((await zoho.call(both)).text).toContain('invalid_scope');
});

test('fails to exchange a code twice, too late, for another client or with another redirect URI', async () => {
  const client = register();
  const code = async () =>
    (await decide(consentUrl(client.client_id, { prompt: 'consent' }), 'grant')).get('code') ?? '';
  const used = await code();
  expect((await exchange(client, used, 'http://127.0.0.1:9/x')).body.error).toBe('invalid_redirect_uri');
  expect((await exchange(register(), used)).body.error).toBe('invalid_code');
  expect((await exchange(client, used)).body).toHaveProperty('refresh_token');
  expect((await exchange(client, used)).body.error).toBe('invalid_code');
  const late = await code();
  zoho.step(120);
  expect((await exchange(client, late)).body.error).toBe('invalid_code');
});

test('exchanges the code of a self client without a redirect URI', async () => {
  const client = zoho.registerClient({ dataCenter: 'in' });
  const code = zoho.selfClientCode({ clientId: client.client_id, scopes: ['Desk.basic.READ'], orgId: '77' });
  const { body } = await zoho.call(
    'accounts.zoho.in/oauth/v2/token',
    form({ grant_type: 'authorization_code', code, ...client }),
  );
  expect(body.refresh_token).toMatch(/^1000\./);
  const headers = { authorization: `Zoho-oauthtoken ${body.access_token}`, orgId: '77' };
  expect((await zoho.call('desk.zoho.in/api/v1/departments', { headers })).status).toBe(200);
});

test('fails to make a self client code for a scope that does not exist or an organisation client', () => {
  const clientId = register().client_id;
  expect(() => zoho.selfClientCode({ clientId, scopes: ['Desk.departments.READ'] })).toThrow('invalid_scope');
  const organisation = register('1005.').client_id;
  expect(() => zoho.selfClientCode({ clientId: organisation, scopes: [scope] })).toThrow('no self client');
});
