import { expect } from 'vitest';
import type { Fault } from '../../../local/faults/zoho-faults.ts';
import { type TestZoho, test } from './zoho-client.ts';

// What every answer is judged as: judged.test.ts; what becomes of tokens under each: the fault matrix.

const probe = (zoho: TestZoho, token: string) =>
  zoho.withToken(token, 'desk.zoho.in/api/v1/departments?limit=1', { orgId: '77' });

test('a good token is rejected once, and the next one never', async ({ zoho, desk }) => {
  zoho.faults.set('rejected_once', { times: 1 });
  const token = await zoho.accessToken(desk);
  const statuses = [
    await probe(zoho, token),
    await probe(zoho, token),
    await probe(zoho, await zoho.accessToken(desk)),
  ];
  expect(statuses.map(({ status }) => status)).toEqual([401, 200, 200]);
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
  expect(Object.fromEntries(hits)).toEqual({ general_error: 1, html_502: 0 });
  zoho.faults.clear();
  expect(zoho.faults.list()).toEqual([]);
});

test('a fault leaves the services alone unless its scope names them', async ({ zoho, desk }) => {
  const accessToken = await zoho.accessToken(desk);
  zoho.faults.set('html_502');
  expect((await probe(zoho, accessToken)).status).toBe(200);
  zoho.faults.set('html_502', { host: 'desk.zoho.in', times: 1 });
  expect((await probe(zoho, accessToken)).status).toBe(502);
  zoho.faults.set('redirect', { path: '/api/v1/departments' });
  const { headers } = await probe(zoho, accessToken);
  expect(headers.get('location')).toBe(`${zoho.url}/accounts.zoho.com/signin`);
});

test('fails to switch on a fault that does not exist or lacks its argument', ({ zoho }) => {
  expect(() => zoho.faults.set('nonsense' as Fault)).toThrow('unknown fault nonsense');
  expect(() => zoho.faults.set('salesiq')).toThrow('needs an argument');
  expect(() => zoho.faults.set('hang:1')).toThrow('takes no argument');
});
