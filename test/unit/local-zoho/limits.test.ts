import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Credentials } from '../../../local/zoho/planting.ts';
import { startTestZoho, type TestZoho } from './zoho-client.ts';

let zoho: TestZoho;
let desk: Credentials;
const wanted = { dataCenter: 'in', service: 'desk', scopes: ['Desk.basic.READ'] } as const;
const plant = () => zoho.plant({ ...wanted, scopes: [...wanted.scopes] });

beforeEach(async () => {
  zoho = await startTestZoho();
  desk = plant();
});
afterEach(() => zoho.close());

async function refreshTimes(times: number, credentials = desk): Promise<string[]> {
  for (let count = 0; count < times; count += 1) await zoho.refresh(credentials);
  return zoho.requests.slice(-times).map(({ outcome }) => outcome);
}

test('lets a token live for an hour, whatever is issued after it', async () => {
  const first = await zoho.accessToken(desk);
  zoho.step(1800);
  const second = await zoho.accessToken(desk);
  zoho.step(1799);
  expect([zoho.isLive(first), zoho.isLive(second)]).toEqual([true, true]);
  zoho.step(1);
  expect([zoho.isLive(first), zoho.isLive(second)]).toEqual([false, true]);
  expect(zoho.liveTokens(desk.refresh_token).map(({ accessToken }) => accessToken)).toEqual([second]);
});

test('kills the oldest of eleven live tokens', async () => {
  const first = await zoho.accessToken(desk);
  await refreshTimes(9);
  expect(zoho.isLive(first)).toBe(true);
  zoho.step(600);
  await refreshTimes(1);
  expect(zoho.isLive(first)).toBe(false);
  expect(zoho.liveTokens(desk.refresh_token)).toHaveLength(10);
});

test('throttles the eleventh request in ten minutes, with status 400 and its own shape', async () => {
  expect(await refreshTimes(10)).toEqual(Array(10).fill('issued'));
  const { status, body } = await zoho.refresh(desk);
  expect(status).toBe(400);
  expect(body).toMatchObject({ error: 'Access Denied', status: 'failure' });
});

test('counts rejected requests towards the throttle', async () => {
  const outcomes = await refreshTimes(11, { ...desk, client_secret: 'wrong' });
  expect(outcomes).toEqual([...Array(10).fill('invalid_client_secret'), 'throttled']);
  expect(await refreshTimes(1)).toEqual(['throttled']);
});

test('counts answers that a fault replaced, too', async () => {
  zoho.faults.set('html_502', { times: 10 });
  await refreshTimes(10);
  expect(await refreshTimes(1)).toEqual(['throttled']);
});

test('counts per refresh token, and per client where the refresh token is unknown', async () => {
  await refreshTimes(11);
  const { client_id, client_secret } = desk;
  const second = zoho.plant({ ...wanted, scopes: [], client: { client_id, client_secret } });
  expect(await refreshTimes(1, second)).toEqual(['issued']);
  const guesses = [];
  for (let count = 0; count < 11; count += 1) {
    guesses.push(...(await refreshTimes(1, { ...desk, refresh_token: `guess ${count}` })));
  }
  expect(guesses).toEqual([...Array(10).fill('invalid_code'), 'throttled']);
});

test('ends the block after ten quiet minutes only', async () => {
  await refreshTimes(11);
  for (let round = 0; round < 4; round += 1) {
    zoho.step(599);
    expect(await refreshTimes(1)).toEqual(['throttled']);
  }
  zoho.step(600);
  expect(await refreshTimes(1)).toEqual(['issued']);
});

test('ends the block only after half an hour of silence, where it is told to', async () => {
  await zoho.close();
  zoho = await startTestZoho({ throttleSilenceMilliseconds: 1_800_000 });
  desk = plant();
  await refreshTimes(11);
  zoho.step(1_799);
  expect(await refreshTimes(1)).toEqual(['throttled']);
  zoho.step(1_800);
  expect(await refreshTimes(1)).toEqual(['issued']);
});

test('lets ten requests in every ten minutes go on for ever', async () => {
  for (let minute = 0; minute < 60; minute += 1) {
    expect(await refreshTimes(1)).toEqual(['issued']);
    zoho.step(60);
  }
});

test('kills the first refresh token and its access tokens when a client gets its twenty-first', async () => {
  const accessToken = await zoho.accessToken(desk);
  const { client_id, client_secret } = desk;
  const others = Array.from({ length: 20 }, (_, index) => {
    if (index === 19) expect(zoho.isLive(accessToken)).toBe(true);
    return zoho.plant({ ...wanted, scopes: [], client: { client_id, client_secret } });
  });
  expect(zoho.isLive(accessToken)).toBe(false);
  expect(await refreshTimes(1)).toEqual(['invalid_code']);
  expect(await refreshTimes(1, others[0])).toEqual(['issued']);
});

test('kills access tokens on demand and leaves the refresh token alone', async () => {
  const [first, second] = [await zoho.accessToken(desk), await zoho.accessToken(desk)];
  zoho.killAccessToken(first);
  expect([zoho.isLive(first), zoho.isLive(second)]).toEqual([false, true]);
  zoho.killAccessTokensOf(desk.refresh_token);
  expect(zoho.liveTokens(desk.refresh_token)).toEqual([]);
  expect(await refreshTimes(1)).toEqual(['issued']);
});
