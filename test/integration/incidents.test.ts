import { describe, expect, it } from 'vitest';
import { openStage } from './open-stage.ts';

// One night for each kind of incident, over HTTP with the real bundle. Every line, wait and combination of faults is tried
// by the unit tests, the fault matrix and the simulation.

const reminders = (told: readonly string[]) => told.filter((alert) => alert.startsWith('reminder'));

describe('a refused refresh', () => {
  it('alerts at once, at 10 minutes left, at expiry and every six hours, and heals on the tick after the fix', async () => {
    const night = await openStage();
    await night.ticks(4);
    night.zoho.faults.set('invalid_code');
    await night.ticks(100);
    expect(night.told().slice(0, 3)).toEqual([
      'open:invalid_code:warning@20',
      'escalated:invalid_code:critical@50',
      'escalated:invalid_code:critical@60',
    ]);
    expect(reminders(night.told())).toHaveLength(1);
    expect(night.asked().slice(1, 8)).toEqual([20, 30, 40, 50, 80, 110, 140]);
    night.zoho.faults.clear();
    night.storeAgain();
    await night.ticks(1);
    expect(night.told().slice(4)).toEqual(['resolved:invalid_code:warning@520']);
    expect(night.alerts()[4]?.impact).toContain('failed for 7 h 40 min, from 01:00 UTC to 08:40 UTC');
    expect(night.isGood()).toBe(true);
  });

  it('is critical as soon as a probe finds that the access token was revoked as well', async () => {
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
    expect(night.record()?.state).toBe('closed');
  });
});

describe('an outage of Zoho', () => {
  it('that ends before a third of the life is left is seen by no app and alerts nobody', async () => {
    const night = await openStage();
    await night.ticks(4);
    night.zoho.faults.set('html_502');
    for (let minute = 20; minute < 60; minute += 1) {
      if (minute === 39) night.zoho.faults.clear();
      if (minute % 5 === 0) await night.tick();
      expect(night.isGood(), `minute ${minute}`).toBe(true);
      night.pass(1);
    }
    expect(night.told()).toEqual([]);
    expect(night.record()).toBeUndefined();
  });

  it('of two hours opens once, escalates as the life runs out, and is resolved once', async () => {
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

  it('alerts once if every tick is doubled, with at most 8 token requests in 10 minutes', async () => {
    const night = await openStage();
    for (let count = 0; count < 14; count += 1) {
      if (count === 4) night.zoho.faults.set('http_500');
      await night.tick();
      await night.tick();
      night.pass(5);
    }
    expect(night.told().map((alert) => alert.split(':')[0])).toEqual(['open', 'escalated', 'escalated']);
    const asked = night.asked();
    const counts = asked.map((from) => asked.filter((at) => at >= from && at <= from + 10).length);
    expect(Math.max(...counts)).toBeLessThanOrEqual(8);
  });
});

describe('a throttle', () => {
  it('is waited out for 15, 15, 30 and then 60 minutes, and alerts when the life runs short', async () => {
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

  it('ends at once if the refresh token changes, but not if the same credentials are stored again', async () => {
    const night = await openStage();
    await night.ticks(4);
    night.zoho.faults.set('throttle_400', { refreshToken: night.credentialsOf().refresh_token ?? '' });
    await night.ticks(1);
    night.storeAgain();
    await night.ticks(1);
    expect(night.asked()).toEqual([0, 20]);
    night.consentAgain();
    await night.ticks(1);
    expect(night.asked()).toEqual([0, 20, 30]);
    expect(night.told()).toEqual([]);
    expect(night.record()?.state).toBe('closed');
  });
});

describe('a token that the service rejects', () => {
  it('is replaced after the next probe, and nobody is alerted', async () => {
    const night = await openStage();
    await night.ticks(1);
    night.zoho.killAccessToken(night.document().access_token ?? '');
    await night.ticks(2);
    expect(night.isGood()).toBe(false);
    await night.ticks(1);
    expect(night.isGood()).toBe(true);
    expect(night.told()).toEqual([]);
  });

  it('is not stored if it is new, and on-call is alerted at once', async () => {
    const night = await openStage();
    await night.ticks(4);
    const before = night.read();
    night.zoho.faults.set('minted_dead');
    await night.ticks(2);
    expect(night.read()).toBe(before);
    expect(night.told()).toEqual(['open:token_rejected:warning@20']);
  });
});

describe('a wrong setting', () => {
  it('alerts, while the token is stored all the same and refreshed as ever', async () => {
    const night = await openStage();
    night.zoho.faults.set('desk:OAUTH_ORG_MISMATCH', { host: 'desk.zoho.in' });
    const [first] = await night.ticks(9);
    expect(night.resultOf(first ?? { lines: [] })).toMatchObject({
      outcome: 'refreshed',
      code: 'setting_mismatch',
    });
    expect(night.asked()).toEqual([0, 20, 40]);
    night.zoho.faults.clear();
    await night.ticks(4);
    expect(night.told()).toEqual(['open:setting_mismatch:warning@0', 'resolved:setting_mismatch:warning@60']);
  });
});

describe('a connection that is not set up yet', () => {
  it('asks and alerts nobody, and is refreshed on the tick after its first consent', async () => {
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
});
