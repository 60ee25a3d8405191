import { describe, expect } from 'vitest';
import type { Fault } from '../../../local/faults/zoho-faults.ts';
import { type TestZoho, test } from './zoho-client.ts';

// Some are replies that people recorded at the real Zoho: reference/field-cases.md, "Zoho's words".

const probe = (zoho: TestZoho, token: string) =>
  zoho.withToken(token, 'desk.zoho.in/api/v1/departments?limit=1', { orgId: '77' });

describe('in place of a token', () => {
  const throttle = expect.stringMatching(/"Access Denied".*"failure"/);
  const localised = expect.stringMatching(/^(?!.*(denied|requests)).*"failure"/i);
  const bare = expect.stringMatching(/^(?!.*(denied|requests))\{"error_description":"[^"]+","error":"[^"]+"\}$/i);
  const z101 = JSON.stringify({
    response: 'error',
    code: 'Z101',
    cause: 'throttles_limit_exceeded',
    localized_message: 'You have made too many requests. Try again later.',
  });
  // What each of the others is judged as: judged.test.ts.
  test.for<[fault: string, status: number, text: unknown]>([
    ['refusal:unsupported_grant', 200, '{"error":"unsupported_grant"}'],
    ['throttle_400', 400, throttle],
    ['throttle_200', 200, throttle],
    ['throttle_localised_400', 400, localised],
    ['throttle_localised_200', 200, localised],
    ['throttle_localised_bare', 200, bare],
    ['throttle_z101_200', 200, z101],
    ['throttle_z101_400', 400, z101],
    ['redirect', 302, expect.anything()],
  ])('%s answers %i with %s, as recorded or documented', async ([fault, status, text], { zoho, desk }) => {
    zoho.faults.set(fault as Fault);
    const answer = await zoho.refresh(desk);
    expect([answer.status, answer.text]).toEqual([status, text]);
    const elsewhere = `${zoho.url}/elsewhere.example/oauth/v2/token`;
    if (status === 302) expect(answer.headers.get('location')).toBe(elsewhere);
    const isNamedHtml = answer.headers.get('content-type')?.startsWith('text/html');
    if (text === z101) expect(isNamedHtml).toBe(true);
  });
});

describe('a token', () => {
  test.for<[fault: Fault, ...answers: unknown[]]>([
    ['missing_scope:Desk.departments.READ', 'SCOPE_MISMATCH', 'SCOPE_MISMATCH'],
    ['minted_dead', 'INVALID_OAUTH', 'INVALID_OAUTH'],
    ['rejected_once', 'INVALID_OAUTH', undefined],
  ])('is seen by the service as %s says: %s, then %s', async ([fault, ...answers], { zoho, desk }) => {
    zoho.faults.set(fault, { times: 1 });
    const token = await zoho.accessToken(desk);
    const seen = [await probe(zoho, token), await probe(zoho, token)].map(({ body }) => body.errorCode);
    expect(seen).toEqual(answers);
    expect((await probe(zoho, await zoho.accessToken(desk))).status).toBe(200);
  });

  test('comes with a new refresh token that works beside the old one', async ({ zoho, desk }) => {
    zoho.faults.set('new_refresh_token', { times: 1 });
    const { body } = await zoho.refresh(desk);
    expect(body.refresh_token).toMatch(/^1000\./);
    expect(body.refresh_token).not.toBe(desk.refresh_token);
    await zoho.accessToken({ ...desk, refresh_token: `${body.refresh_token}` });
    await zoho.accessToken(desk);
  });
});

test('a connection that is cut gives no answer to an issued token', async ({ zoho, desk }) => {
  for (const fault of ['cut_connection_before', 'cut_connection_during'] as const) {
    zoho.faults.set(fault, { times: 1 });
    await expect(zoho.refresh(desk)).rejects.toThrow();
  }
  expect(zoho.liveTokens(desk.refresh_token)).toHaveLength(2);
});

test('a fault happens as often as asked, and to whom asked', async ({ zoho, desk }) => {
  const other = zoho.plant({ dataCenter: 'in', service: 'desk', scopes: [] });
  zoho.faults.set('invalid_code', { refreshToken: desk.refresh_token, times: 2 });
  zoho.faults.set('general_error', { clientId: other.client_id });
  zoho.faults.set('html_502', { host: 'accounts.zoho.eu' });
  for (const credentials of [desk, other, desk, desk]) await zoho.refresh(credentials);
  const outcomes = zoho.requests.map(({ outcome }) => outcome);
  expect(outcomes).toEqual(['invalid_code', 'general_error', 'invalid_code', 'issued']);
  const hits = zoho.faults.list().map((each) => [each.rule.fault, each.hits]);
  expect(hits).toEqual([
    ['general_error', 1],
    ['html_502', 0],
  ]);
  zoho.faults.clear();
  expect(zoho.faults.list()).toEqual([]);
});

test('a fault leaves the services alone unless its scope names them', async ({ zoho, desk }) => {
  const accessToken = await zoho.accessToken(desk);
  zoho.faults.set('html_502');
  expect((await probe(zoho, accessToken)).status).toBe(200);
  zoho.faults.set('html_502', { host: 'desk.zoho.in', times: 1 });
  expect((await probe(zoho, accessToken)).status).toBe(502);
  zoho.faults.set('html_401', { host: 'desk.zoho.in', times: 1 });
  const page = expect.stringContaining('<title>Zoho Desk - Error</title>');
  expect(await probe(zoho, accessToken)).toMatchObject({ status: 401, text: page });
  zoho.faults.set('redirect', { path: '/api/v1/departments' });
  const { headers } = await probe(zoho, accessToken);
  expect(headers.get('location')).toBe(`${zoho.url}/accounts.zoho.com/signin`);
});

test('fails to switch on a fault that does not exist or lacks its argument', ({ zoho }) => {
  expect(() => zoho.faults.set('nonsense' as Fault)).toThrow('unknown fault nonsense');
  expect(() => zoho.faults.set('salesiq')).toThrow('needs an argument');
  expect(() => zoho.faults.set('hang:1')).toThrow('takes no argument');
});
