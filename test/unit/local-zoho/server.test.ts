import { expect } from 'vitest';
import { fingerprint } from '../../../local/zoho/made-up.ts';
import { test } from './zoho-client.ts';

test('breaks the connection for an unknown host, fails with 404 for a path', async ({ zoho, desk }) => {
  await expect(zoho.refresh(desk, 'accounts.zoho.example')).rejects.toThrow();
  await expect(zoho.call('salesiq.zoho.uk/api/v2/acme/departments')).rejects.toThrow();
  expect(zoho.requests.map(({ outcome }) => outcome)).toEqual(['unknown_host', 'unknown_host']);
  expect((await zoho.call('accounts.zoho.in/oauth/v3/token', { method: 'POST' })).status).toBe(404);
});

test('logs what arrived and what became of it, without secrets', async ({ zoho, desk }) => {
  const query = new URLSearchParams({ grant_type: 'refresh_token', ...desk });
  await zoho.call(`accounts.zoho.in/oauth/v2/token?${query}`, { method: 'POST' });
  const accessToken = zoho.liveTokens(desk.refresh_token)[0] ?? '';
  await zoho.withToken(accessToken, 'desk.zoho.in/api/v1/departments?limit=1', { orgId: '77' });
  await zoho.withToken(accessToken, 'desk.zoho.in/api/v1/calls', { method: 'POST', orgId: '77' });
  await zoho.call(`accounts.zoho.in/oauth/v2/token/revoke?token=${accessToken}`);
  const at = Date.UTC(2026, 10, 20, 9);
  const tail = { refreshTokenTail: fingerprint(desk.refresh_token) };
  expect(zoho.requests).toEqual([
    {
      at,
      host: 'accounts.zoho.in',
      path: '/oauth/v2/token',
      method: 'POST',
      kind: 'token',
      outcome: 'issued',
      ...tail,
    },
    expect.objectContaining({ kind: 'probe', path: '/api/v1/departments', outcome: 'ok', ...tail }),
    expect.objectContaining({ kind: 'operation', outcome: 'SCOPE_MISMATCH', ...tail }),
    expect.objectContaining({ kind: 'other', path: '/oauth/v2/token/revoke', outcome: 'invalid_request' }),
  ]);
});

test('waits before every answer when told to', async ({ zoho, desk }) => {
  zoho.faults.latency(30);
  const start = performance.now();
  await zoho.refresh(desk);
  expect(performance.now() - start).toBeGreaterThanOrEqual(28);
});
