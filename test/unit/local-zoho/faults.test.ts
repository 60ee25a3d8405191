import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Fault, faultNames } from '../../../local/faults/zoho-faults.ts';
import type { Credentials } from '../../../local/zoho/planting.ts';
import { startTestZoho, type TestZoho } from './zoho-client.ts';

let zoho: TestZoho;
let desk: Credentials;
const departments = 'desk.zoho.in/api/v1/departments?limit=1';

beforeEach(async () => {
  zoho = await startTestZoho();
  desk = zoho.plant({
    dataCenter: 'in',
    service: 'desk',
    orgId: '77',
    scopes: ['Desk.basic.READ', 'Desk.activities.READ'],
  });
});
afterEach(() => zoho.close());

const probe = (accessToken: string) =>
  zoho.call(departments, { headers: { authorization: `Zoho-oauthtoken ${accessToken}`, orgId: '77' } });

test.each<[Fault, number, unknown]>([
  ['invalid_client', 200, { error: 'invalid_client' }],
  ['invalid_client_secret', 200, { error: 'invalid_client_secret' }],
  ['invalid_code', 200, { error: 'invalid_code' }],
  ['general_error', 200, { error: 'general_error' }],
  ['access_denied', 200, { error: 'access_denied' }],
  ['throttle_400', 400, expect.objectContaining({ error: 'Access Denied', status: 'failure' })],
  ['throttle_200', 200, expect.objectContaining({ error: 'Access Denied', status: 'failure' })],
  ['throttle_localised_400', 400, expect.objectContaining({ status: 'failure' })],
  ['throttle_localised_200', 200, expect.objectContaining({ status: 'failure' })],
  ['empty_object', 200, {}],
  ['http_500', 500, expect.anything()],
])('fails with %s in place of a token, and issues none', async (fault, status, body) => {
  zoho.faults.set(fault);
  const answer = await zoho.refresh(desk);
  expect(answer.status).toBe(status);
  expect(answer.body).toEqual(body);
  expect(zoho.liveTokens(desk.refresh_token)).toEqual([]);
});

test('says nothing in English when a localised throttle answers', async () => {
  zoho.faults.set('throttle_localised_400');
  expect((await zoho.refresh(desk)).text).not.toMatch(/denied|requests/i);
});

test.each<[Fault, number]>([
  ['html_200', 200],
  ['html_429', 429],
  ['html_502', 502],
])('fails with a page for %s', async (fault, status) => {
  zoho.faults.set(fault);
  const answer = await zoho.refresh(desk);
  expect(answer.status).toBe(status);
  expect(answer.text).toContain('<html');
});

test('fails with an empty body, and with a redirect that stays on loopback', async () => {
  zoho.faults.set('empty_body', { times: 1 });
  expect(await zoho.refresh(desk)).toMatchObject({ status: 200, text: '' });
  zoho.faults.set('redirect');
  const answer = await zoho.refresh(desk);
  expect(answer.status).toBe(302);
  expect(answer.headers.get('location')).toBe(`${zoho.url}/elsewhere.example/oauth/v2/token`);
});

test.each<[Fault, Record<string, unknown>]>([
  ['no_scope', { scope: undefined }],
  ['comma_scopes', { scope: 'Desk.basic.READ,Desk.activities.READ' }],
  ['missing_scope:Desk.departments.READ', { scope: 'Desk.activities.READ' }],
  ['missing_scope:Desk.calls.READ', { scope: 'Desk.basic.READ' }],
  ['no_api_domain', { api_domain: undefined }],
  ['foreign_api_domain', { api_domain: 'https://www.zohoapis.com' }],
  ['no_expires_in', { expires_in: undefined }],
  ['legacy_milliseconds', { expires_in: 3_600_000, expires_in_sec: 3600 }],
  ['short_lifetime', { expires_in: 300 }],
  ['long_lifetime', { expires_in: 604_800 }],
  ['wrong_types', { access_token: [expect.any(String)], expires_in: '3600' }],
  ['wrong_prefix:1005.', { access_token: expect.stringMatching(/^1005\./) }],
  ['undefined_token', { access_token: 'undefined' }],
  ['null_token', { access_token: null }],
])('distorts the answer to a refresh with %s', async (fault, fields) => {
  zoho.faults.set(fault);
  const { status, body } = await zoho.refresh(desk);
  expect(status).toBe(200);
  for (const [name, value] of Object.entries(fields)) expect(body[name]).toEqual(value);
  expect(zoho.liveTokens(desk.refresh_token)).toHaveLength(1);
});

test('distorts an answer in several ways at once', async () => {
  zoho.faults.set('no_scope');
  zoho.faults.set('no_api_domain');
  expect(Object.keys((await zoho.refresh(desk)).body)).toEqual(['access_token', 'token_type', 'expires_in']);
});

test('lets the services see a dropped scope and a token that was issued dead', async () => {
  zoho.faults.set('missing_scope:Desk.departments.READ', { times: 1 });
  expect((await probe(await zoho.accessToken(desk))).body.errorCode).toBe('SCOPE_MISMATCH');
  zoho.faults.set('minted_dead', { times: 1 });
  expect((await probe(await zoho.accessToken(desk))).body.errorCode).toBe('INVALID_OAUTH');
  expect((await probe(await zoho.accessToken(desk))).status).toBe(200);
});

