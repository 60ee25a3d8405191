import { afterEach, describe, expect, it } from 'vitest';
import { type Night, startNight } from './night.ts';

let night: Night;
afterEach(() => night.close());

/** The most requests in any span of that many minutes. */
function mostWithin(minutes: number, times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + minutes).length));
}

describe('a revoked refresh token', () => {
  it('is told at once, and as critical as soon as a probe finds that the access token went with it', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.revoke(night.credentialsOf('desk').refresh_token ?? '');
    await night.ticks(100);
    expect(night.told()).toEqual([
      'open:invalid_code:warning@20',
      'escalated:invalid_code:critical@30',
      'reminder:invalid_code:critical@380',
    ]);
    expect(night.alerts()[1]?.impact).toContain('fail NOW: the service rejects the stored token');
    night.authorize('desk', night.consent());
    const [healed] = await night.ticks(1);
    expect(night.result(healed ?? { lines: [] })).toMatchObject({ outcome: 'refreshed' });
    await night.ticks(10);
    expect(night.told().slice(3)).toEqual(['resolved:invalid_code:warning@520']);
    expect(night.record()?.state).toBe('closed');
  });
});

describe('a refusal that leaves the stored token alive', () => {
  it('is told at once, escalated at 10 minutes left and at expiry, and resolved on the tick after the fix', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.faults.set('invalid_code');
    await night.ticks(100);
    expect(night.told()).toEqual([
      'open:invalid_code:warning@20',
      'escalated:invalid_code:critical@50',
      'escalated:invalid_code:critical@60',
      'reminder:invalid_code:critical@380',
    ]);
    expect(
      mostWithin(
        120,
        night.asked().filter((at) => at > 0),
      ),
    ).toBeLessThanOrEqual(5);
    expect(night.asked().slice(1, 6)).toEqual([20, 30, 60, 90, 120]);
    night.zoho.faults.clear();
    night.authorize();
    await night.ticks(1);
    expect(night.told().slice(4)).toEqual(['resolved:invalid_code:warning@520']);
    expect(night.works()).toBe(true);
  });

  it('writes the record at the first failure and per step, never per tick', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.faults.set('invalid_code');
    await night.ticks(100);
    const writes = night.secretsManager.calls.filter(({ stages }) => stages?.includes('INCIDENT') === true);
    const puts = writes.filter(({ operation }) => operation === 'PutSecretValue');
    expect(puts).toHaveLength(2 * 4);
  });
});

describe('an outage of Zoho', () => {
  it('of 29 minutes in the worst place is never seen by an app', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.faults.set('http_500');
    // Due at minute 20; Zoho is back one minute before the tick that is the last one in time.
    for (let minute = 20; minute < 60; minute += 1) {
      if (minute === 49) night.zoho.faults.clear();
      if (minute % 5 === 0) await night.tick();
      expect(night.works(), `minute ${minute}`).toBe(true);
      night.pass(1);
    }
  });

  it('that ends before 20 minutes of life are left is never told', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.faults.set('html_502');
    await night.ticks(4);
    night.zoho.faults.clear();
    await night.ticks(10);
    expect(night.told()).toEqual([]);
    expect(night.record()).toBeUndefined();
    expect(night.works()).toBe(true);
  });

  it('of two hours makes one open, the escalations that the life left calls for, and one resolved', async () => {
    night = await startNight();
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

  it('that turns out to be a lost consent is escalated once', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.faults.set('http_500');
    await night.ticks(5);
    night.zoho.faults.clear();
    night.zoho.faults.set('invalid_code');
    await night.ticks(3);
    expect(night.told()).toEqual([
      'open:zoho_unavailable:warning@40',
      'escalated:invalid_code:warning@45',
      'escalated:invalid_code:critical@50',
    ]);
  });
});

