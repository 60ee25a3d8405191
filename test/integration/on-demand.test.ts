import { afterEach, describe, expect, it } from 'vitest';
import { type Night, startNight } from './night.ts';

let night: Night;
afterEach(() => night.close());

const unauthorized = { connections: ['desk'], reason: 'unauthorized' };
const operator = { connections: ['desk'], reason: 'operator' };
const force = { ...operator, force: true };

async function call(event: unknown) {
  const invoked = await night.invoke(event);
  return night.result(invoked);
}

describe('an app that got a 401', () => {
  it('is answered `fresh` while the token lives, however soon it is due, and probes once in two minutes', async () => {
    night = await startNight();
    await night.tick();
    night.pass(55);
    for (let count = 0; count < 20; count += 1)
      expect(await call(unauthorized)).toMatchObject({ outcome: 'fresh' });
    expect(night.asked()).toEqual([0]);
    expect(night.zoho.requests.filter(({ kind }) => kind === 'probe')).toHaveLength(2);
  });

  it('gets a new token when the stored one is dead', async () => {
    night = await startNight();
    await night.tick();
    night.zoho.killAccessToken(night.stored()?.access_token ?? '');
    night.pass(3);
    expect(await call(unauthorized)).toMatchObject({
      outcome: 'refreshed',
      expires_at: '2026-03-01T01:03:00.000Z',
    });
    expect(night.works()).toBe(true);
    expect(night.record()?.state).toBe('closed');
    expect(await call(unauthorized)).toMatchObject({ outcome: 'fresh' });
  });

  it('asks Zoho once, however many environments are asked at the same time', async () => {
    night = await startNight();
    await night.tick();
    night.zoho.killAccessToken(night.stored()?.access_token ?? '');
    night.pass(3);
    const environments = Array.from({ length: 4 }, () => night.stage.startEnvironment());
    const invoked = await Promise.all(
      environments.map((environment) => night.invoke(unauthorized, environment)),
    );
    const outcomes = invoked.map((each) => night.result(each)?.outcome);
    expect(outcomes.filter((outcome) => outcome === 'refreshed')).toHaveLength(1);
    expect(
      outcomes.every((outcome) => outcome === 'refreshed' || outcome === 'waiting' || outcome === 'fresh'),
    ).toBe(true);
    expect(night.asked()).toEqual([0, 3]);
    expect(night.works()).toBe(true);
  });

  it('waits as the failure-code table says after a failed healing, and the next tick tells', async () => {
    night = await startNight();
    await night.tick();
    night.zoho.killAccessToken(night.stored()?.access_token ?? '');
    night.zoho.faults.set('invalid_code');
    night.pass(3);
    expect(await call(unauthorized)).toMatchObject({ outcome: 'failed', code: 'invalid_code' });
    for (let count = 0; count < 10; count += 1) {
      expect(await call(unauthorized)).toMatchObject({ outcome: 'waiting', code: 'invalid_code' });
    }
    expect(night.told()).toEqual([]);
    night.pass(2);
    await night.tick();
    expect(night.told()).toEqual(['open:invalid_code:critical@5']);
    night.zoho.faults.clear();
    night.authorize();
    await night.tick();
    expect(night.told()).toEqual(['open:invalid_code:critical@5', 'resolved:invalid_code:warning@5']);
  });

  it('cannot page anybody while the connection is not set up', async () => {
    night = await startNight();
    night.secretsManager.put('zoho/desk/credentials', 'not JSON');
    expect(await call(unauthorized)).toMatchObject({ outcome: 'waiting', code: 'credentials_missing' });
    expect(night.told()).toEqual([]);
  });

  it('cannot make more than 5 token requests in 10 minutes together with the ticks', async () => {
    night = await startNight();
    await night.tick();
    night.zoho.killAccessToken(night.stored()?.access_token ?? '');
    night.zoho.faults.set('http_500');
    for (let minute = 0; minute < 60; minute += 1) {
      night.pass(1);
      if (night.minute() % 5 === 0) await night.tick();
      await call(unauthorized);
      await call(force);
    }
    const asked = night.asked();
    const most = Math.max(...asked.map((from) => asked.filter((at) => at >= from && at <= from + 10).length));
    expect(most).toBeLessThanOrEqual(5);
    expect(asked.length).toBeGreaterThan(12);
  });
});

describe('an operator', () => {
  it('gets `fresh` for a healthy token and a new one with force, but not within two minutes', async () => {
    night = await startNight();
    await night.tick();
    expect(await call(force)).toMatchObject({ outcome: 'fresh' });
    night.pass(2);
    expect(await call(operator)).toMatchObject({ outcome: 'fresh' });
    expect(await call(force)).toMatchObject({ outcome: 'refreshed' });
    expect(night.asked()).toEqual([0, 2]);
    expect(night.record()?.state).toBe('closed');
  });

  it('sets a connection up at once after the first consent', async () => {
    night = await startNight();
    expect(await call(operator)).toMatchObject({ outcome: 'refreshed' });
    expect(night.works()).toBe(true);
  });

  it('ends every wait with force but that of a throttle', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.faults.set('invalid_client');
    await night.ticks(1);
    expect(await call(operator)).toMatchObject({ outcome: 'waiting', code: 'invalid_client' });
    night.zoho.faults.clear();
    expect(await call(force)).toMatchObject({ outcome: 'refreshed' });
    await night.ticks(1);
    expect(night.told().map((alert) => alert.split(':')[0])).toEqual(['open', 'resolved']);
    await night.ticks(3);
    night.zoho.faults.set('throttle_200');
    await night.ticks(1);
    night.zoho.faults.clear();
    expect(await call(force)).toMatchObject({ outcome: 'waiting', code: 'rate_limited' });
  });

  it('finds a fault early when forcing, and the next tick tells', async () => {
    night = await startNight();
    await night.tick();
    night.pass(3);
    night.zoho.faults.set('invalid_code');
    expect(await call(force)).toMatchObject({ outcome: 'failed', code: 'invalid_code' });
    night.pass(2);
    await night.tick();
    expect(night.told()).toEqual(['open:invalid_code:warning@5']);
  });

  it('is not told of a passing fault while the stored token works', async () => {
    night = await startNight();
    await night.tick();
    night.pass(3);
    night.zoho.faults.set('http_500');
    expect(await call(force)).toMatchObject({ outcome: 'failed', code: 'zoho_unavailable' });
    night.zoho.faults.clear();
    night.pass(2);
    await night.ticks(1);
    expect(night.told()).toEqual([]);
    expect(night.record()?.state).toBe('closed');
  });
});
