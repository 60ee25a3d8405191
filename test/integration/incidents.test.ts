import { expect, it } from 'vitest';
import { openStage } from './open-stage.ts';

// One night for each kind of incident, over HTTP with the real bundle. Every line, wait and combination of faults is tried
// by the unit tests, every order of two runs by the interleavings, and weeks of both by the simulation.

it('a revoked consent alerts at once, is critical once a probe finds the token dead, and ends with a new consent', async () => {
  const night = await openStage();
  await night.ticks(4);
  night.zoho.revoke(night.credentialsOf().refresh_token ?? '');
  await night.ticks(8);
  expect(night.told()).toEqual(['open:invalid_code:warning@20', 'escalated:invalid_code:critical@30']);
  expect(night.alerts()[1]?.impact).toContain('the stored token is rejected by Desk');
  night.consentAgain();
  await night.ticks(4);
  expect(night.told().slice(2)).toEqual(['resolved:invalid_code:warning@60']);
  expect(night.alerts()[2]?.impact).toContain('failed for 30 minutes, from 00:30 UTC to 01:00 UTC');
  expect([night.record()?.state, night.isGood()]).toEqual(['closed', true]);
});

it('an outage of two hours opens once, escalates as the life runs out, and is resolved once', async () => {
  const night = await openStage();
  await night.ticks(4);
  night.zoho.faults.set('cut_connection_before');
  await night.ticks(24);
  night.zoho.faults.clear();
  await night.ticks(3);
  expect(night.told()).toEqual([
    'open:zoho_unavailable:warning@40',
    'escalated:zoho_unavailable:critical@50',
    'escalated:zoho_unavailable:critical@60',
    'resolved:zoho_unavailable:warning@140',
  ]);
  expect(night.alerts()[0]?.since).toBe('2026-03-01T00:20:00.000Z');
  expect(night.asked().slice(1, 5)).toEqual([20, 25, 30, 35]);
});

it('a throttle is waited out for 15, 15, 30 and then 60 minutes, and alerts when the life runs short', async () => {
  const night = await openStage();
  await night.ticks(4);
  night.zoho.faults.set('throttle_localised_200');
  await night.ticks(13);
  night.zoho.faults.clear();
  await night.ticks(12);
  expect(night.asked().slice(1)).toEqual([20, 35, 50, 80, 140]);
  expect(night.told()).toEqual([
    'open:rate_limited:warning@40',
    'escalated:rate_limited:critical@50',
    'escalated:rate_limited:critical@60',
    'resolved:rate_limited:warning@140',
  ]);
});

it('a token that Zoho ended is replaced after the next probe, and nobody is alerted', async () => {
  const night = await openStage();
  await night.ticks(1);
  night.zoho.killAccessToken(night.document().access_token ?? '');
  await night.ticks(2);
  expect(night.isGood()).toBe(false);
  await night.ticks(1);
  expect([night.isGood(), night.told()]).toEqual([true, []]);
});

it('a connection that is not set up yet asks and alerts nobody, and is refreshed on the tick after its first consent', async () => {
  const night = await openStage();
  const planted = JSON.stringify(night.credentialsOf());
  night.secretsManager.put('zoho/desk/credentials', '{}');
  const [first] = await night.ticks(20);
  expect(night.resultOf(first ?? { lines: [] })).toMatchObject({
    outcome: 'waiting',
    code: 'credentials_missing',
    expires_at: null,
  });
  expect([night.zoho.requests, night.told()]).toEqual([[], []]);
  night.secretsManager.put('zoho/desk/credentials', planted);
  await night.ticks(1);
  expect(night.isGood()).toBe(true);
});

it('while SNS refuses, every invocation fails; the alert is tried on the next tick and then every half hour, and sent once', async () => {
  const night = await openStage();
  await night.ticks(4);
  night.zoho.faults.set('invalid_code');
  night.sns.faults.set({ kind: 'access_denied' });
  const ticks = await night.ticks(8);
  expect(ticks.filter(({ error }) => error === undefined)).toEqual([]);
  expect(ticks[0]?.error?.message).toContain('SNS did not take the alert');
  const tries = night.sns.calls.map(({ at }) => (at - Date.parse('2026-03-01T00:00:00Z')) / 60_000);
  expect([...new Set(tries)]).toEqual([20, 25, 55]);
  night.sns.faults.clear();
  await night.ticks(8);
  expect(night.told()).toEqual(['open:invalid_code:critical@85']);
});