describe('a throttle', () => {
  it('of an hour is waited out: 15 minutes, 15 minutes, then every 30, and told when the life runs short', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.faults.set('throttle_localised_200');
    await night.ticks(13);
    night.zoho.faults.clear();
    await night.ticks(7);
    expect(night.asked().slice(1)).toEqual([20, 35, 50, 80, 110]);
    expect(night.told()).toEqual(
      [
        'open:rate_limited:warning@40',
        'escalated:rate_limited:critical@50',
        'escalated:rate_limited:critical@60',
        'resolved:rate_limited:warning@110',
      ].map((alert) => alert.replace('110', '110')),
    );
  });

  it('ends at once when the refresh token changes, and not when only the client secret does', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.faults.set('throttle_400', { refreshToken: night.credentialsOf('desk').refresh_token ?? '' });
    await night.ticks(1);
    night.authorize();
    await night.ticks(1);
    expect(night.asked()).toEqual([0, 20]);
    night.authorize('desk', night.consent());
    await night.ticks(1);
    expect(night.asked()).toEqual([0, 20, 30]);
    expect(night.told()).toEqual([]);
    expect(night.record()?.state).toBe('closed');
  });
});

describe('a token that the service rejects', () => {
  it('is not stored when it was freshly minted', async () => {
    night = await startNight();
    await night.ticks(4);
    const before = night.stored();
    night.zoho.faults.set('minted_dead');
    await night.ticks(2);
    expect(night.stored()).toEqual(before);
    expect(night.told()).toEqual(['open:token_rejected:warning@20']);
  });

  it('is replaced on the next probe when it was killed from outside, and nobody is told', async () => {
    night = await startNight();
    await night.ticks(1);
    night.zoho.killAccessToken(night.stored()?.access_token ?? '');
    await night.ticks(2);
    expect(night.works()).toBe(false);
    await night.ticks(1);
    expect(night.minute()).toBe(20);
    expect(night.works()).toBe(true);
    expect(night.told()).toEqual([]);
  });

  it('is replaced by the probe when ten later tokens pushed it out', async () => {
    night = await startNight();
    await night.ticks(1);
    const { client_id = '', client_secret = '', refresh_token = '' } = night.credentialsOf('desk');
    for (let count = 0; count < 10; count += 1) {
      night.pass(count === 5 ? 11 : 0);
      const body = new URLSearchParams({
        grant_type: 'refresh_token',
        client_id,
        client_secret,
        refresh_token,
      });
      await fetch(`${night.zoho.url}/accounts.zoho.in/oauth/v2/token`, { method: 'POST', body });
    }
    expect(night.works()).toBe(false);
    night.pass(30 - night.minute());
    await night.ticks(1);
    expect(night.works()).toBe(true);
  });

  it('is told as critical at once when no new one can be had', async () => {
    night = await startNight();
    await night.ticks(3);
    night.zoho.killAccessToken(night.stored()?.access_token ?? '');
    night.zoho.faults.set('http_500');
    await night.ticks(2);
    expect(night.told()).toEqual(['open:zoho_unavailable:critical@15']);
    expect(night.alerts()[0]?.impact).toContain('the service rejects the stored token');
    night.zoho.faults.clear();
    await night.ticks(1);
    expect(night.told().at(-1)).toBe('resolved:zoho_unavailable:warning@25');
  });
});

describe('a wrong setting', () => {
  it('is told, the token is stored all the same, and refreshes go on', async () => {
    night = await startNight();
    night.zoho.faults.set('desk:OAUTH_ORG_MISMATCH', { host: 'desk.zoho.in' });
    const [first] = await night.ticks(9);
    expect(night.result(first ?? { lines: [] })).toMatchObject({
      outcome: 'refreshed',
      code: 'setting_mismatch',
    });
    expect(night.told()).toEqual(['open:setting_mismatch:warning@0']);
    expect(night.asked()).toEqual([0, 20, 40]);
    night.zoho.faults.clear();
    await night.ticks(4);
    expect(night.told()).toEqual(['open:setting_mismatch:warning@0', 'resolved:setting_mismatch:warning@60']);
  });

  it('is found by a token of a foreign data centre', async () => {
    night = await startNight();
    night.zoho.faults.set('foreign_api_domain');
    const [first] = await night.ticks(1);
    expect(night.result(first ?? { lines: [] })).toMatchObject({
      outcome: 'refreshed',
      code: 'setting_mismatch',
    });
    expect(night.alerts()[0]?.summary).toContain('expected a token of data centre "in"');
  });
});

