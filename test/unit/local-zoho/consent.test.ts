import { expect } from 'vitest';
import { form, type TestZoho, test } from './zoho-client.ts';

const redirectUri = 'http://127.0.0.1:8400/callback';
const elsewhere = 'http://127.0.0.1:9/x';
const scope = 'SalesIQ.conversations.READ,SalesIQ.conversations.CREATE';

const register = (zoho: TestZoho, prefix: '1000.' | '1005.' = '1000.') =>
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

/** What the user's decision brings back to the redirect URI. */
async function decide(zoho: TestZoho, url: string, decision = 'grant'): Promise<Record<string, string>> {
  const { text } = await zoho.call(url);
  const action = /action="([^"]+)"/.exec(text)?.[1] ?? '';
  const { status, headers } = await zoho.call(action.replaceAll('&#38;', '&').slice(1), form({ decision }));
  expect(status).toBe(302);
  const location = new URL(headers.get('location') ?? '');
  expect(location.origin + location.pathname).toBe(redirectUri);
  return Object.fromEntries(location.searchParams);
}

type Client = { client_id: string; client_secret: string };
const exchange = (zoho: TestZoho, client: Client, code = '', redirect_uri = redirectUri) =>
  zoho.call(
    'accounts.zoho.in/oauth/v2/token',
    form({ grant_type: 'authorization_code', code, redirect_uri, ...client }),
  );

test('goes back with a no, or with a code, the location and the accounts server; always with the state', async ({
  zoho,
}) => {
  const client = register(zoho);
  const url = consentUrl(client.client_id, { code_challenge: 'ignored' });
  expect(await decide(zoho, url, 'deny')).toEqual({ error: 'access_denied', state: 'a state' });
  zoho.faults.set('no_org', { times: 2 });
  expect(await decide(zoho, url)).toEqual({ error: 'no_org', state: 'a state' });
  const back = await decide(zoho, url);
  expect(back).toEqual({
    code: expect.stringMatching(/^1000\./),
    location: 'in',
    'accounts-server': 'https://accounts.zoho.in',
    state: 'a state',
  });
  const { body } = await exchange(zoho, client, back.code);
  expect(body).toMatchObject({ scope: scope.replace(',', ' '), expires_in: 3600 });
  await zoho.accessToken({ ...client, refresh_token: `${body.refresh_token}` });
});

test('gives a refresh token for offline access, and on a second consent with prompt', async ({ zoho }) => {
  const client = register(zoho);
  const grant = async (changes: Record<string, string>) => {
    const { code } = await decide(zoho, consentUrl(client.client_id, changes));
    return (await exchange(zoho, client, code)).body;
  };
  expect(await grant({ access_type: 'online' })).not.toHaveProperty('refresh_token');
  expect(await grant({})).toHaveProperty('refresh_token');
  const second = await grant({});
  expect(second).not.toHaveProperty('refresh_token');
  expect(zoho.isLive(`${second.access_token}`)).toBe(true);
  expect(await grant({ prompt: 'consent' })).toHaveProperty('refresh_token');
});

test.for([
  ['invalid_scope', { scope: 'Desk.departments.READ' }],
  ['invalid_scope', { scope: 'ZohoSalesIQ.conversations.READ' }],
  ['invalid_scope', { scope: 'Desk.basic.READ Desk.calls.READ' }],
  ['client ID does not exist', { client_id: '1000.X' }],
  ['invalid_redirect_uri', { redirect_uri: elsewhere }],
  ['invalid response type', { response_type: 'token' }],
] as [string, Record<string, string>][])('fails with %s for %j', async ([words, changes], { zoho }) => {
  const { status, text } = await zoho.call(consentUrl(register(zoho).client_id, changes));
  expect(status).toBe(400);
  expect(text).toContain(words);
});

test('takes organisation clients at the organisation page, for one app, and no others', async ({ zoho }) => {
  const organisation = register(zoho, '1005.');
  const at = (clientId: string, changes = {}) => consentUrl(clientId, changes, '/oauth/v2/org/auth');
  const { code } = await decide(zoho, at(organisation.client_id));
  expect((await exchange(zoho, organisation, code)).body.access_token).toMatch(/^1005\./);
  expect((await zoho.call(at(register(zoho).client_id))).text).toContain('client ID does not exist');
  const both = at(organisation.client_id, { scope: 'SalesIQ.conversations.READ,Desk.basic.READ' });
  expect((await zoho.call(both)).text).toContain('invalid_scope');
});

test('fails to exchange a code twice, late, for another client or to another URI', async ({ zoho }) => {
  const client = register(zoho);
  const consent = () => decide(zoho, consentUrl(client.client_id, { prompt: 'consent' }));
  const { code: used } = await consent();
  const outcomes = [
    await exchange(zoho, client, used, elsewhere),
    await exchange(zoho, register(zoho), used),
    await exchange(zoho, client, used),
    await exchange(zoho, client, used),
  ].map(({ body }) => body.error);
  expect(outcomes).toEqual(['invalid_redirect_uri', 'invalid_code', undefined, 'invalid_code']);
  const { code: late } = await consent();
  zoho.step(120);
  expect((await exchange(zoho, client, late)).body.error).toBe('invalid_code');
});
