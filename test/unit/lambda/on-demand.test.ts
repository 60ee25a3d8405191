import { expect, test } from 'vitest';
import { createEnvironmentMemory } from '../../../lambda/environment-memory.ts';
import { readRecord } from '../../../lambda/incident/record-chain.ts';
import { answerOnDemand, type OnDemandCall } from '../../../lambda/on-demand.ts';
import { accessTokenText, desk, minute } from './examples.ts';
import { createWorld, runIn, tick, tokenSecret, type World, type ZohoMood } from './world.ts';

const app: OnDemandCall = { reason: 'unauthorized', force: false };
const operator: OnDemandCall = { reason: 'operator', force: false };
const deadToken = accessTokenText('1005.').slice(0, 13);

function call(
  world: World,
  now: number,
  { mood = 'good' as ZohoMood, caller = app, memory = createEnvironmentMemory() } = {},
) {
  return answerOnDemand(runIn(world, { name: `call ${now}`, now: minute(now), mood, memory }), desk, caller);
}

const recordIn = ({ secrets }: World) => readRecord(secrets, tokenSecret);

test.each([app, operator])(
  'a dead token that %j finds while it has to wait is recorded, so that a tick tells',
  async (caller) => {
    const world = await createWorld({ lifeLeft: 900 });
    await tick(world, 0, 'invalid_code');
    world.deadTokens.push(deadToken);
    expect(await call(world, 3, { caller })).toMatchObject({
      outcome: 'waiting',
      code: 'invalid_code',
    });
    expect(world.asked).toHaveLength(1);
    const { record, versionId } = await recordIn(world);
    expect(record).toMatchObject({
      state: 'open',
      incident: { code: 'invalid_code', deadVersion: 'token-1' },
    });
    // It is news once: other callers write nothing.
    await call(world, 3.5, { caller });
    expect((await recordIn(world)).versionId).toBe(versionId);
    await tick(world, 5, 'invalid_code');
    expect(world.published.map(({ event }) => [event.state, event.severity])).toEqual([
      ['open', 'warning'],
      ['escalated', 'critical'],
    ]);
  },
);

test('a dead token that is found during Zoho’s silence is recorded, and the silence stays', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  await tick(world, 0, 'throttle');
  const before = (await recordIn(world)).record;
  world.deadTokens.push(deadToken);
  expect(await call(world, 3)).toMatchObject({ outcome: 'waiting', code: 'rate_limited' });
  const { record } = await recordIn(world);
  expect(record).toEqual({ ...before, incident: { ...before.incident, deadVersion: 'token-1' } });
  await tick(world, 5, 'throttle');
  expect(world.asked).toHaveLength(1);
  expect(world.published.map(({ event }) => event.state)).toEqual(['open']);
});

test('a living token that is found while nothing may be asked leaves the record alone', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  await tick(world, 0, 'invalid_code');
  const before = await recordIn(world);
  expect(await call(world, 3)).toMatchObject({ outcome: 'fresh', probe: 'accepted' });
  expect(await call(world, 3, { caller: operator })).toMatchObject({ outcome: 'waiting' });
  expect(await recordIn(world)).toEqual(before);
});

test('a dead token that may be replaced is replaced', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  world.deadTokens.push(deadToken);
  const outcome = await call(world, 3);
  expect(outcome).toMatchObject({ outcome: 'refreshed', code: null, askedMilliseconds: expect.any(Number) });
  expect((await recordIn(world)).record).toMatchObject({ state: 'closed', healing: undefined });
});

test.each([operator, app])(
  'a probe for %j that finds a wrong setting in a fresh token says so',
  async (caller) => {
    const world = await createWorld({ lifeLeft: 1_400 });
    world.hasWrongSetting = true;
    const answer = await call(world, 3, { caller });
    expect(answer).toMatchObject({ outcome: 'fresh', code: 'setting_mismatch', probe: 'wrong setting' });
    expect(world.asked).toEqual([]);
    world.hasWrongSetting = false;
    expect(await call(world, 6, { caller })).toMatchObject({
      outcome: 'fresh',
      code: null,
      probe: 'accepted',
    });
  },
);

test('a failed healing throttles as a tick does: every answer is recorded and counted', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  world.deadTokens.push(deadToken);
  expect(await call(world, 0, { mood: 'throttle' })).toMatchObject({
    outcome: 'failed',
    code: 'rate_limited',
  });
  expect((await recordIn(world)).record.throttle).toMatchObject({ at: minute(0), answers: 1 });
  expect(await call(world, 14.9, { mood: 'throttle' })).toMatchObject({ outcome: 'waiting' });
  expect(await call(world, 15, { mood: 'throttle' })).toMatchObject({ outcome: 'failed' });
  expect((await recordIn(world)).record.throttle).toMatchObject({ at: minute(15), answers: 2 });
});
