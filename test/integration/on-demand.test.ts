import { describe, expect, it } from 'vitest';
import { searchForSecrets } from '../support/secrets-search.ts';
import type { StageOnClock } from '../support/stage.ts';
import { openStage } from './open-stage.ts';

// What an app that may invoke the function can do with it beyond the call that it is meant to make. That call is tried in
// client-on-demand.test.ts. docs/security.md says what holds and what is accepted.

const unauthorized = { connections: ['desk'], reason: 'unauthorized' };
const operator = { connections: ['desk'], reason: 'operator' };
const force = { ...operator, force: true };

const probesOf = (stage: StageOnClock) => stage.zoho.requests.filter(({ kind }) => kind === 'probe').length;

/** The most token requests in any ten minutes. */
const mostInTenMinutes = (asked: readonly number[]) =>
  Math.max(...asked.map((from) => asked.filter((at) => at >= from && at < from + 10).length));

describe('an app that calls on demand without end', () => {
  it.each([
    ['as an app', unauthorized],
    ['as an operator, with force', force],
  ])('makes at most two token requests in ten minutes and no alert: %s', async (_title, event) => {
    const stage = await openStage();
    await stage.tick();
    stage.zoho.killAccessToken(stage.document().access_token ?? '');
    stage.zoho.faults.set('http_500');
    const environments = [stage.stage, stage.stage.startEnvironment()];
    for (let count = 0; count < 30; count += 1) {
      stage.pass(0.5);
      for (const environment of environments) expect((await stage.invoke(event, environment)).error).toBeUndefined();
    }
    const [, ...asked] = stage.asked();
    expect(mostInTenMinutes(asked)).toBe(2);
    expect(stage.told()).toEqual([]);
    // Not even what cannot be recorded makes a call count for the alarm on errors.
    stage.secretsManager.faults.set({ kind: 'access_denied', operations: ['PutSecretValue'] });
    stage.pass(15);
    expect((await stage.invoke(event)).error).toBeUndefined();
  });

  it('has the stored token probed once in two minutes by each execution environment', async () => {
    const stage = await openStage();
    await stage.tick();
    const before = probesOf(stage);
    stage.pass(3);
    const environments = [stage.stage, stage.stage.startEnvironment()];
    for (let count = 0; count < 10; count += 1)
      for (const environment of environments) await stage.invoke(unauthorized, environment);
    expect(probesOf(stage) - before).toBe(environments.length);
  });

  it('gets outcome, code and expiry, and no piece of a secret', async () => {
    const stage = await openStage();
    await stage.tick();
    const secrets = [stage.document().access_token ?? '', ...Object.values(stage.credentialsOf())];
    stage.pass(3);
    for (const event of [unauthorized, operator, force, { test_alert: true }, secrets, { a: secrets[0] }]) {
      const { answer } = await stage.invoke(event);
      expect(searchForSecrets([JSON.stringify(answer)], secrets)).toBeUndefined();
    }
    const result = stage.resultOf(await stage.invoke(unauthorized));
    expect(Object.keys(result ?? {})).toEqual(['connection', 'outcome', 'code', 'expires_at', 'probe']);
  });
});

describe('an app that sends the events of others', () => {
  it('has each of them probe, ask Zoho or test the alerts: accepted', async () => {
    const stage = await openStage();
    await stage.tick();
    const before = probesOf(stage);
    stage.pass(3);
    for (let count = 0; count < 5; count += 1) await stage.invoke(operator);
    expect(probesOf(stage) - before).toBe(5);
    stage.zoho.faults.set('http_500');
    stage.pass(18);
    for (let count = 0; count < 5; count += 1) await stage.tick();
    expect(stage.asked()).toHaveLength(1 + 5);
    const environments = [stage.stage, stage.stage.startEnvironment()];
    for (const environment of [...environments, ...environments]) await stage.invoke({ test_alert: true }, environment);
    expect(stage.alerts().map(({ state }) => state)).toEqual(['test', 'test']);
  });

  it('cannot make one incident alert twice', async () => {
    const stage = await openStage();
    await stage.tick();
    stage.zoho.faults.set('invalid_code');
    stage.pass(21);
    for (let count = 0; count < 10; count += 1)
      for (const ahead of [-14, 0, 14]) await stage.tick(undefined, stage.minute() + ahead);
    expect(stage.told()).toEqual(['open:invalid_code:warning@21']);
  });
});
