import { expect, it } from 'vitest';
import { openStage } from './open-stage.ts';

// Nights with an incident, over HTTP with the real bundle. Every line, wait and combination of faults is tried by the unit
// tests, every order of two runs by the interleavings, and weeks of both by the simulation.

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
