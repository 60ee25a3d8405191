import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { makeReader, type TokenReader } from '../../client/reader.ts';
import { createRequestRefresh } from '../../client/request-refresh.ts';
import type { SecretSource } from '../../client/secret-source.ts';
import type { Stage } from '../../local/stage.ts';
import { startInvokeServer } from './client-invoke-server.ts';
import { lambdaClientOf, setClientStage, storedToken, tickThrough, zohoOf } from './client-stage.ts';

const minute = 60_000;
const functionName = 'zoho-token-refresher';
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

/** A stage whose Desk token Zoho has just ended. */
async function setStageWithDeadToken() {
  const set = await setClientStage({ only: 'desk' });
  open.push(set.stage);
  await set.stage.tick(set.start);
  const dead = storedToken(set.stage, 'desk');
  zohoOf(set.stage).killAccessToken(dead);
  // So that no probe of the tick before answers for the token that is dead now.
  set.moveTo(set.start.getTime() + 3 * minute);
  return { ...set, dead };
}

function tokenRequests(stage: Stage): number {
  return zohoOf(stage).requests.filter(({ kind }) => kind === 'token').length;
}

test('a thousand calls after a thousand 401s at once, in ten environments, cause one token request', async () => {
  const { stage } = await setStageWithDeadToken();
  const zoho = zohoOf(stage);
  const environments = [stage, ...Array.from({ length: 9 }, () => stage.startEnvironment())];
  // Warm, as those of an app's busy hour are: all of them look at the same moment.
  await Promise.all(environments.map(({ invoke }) => invoke({})));
  const requestsBefore = tokenRequests(stage);
  const probesBefore = zoho.requests.filter(({ kind }) => kind === 'probe').length;
  const gate = zoho.gate(({ kind }) => kind === 'token');
  // The first to claim the healing is held up until another has claimed it and is at Zoho.
  const claim = stage.secretsManager.faults.gate(({ operation }) => operation === 'PutSecretValue');

  const event = { connections: ['desk'], reason: 'unauthorized' };
  const outcomes: string[] = [];
  const { promise: ninetyAnswered, resolve: sayNinety } = Promise.withResolvers<void>();
  const answers = Array.from({ length: 1000 }, async (_, index) => {
    const { answer, error } = await (environments[index % 10] ?? stage).invoke(event);
    expect(error).toBeUndefined();
    outcomes.push((answer as { connections: [{ outcome: string }] }).connections[0].outcome);
    if (outcomes.length === 90) sayNinety();
  });
  // One environment is at Zoho with one call; what the nine others answer meanwhile is no second request (its time-out lets
  // only some of them answer so early).
  await claim.arrived;
  await gate.arrived;
  claim.release();
  await ninetyAnswered;
  expect(new Set(outcomes)).toEqual(new Set(['waiting']));
  expect(tokenRequests(stage) - requestsBefore).toBe(1);
  gate.release();
  await Promise.all(answers);
  expect(tokenRequests(stage) - requestsBefore).toBe(1);
  expect(outcomes.filter((outcome) => outcome === 'refreshed')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === 'failed')).toEqual([]);
  // One look with the dead token per environment, and one with the new.
  const probes = zoho.requests.filter(({ kind }) => kind === 'probe').length - probesBefore;
  expect(probes).toBeLessThanOrEqual(20);
  expect(stage.sns.inbox).toEqual([]);
}, 60_000);

test('a thousand readers that get a 401 at once go on with the new token, for one token request', async () => {
  const { stage, dead } = await setStageWithDeadToken();
  const server = await startInvokeServer(functionName, stage.invoke, 10);
  open.push(server);
  const zoho = zohoOf(stage);
  // A thousand clients of the SDK in one process would measure the machine: the secret is read without a request.
  const source: SecretSource = {
    read: async (label) => {
      const text = stage.secretsManager.read('zoho/desk/token', label);
      return text === undefined ? undefined : { text, isCached: false };
    },
  };
  const requestRefresh = createRequestRefresh({ functionName, client: lambdaClientOf(server.url) });
  const makeInstance = (): TokenReader =>
    makeReader({
      subject: 'zoho/desk/token',
      source,
      requestRefresh,
      isRefused: undefined,
      // The pauses of a reader are real seconds; here a tenth of them.
      surroundings: { now: stage.now, random: Math.random, wait: (milliseconds) => sleep(milliseconds / 10) },
    });
  const readers = Array.from({ length: 1000 }, makeInstance);
  const requestsBefore = tokenRequests(stage);
  const seen = new Set<string>();
  const answers = await Promise.all(
    readers.map((reader) =>
      reader.withToken(async ({ accessToken }) => {
        seen.add(accessToken);
        return { status: zoho.isLive(accessToken) ? 200 : 401 };
      }),
    ),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1000);
  expect(seen).toEqual(new Set([dead, storedToken(stage, 'desk')]));
  expect(tokenRequests(stage) - requestsBefore).toBe(1);
}, 60_000);

describe('an app that keeps calling, a call every ten seconds for two hours', () => {
  test('costs no token request, and a probe in two minutes, while the token lives', async () => {
    const { stage, start, moveTo } = await setClientStage({ only: 'desk' });
    open.push(stage);
    await stage.tick(start);
    const before = tokenRequests(stage);
    const from = zohoOf(stage).requests.length;
    // Without ticks, and so without the refreshes that are theirs.
    for (let second = 300; second < 1800; second += 10) {
      moveTo(start.getTime() + second * 1000);
      await stage.invoke({ connections: ['desk'], reason: 'unauthorized' });
    }
    expect(tokenRequests(stage)).toBe(before);
    const probes = zohoOf(stage)
      .requests.slice(from)
      .filter(({ kind }) => kind === 'probe');
    expect(probes.length).toBeLessThanOrEqual(1500 / 120 + 1);
  }, 60_000);

  test('stays under five token requests in ten minutes and pages nobody while no token can be had', async () => {
    const { stage, start, moveTo, dead } = await setStageWithDeadToken();
    const credentials = stage.secretsManager.read('zoho/desk/credentials') ?? '{}';
    zohoOf(stage).revoke((JSON.parse(credentials) as { refresh_token: string }).refresh_token);
    expect(zohoOf(stage).isLive(dead)).toBe(false);
    const from = zohoOf(stage).requests.length;
    for (let second = 180; second < 7200; second += 10) {
      const now = start.getTime() + second * 1000;
      if (second % 300 === 0) await tickThrough(stage, moveTo, now, now);
      moveTo(now);
      const alertsBefore = stage.sns.inbox.length;
      const { error } = await stage.invoke({ connections: ['desk'], reason: 'unauthorized' });
      expect(error).toBeUndefined();
      expect(stage.sns.inbox.length).toBe(alertsBefore);
    }
    const asked = zohoOf(stage)
      .requests.slice(from)
      .filter(({ kind }) => kind === 'token')
      .map(({ at }) => at);
    const mostInTenMinutes = Math.max(
      ...asked.map((at) => asked.filter((other) => other >= at && other < at + 10 * minute).length),
    );
    expect(mostInTenMinutes).toBeLessThanOrEqual(5);
    const probes = zohoOf(stage)
      .requests.slice(from)
      .filter(({ kind }) => kind === 'probe');
    expect(probes.length).toBeLessThanOrEqual(7200 / 120 + 7200 / 900 + 2);
  }, 120_000);
});
