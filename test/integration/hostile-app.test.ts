import { afterEach, describe, expect, it } from 'vitest';
import { searchForSecrets } from '../simulation/secrets-search.ts';
import { type Night, startNight } from './night.ts';

// What an app that may invoke the function can do with it, beyond the one event that it is meant to send. What holds and
// what does not is said in docs/security.md.

let night: Night;
afterEach(() => night.close());

const unauthorized = { connections: ['desk'], reason: 'unauthorized' };
const operator = { connections: ['desk'], reason: 'operator' };
const force = { ...operator, force: true };

/** The most token requests in any ten minutes. */
function mostInTenMinutes(asked: readonly number[]): number {
  return Math.max(0, ...asked.map((from) => asked.filter((at) => at >= from && at < from + 10).length));
}

const probes = () => night.zoho.requests.filter(({ kind }) => kind === 'probe').length;

describe('an app that calls on demand without end', () => {
  it.each([
    ['as an app', unauthorized],
    ['as an operator, with force', force],
  ])('makes at most two token requests in ten minutes and no alert: %s', async (_title, event) => {
    night = await startNight();
    await night.tick();
    night.zoho.killAccessToken(night.stored()?.access_token ?? '');
    night.zoho.faults.set('http_500');
    const environments = [night.stage, night.stage.startEnvironment()];
    for (let count = 0; count < 120; count += 1) {
      night.pass(0.5);
      for (const environment of environments) {
        expect((await night.invoke(event, environment)).error).toBeUndefined();
      }
    }
    const [, ...asked] = night.asked();
    expect(mostInTenMinutes(asked)).toBe(2);
    expect(night.told()).toEqual([]);
  });

  it('has the stored token probed once in two minutes by each execution environment', async () => {
    night = await startNight();
    await night.tick();
    const before = probes();
    night.pass(3);
    const environments = [night.stage, night.stage.startEnvironment()];
    for (let count = 0; count < 10; count += 1)
      for (const environment of environments) await night.invoke(unauthorized, environment);
    expect(probes() - before).toBe(environments.length);
  });

  it('gets outcome, code and expiry, and no piece of a secret', async () => {
    night = await startNight();
    await night.tick();
    const secrets = [night.stored()?.access_token ?? '', ...Object.values(night.credentialsOf('desk'))];
    night.pass(3);
    for (const event of [unauthorized, operator, force, { test_alert: true }, secrets, { a: secrets[0] }]) {
      const { answer } = await night.invoke(event);
      expect(searchForSecrets([JSON.stringify(answer)], secrets)).toBeUndefined();
    }
    const { answer } = await night.invoke(unauthorized);
    expect(answer).toEqual({
      connections: [
        { connection: 'desk', outcome: expect.any(String), code: null, expires_at: expect.any(String) },
      ],
    });
  });
});

describe('an app that sends the events of others', () => {
  it('has the stored token probed by every call of an operator: accepted', async () => {
    night = await startNight();
    await night.tick();
    const before = probes();
    night.pass(3);
    for (let count = 0; count < 5; count += 1) await night.invoke(operator);
    expect(probes() - before).toBe(5);
  });

  it('makes a token request with every tick while Zoho fails: accepted', async () => {
    night = await startNight();
    await night.tick();
    night.zoho.faults.set('http_500');
    night.pass(21);
    for (let count = 0; count < 5; count += 1) await night.tick();
    const [, ...asked] = night.asked();
    expect(asked).toHaveLength(5);
  });

  it('is silent for 14 minutes once Zoho throttles, whatever time its ticks claim', async () => {
    night = await startNight();
    await night.tick();
    night.pass(21);
    night.zoho.faults.set('throttle_200');
    await night.tick();
    night.zoho.faults.clear();
    const before = night.asked().length;
    for (let count = 0; count < 13; count += 1) {
      night.pass(1);
      for (const ahead of [-14, 0, 5, 14]) await night.tick({ slot: night.minute() + ahead });
      await night.invoke(force);
    }
    expect(night.asked()).toHaveLength(before);
    night.pass(2);
    await night.tick();
    expect(night.asked()).toHaveLength(before + 1);
  });

  it('cannot make one incident alert twice', async () => {
    night = await startNight();
    await night.tick();
    night.zoho.faults.set('invalid_code');
    night.pass(21);
    for (let count = 0; count < 10; count += 1)
      for (const ahead of [-14, 0, 14]) await night.tick({ slot: night.minute() + ahead });
    expect(night.told()).toEqual(['open:invalid_code:warning@21']);
  });

  it('gets one test alert in ten minutes from each execution environment: accepted', async () => {
    night = await startNight();
    const environments = [night.stage, night.stage.startEnvironment()];
    for (let count = 0; count < 9; count += 1) {
      for (const environment of environments) await night.invoke({ test_alert: true }, environment);
      night.pass(1);
    }
    expect(night.alerts().map(({ state }) => state)).toEqual(['test', 'test']);
  });
});
