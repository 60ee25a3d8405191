import { describe, expect, it } from 'vitest';
import type { StageOnClock } from '../support/stage.ts';
import { openStage } from './open-stage.ts';

const unauthorized = { connections: ['desk'], reason: 'unauthorized' };
const operator = { connections: ['desk'], reason: 'operator' };
const force = { ...operator, force: true };

const call = async (stage: StageOnClock, event: unknown) => stage.resultOf(await stage.invoke(event));
const kill = (stage: StageOnClock) => stage.zoho.killAccessToken(stage.document().access_token ?? '');

describe('an app that got a 401', () => {
  it('is answered `fresh` while the token lives, and a new token once it is dead', async () => {
    const stage = await openStage();
    await stage.tick();
    stage.pass(50);
    expect(await call(stage, unauthorized)).toMatchObject({ outcome: 'fresh', probe: 'accepted' });
    expect(stage.asked()).toEqual([0]);
    kill(stage);
    stage.pass(3);
    expect(await call(stage, unauthorized)).toMatchObject({
      outcome: 'refreshed',
      expires_at: '2026-03-01T01:53:00.000Z',
    });
    expect(stage.isGood()).toBe(true);
    expect(stage.told()).toEqual([]);
  });

  it('makes one request to Zoho, however many environments are asked at the same time', async () => {
    const stage = await openStage();
    await stage.tick();
    kill(stage);
    stage.pass(3);
    const environments = Array.from({ length: 4 }, () => stage.stage.startEnvironment());
    const invoked = await Promise.all(environments.map((each) => stage.invoke(unauthorized, each)));
    const outcomes = invoked.map((each) => stage.resultOf(each)?.outcome);
    expect(outcomes.filter((outcome) => outcome === 'refreshed')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'failed')).toEqual([]);
    expect(stage.asked()).toEqual([0, 3]);
    expect(stage.isGood()).toBe(true);
  });

  it('waits after a failed healing as the failure table says, and the next tick alerts', async () => {
    const stage = await openStage();
    await stage.tick();
    kill(stage);
    stage.zoho.faults.set('invalid_code');
    stage.pass(3);
    expect(await call(stage, unauthorized)).toMatchObject({ outcome: 'failed', code: 'invalid_code' });
    expect(await call(stage, unauthorized)).toMatchObject({ outcome: 'waiting', code: 'invalid_code' });
    expect(stage.told()).toEqual([]);
    stage.pass(2);
    await stage.tick();
    expect(stage.told()).toEqual(['open:invalid_code:critical@5']);
    stage.zoho.faults.clear();
    stage.storeAgain();
    stage.pass(5);
    await stage.tick();
    expect(stage.told().slice(1)).toEqual(['resolved:invalid_code:warning@10']);
  });

  it('cannot alert anybody while the connection is not set up', async () => {
    const stage = await openStage();
    stage.secretsManager.put('zoho/desk/credentials', 'not JSON');
    expect(await call(stage, unauthorized)).toMatchObject({
      outcome: 'waiting',
      code: 'credentials_missing',
    });
    expect(stage.told()).toEqual([]);
  });

  it('makes at most 5 token requests in 10 minutes together with ticks and operators', async () => {
    const stage = await openStage();
    await stage.tick();
    kill(stage);
    stage.zoho.faults.set('http_500');
    for (let minute = 1; minute <= 60; minute += 1) {
      stage.pass(1);
      if (minute % 5 === 0) await stage.tick();
      await call(stage, unauthorized);
      await call(stage, force);
    }
    const asked = stage.asked();
    const counts = asked.map((from) => asked.filter((at) => at >= from && at <= from + 10).length);
    expect(Math.max(...counts)).toBeLessThanOrEqual(5);
    expect(asked.length).toBeGreaterThan(12);
  });
});

describe('an operator', () => {
  it('sets a connection up at once, and forces a new token two minutes later at the earliest', async () => {
    const stage = await openStage();
    expect(await call(stage, operator)).toMatchObject({ outcome: 'refreshed' });
    expect(await call(stage, force)).toMatchObject({ outcome: 'fresh' });
    stage.pass(2);
    expect(await call(stage, operator)).toMatchObject({ outcome: 'fresh' });
    expect(await call(stage, force)).toMatchObject({ outcome: 'refreshed' });
    expect(stage.asked()).toEqual([0, 2]);
  });

  it('ends every wait with force but that of a throttle', async () => {
    const stage = await openStage();
    await stage.ticks(4);
    stage.zoho.faults.set('invalid_client');
    await stage.ticks(1);
    expect(await call(stage, operator)).toMatchObject({ outcome: 'waiting', code: 'invalid_client' });
    stage.zoho.faults.clear();
    expect(await call(stage, force)).toMatchObject({ outcome: 'refreshed' });
    await stage.ticks(1);
    expect(stage.told().map((alert) => alert.split(':')[0])).toEqual(['open', 'resolved']);
    await stage.ticks(3);
    stage.zoho.faults.set('throttle_200');
    await stage.ticks(1);
    stage.zoho.faults.clear();
    expect(await call(stage, force)).toMatchObject({ outcome: 'waiting', code: 'rate_limited' });
  });

  it.each([
    [
      'alerts on the next tick for a fault that a person must end',
      'invalid_code',
      ['open:invalid_code:warning@5'],
    ],
    ['alerts nobody for a transient fault while the stored token works', 'http_500', []],
  ] as const)('finds a fault early by force: %s', async (_title, fault, told) => {
    const stage = await openStage();
    await stage.tick();
    stage.pass(3);
    stage.zoho.faults.set(fault);
    expect(await call(stage, force)).toMatchObject({ outcome: 'failed' });
    stage.zoho.faults.clear();
    stage.pass(2);
    await stage.ticks(1);
    expect(stage.told()).toEqual(told);
  });
});