test('ends a token of five minutes after five minutes', async () => {
  zoho.faults.set('short_lifetime');
  const accessToken = await zoho.accessToken(desk);
  zoho.step(300);
  expect(zoho.isLive(accessToken)).toBe(false);
});

test('hands out a new refresh token that works beside the old one', async () => {
  zoho.faults.set('new_refresh_token', { times: 1 });
  const { body } = await zoho.refresh(desk);
  expect(body.refresh_token).toMatch(/^1000\./);
  expect(body.refresh_token).not.toBe(desk.refresh_token);
  await zoho.accessToken({ ...desk, refresh_token: `${body.refresh_token}` });
  await zoho.accessToken(desk);
});

test('fails with an answer that echoes the secrets, and keeps them out of its own log', async () => {
  for (const fault of ['echo_secret', 'echo_secret_error'] as const) {
    zoho.faults.clear();
    zoho.faults.set(fault);
    const { text } = await zoho.refresh(desk);
    expect(text).toContain(desk.refresh_token);
    expect(text).toContain(desk.client_secret);
  }
  const log = JSON.stringify(zoho.requests);
  expect(log).not.toContain(desk.refresh_token);
  expect(log).not.toContain(desk.client_secret);
});

test('fails without an answer when the connection hangs or is cut, though a token was issued', async () => {
  zoho.faults.set('hang', { times: 1 });
  const hanging = new AbortController();
  const request = fetch(`${zoho.url}/accounts.zoho.in/oauth/v2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'refresh_token', ...desk }),
    signal: hanging.signal,
  });
  await expect.poll(() => zoho.requests[0]?.outcome).toBe('hang');
  hanging.abort();
  await expect(request).rejects.toThrow();
  expect(zoho.requests[0]).toMatchObject({ status: 0, answeredAt: 0 });
  zoho.faults.set('cut_connection_before', { times: 1 });
  await expect(zoho.refresh(desk)).rejects.toThrow();
  zoho.faults.set('cut_connection_during', { times: 1 });
  await expect(zoho.refresh(desk)).rejects.toThrow();
  expect(zoho.liveTokens(desk.refresh_token)).toHaveLength(3);
});

test('drips an answer byte by byte', async () => {
  zoho.faults.set('slow_drip');
  const response = await fetch(`${zoho.url}/accounts.zoho.in/oauth/v2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'refresh_token', ...desk }),
  });
  const reader = response.body?.getReader();
  expect((await reader?.read())?.value).toHaveLength(1);
  await reader?.cancel();
});

test('sends twenty megabytes that are still a valid answer', async () => {
  zoho.faults.set('huge');
  const { text, body } = await zoho.refresh(desk);
  expect(text.length).toBeGreaterThan(20_000_000);
  expect(body).toHaveProperty('access_token');
});

test('happens as often as asked, and to whom asked', async () => {
  const other = zoho.plant({ dataCenter: 'in', service: 'desk', scopes: [] });
  zoho.faults.set('invalid_code', { refreshToken: desk.refresh_token, times: 2 });
  zoho.faults.set('general_error', { clientId: other.client_id });
  zoho.faults.set('html_502', { host: 'accounts.zoho.eu' });
  const outcomes = [];
  for (const credentials of [desk, other, desk, desk]) {
    await zoho.refresh(credentials);
    outcomes.push(zoho.requests.at(-1)?.outcome);
  }
  expect(outcomes).toEqual(['invalid_code', 'general_error', 'invalid_code', 'issued']);
  expect(zoho.faults.list()).toEqual([
    { fault: 'general_error', scope: { clientId: other.client_id }, hits: 1 },
    { fault: 'html_502', scope: { host: 'accounts.zoho.eu' }, hits: 0 },
  ]);
  zoho.faults.clear();
  expect(zoho.faults.list()).toEqual([]);
});

test('leaves the services alone unless the scope of the fault names them', async () => {
  const accessToken = await zoho.accessToken(desk);
  zoho.faults.set('html_502');
  expect((await probe(accessToken)).status).toBe(200);
  zoho.faults.set('html_502', { host: 'desk.zoho.in', times: 1 });
  expect((await probe(accessToken)).status).toBe(502);
  zoho.faults.set('redirect', { path: '/api/v1/departments' });
  const { headers } = await probe(accessToken);
  expect(headers.get('location')).toBe(`${zoho.url}/accounts.zoho.com/signin`);
});

test('shows no refresh token in the list of faults', () => {
  zoho.faults.set('invalid_code', { refreshToken: desk.refresh_token });
  expect(JSON.stringify(zoho.faults.list())).not.toContain(desk.refresh_token);
});

test('fails to switch on a fault that does not exist or lacks its argument', () => {
  expect(() => zoho.faults.set('nonsense' as Fault)).toThrow('unknown fault nonsense');
  expect(() => zoho.faults.set('salesiq')).toThrow('needs an argument');
  expect(() => zoho.faults.set('hang:1')).toThrow('takes no argument');
  expect(faultNames).toContain('minted_dead');
});
