import { expect } from 'vitest';
import type { Credentials } from '../../../local/zoho/levers.ts';
import { type TestZoho, test } from './zoho-client.ts';

/** What became of so many refreshes, one after the other. */
async function refresh(zoho: TestZoho, credentials: Credentials, times = 1): Promise<string[]> {
  for (let count = 0; count < times; count += 1) await zoho.refresh(credentials);
  return zoho.requests.slice(-times).map(({ outcome }) => outcome);
}

const another = (zoho: TestZoho, { client_id, client_secret }: Credentials) =>
  zoho.plant({ dataCenter: 'in', service: 'desk', scopes: [], client: { client_id, client_secret } });

test('lets a token live for an hour, whatever is issued after it', async ({ zoho, desk }) => {
  const first = await zoho.accessToken(desk);
  zoho.step(1800);
  const second = await zoho.accessToken(desk);
  zoho.step(1799);
  expect([zoho.isLive(first), zoho.isLive(second)]).toEqual([true, true]);
  zoho.step(1);
  expect([zoho.isLive(first), zoho.isLive(second)]).toEqual([false, true]);
  expect(zoho.liveTokens(desk.refresh_token)).toEqual([second]);
});

test('kills the oldest of eleven live tokens', async ({ zoho, desk }) => {
  const first = await zoho.accessToken(desk);
  await refresh(zoho, desk, 9);
  expect(zoho.isLive(first)).toBe(true);
  zoho.step(600);
  await refresh(zoho, desk);
  expect(zoho.isLive(first)).toBe(false);
  expect(zoho.liveTokens(desk.refresh_token)).toHaveLength(10);
});

test('throttles the eleventh request in ten minutes, until ten quiet minutes', async ({ zoho, desk }) => {
  expect(await refresh(zoho, desk, 10)).toEqual(Array(10).fill('issued'));
  const { status, body } = await zoho.refresh(desk);
  expect([status, body]).toMatchObject([400, { error: 'Access Denied', status: 'failure' }]);
  for (let round = 0; round < 4; round += 1) {
    zoho.step(599);
    expect(await refresh(zoho, desk)).toEqual(['throttled']);
  }
  zoho.step(600);
  expect(await refresh(zoho, desk)).toEqual(['issued']);
});

test('counts rejected requests and answers that a fault replaced, too', async ({ zoho, desk }) => {
  const outcomes = await refresh(zoho, { ...desk, client_secret: 'wrong' }, 11);
  expect(outcomes).toEqual([...Array(10).fill('invalid_client_secret'), 'throttled']);
  expect(await refresh(zoho, desk)).toEqual(['throttled']);
  const other = another(zoho, desk);
  zoho.faults.set('html_502', { times: 10 });
  await refresh(zoho, other, 10);
  expect(await refresh(zoho, other)).toEqual(['throttled']);
});

test('counts per refresh token, and per client if that is unknown', async ({ zoho, desk }) => {
  await refresh(zoho, desk, 11);
  expect(await refresh(zoho, another(zoho, desk))).toEqual(['issued']);
  const guesses = [];
  for (let count = 0; count < 11; count += 1)
    guesses.push(...(await refresh(zoho, { ...desk, refresh_token: `guess ${count}` })));
  expect(guesses).toEqual([...Array(10).fill('invalid_code'), 'throttled']);
});

test('kills the first refresh token of a client when it gets the twenty-first', async ({ zoho, desk }) => {
  const accessToken = await zoho.accessToken(desk);
  const others = Array.from({ length: 19 }, () => another(zoho, desk));
  expect(zoho.isLive(accessToken)).toBe(true);
  another(zoho, desk);
  expect(zoho.isLive(accessToken)).toBe(false);
  expect(await refresh(zoho, desk)).toEqual(['invalid_code']);
  expect(await refresh(zoho, others[0] ?? desk)).toEqual(['issued']);
});