describe('ticks that do not come as they should', () => {
  it('makes up for a lost tick with the next one', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.faults.set('invalid_code');
    await night.ticks(2);
    night.pass(5); // the tick of minute 30, with its try, is lost
    await night.ticks(6);
    expect(night.asked()).toEqual([0, 20, 35, 60]);
  });

  it('tells once when every tick is doubled, and asks Zoho at most 8 times in 10 minutes', async () => {
    night = await startNight();
    const twice = async (count: number) => {
      for (let index = 0; index < count; index += 1) {
        await night.tick();
        await night.tick();
        night.pass(5);
      }
    };
    await twice(4);
    night.zoho.faults.set('http_500');
    await twice(10);
    expect(night.told().map((alert) => alert.split(':')[0])).toEqual(['open', 'escalated', 'escalated']);
    expect(mostWithin(10.01, night.asked())).toBeLessThanOrEqual(8);
  });

  it('is not confused by a tick that comes ten minutes late', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.faults.set('throttle_400');
    await night.ticks(1);
    night.pass(5);
    await night.tick({ slot: 20 });
    await night.ticks(6);
    const asked = night.asked();
    for (const [index, at] of asked.slice(2).entries()) {
      expect(at - (asked[index + 1] ?? 0)).toBeGreaterThanOrEqual(15);
    }
    expect(night.told().filter((alert) => alert.startsWith('open'))).toHaveLength(1);
  });
});

describe('an incident that comes again', () => {
  it('is opened anew after it was resolved', async () => {
    night = await startNight();
    for (const ticksUntilDue of [4, 3]) {
      await night.ticks(ticksUntilDue);
      night.zoho.faults.set('invalid_client');
      await night.ticks(1);
      night.zoho.faults.clear();
      night.authorize();
      await night.ticks(1);
    }
    expect(night.told().map((alert) => alert.split(':')[0])).toEqual([
      'open',
      'resolved',
      'open',
      'resolved',
    ]);
  });
});

describe('a first deploy with nothing set up', () => {
  it('asks nobody and tells nobody, and refreshes on the tick after the first consent', async () => {
    night = await startNight();
    const planted = night.credentialsOf('desk');
    night.secretsManager.put('zoho/desk/credentials', '{}');
    const [first] = await night.ticks(20);
    expect(night.result(first ?? { lines: [] })).toMatchObject({
      outcome: 'waiting',
      code: 'credentials_missing',
      expires_at: null,
    });
    expect(night.asked()).toEqual([]);
    expect(night.told()).toEqual([]);
    night.secretsManager.put('zoho/desk/credentials', JSON.stringify(planted));
    await night.ticks(1);
    expect(night.works()).toBe(true);
  });

  it('opens at once as critical when the first consent does not work', async () => {
    night = await startNight();
    night.zoho.faults.set('invalid_client_secret');
    await night.ticks(3);
    expect(night.told()).toEqual(['open:invalid_client_secret:critical@0']);
    night.zoho.faults.clear();
    night.authorize();
    await night.ticks(1);
    expect(night.told().at(-1)).toBe('resolved:invalid_client_secret:warning@15');
  });
});

describe('a changed configuration', () => {
  it('opens for credentials that are taken away, and heals within a tick', async () => {
    night = await startNight();
    const planted = night.credentialsOf('desk');
    await night.ticks(4);
    night.secretsManager.put('zoho/desk/credentials', '{"client_id":"x"}');
    await night.ticks(2);
    expect(night.told()).toEqual(['open:credentials_missing:warning@20']);
    night.secretsManager.put('zoho/desk/credentials', JSON.stringify(planted));
    await night.ticks(1);
    expect(night.told().at(-1)).toBe('resolved:credentials_missing:warning@30');
  });
});
