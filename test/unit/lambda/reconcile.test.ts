/** One connection through the whole story, with everything around it in memory. */
import { describe, expect, test } from 'vitest';
import { parseTokenDocument } from '../../../lambda/aws/token-document.ts';
import type { Trigger } from '../../../lambda/decide.ts';
import { createEnvironmentMemory } from '../../../lambda/environment-memory.ts';
import { type FailureCode, RefreshError } from '../../../lambda/failure.ts';
import { readRecord } from '../../../lambda/incident/record-chain.ts';
import { reconcile } from '../../../lambda/reconcile.ts';
import { accessTokenText, desk, minute } from './examples.ts';
import {
  createWorld,
  credentialsSecret,
  type Gate,
  runIn,
  tick,
  tokenSecret,
  type World,
  type ZohoMood,
} from './one-connection.ts';

const recordIn = async ({ secrets }: World) => (await readRecord(secrets, tokenSecret)).record;
const statesIn = ({ published }: World) => published.map(({ event }) => event.state);
const askedIn = ({ asked }: World) => asked.map(({ at }) => Math.floor((at.getTime() - minute(0).getTime()) / 60_000));
const documentIn = async ({ secrets }: World) =>
  parseTokenDocument((await secrets.get(tokenSecret, 'AWSCURRENT'))?.text ?? '');
const storedToken = accessTokenText('1005.').slice(0, 13);
const quarterHour = 900_000;
const everyTick = Array.from({ length: 25 }, (_, index) => index * 5);

const app: Trigger = { kind: 'call', reason: 'unauthorized', force: false };
const operator: Trigger = { kind: 'call', reason: 'operator', force: false };
const forced: Trigger = { ...operator, force: true };

/** A call at that minute; each in an execution environment of its own unless a memory is given. */
function call(world: World, at: number, mood: ZohoMood, trigger: Trigger, memory = createEnvironmentMemory()) {
  return reconcile(runIn(world, { name: `call ${at}`, now: minute(at), mood, memory }), desk, trigger);
}

/** A gate that refuses an operation of Secrets Manager with a code. */
function refusing(refused: string, code: FailureCode): Gate {
  return async (label, perform) => {
    if (label === refused) throw new RefreshError(code, `${label} failed`);
    return perform();
  };
}

describe('ticks, each in an execution environment of its own', () => {
  test.each<[mood: ZohoMood, asked: number[]]>([
    ['invalid_code', [0, 10, 20, 30, 60, 90, 120]],
    ['throttle', [0, 15, 30, 60, 120]],
    ['down', everyTick],
  ])('wait by the table while Zoho says %s', async (mood, asked) => {
    const world = await createWorld({ lifeLeft: 900 });
    for (const slot of everyTick) await tick(world, slot, mood, { probeEvery: quarterHour });
    expect(askedIn(world)).toEqual(asked);
  });

  test('alert at a third of the life although an older record has nothing to do with the silence', async () => {
    const world = await createWorld({ lifeLeft: 485 });
    world.hasWrongSetting = true;
    const options = { probeEvery: quarterHour };
    await tick(world, 0, 'throttle', options);
    for (const slot of [5, 10]) await tick(world, slot, 'throttle', options);
    expect(world.published.at(-1)?.event).toMatchObject({ state: 'open', code: 'rate_limited' });
  });
});

describe('nothing stored yet', () => {
  test('waits for the first consent without a request and without an alert', async () => {
    const world = await createWorld();
    await world.secrets.put({ secretId: credentialsSecret, clientRequestToken: 'credentials-2', text: '{}' });
    expect(await tick(world, 0, 'good')).toMatchObject({ outcome: 'waiting', code: 'credentials_missing' });
    expect(world.asked).toEqual([]);
    expect(world.published).toEqual([]);
  });

  test('makes Zoho mint no token if the token secret is gone', async () => {
    const world = await createWorld();
    const outcome = await tick(world, 0, 'good', { gate: refusing('put placeholder', 'secret_store_refused') });
    expect(outcome).toMatchObject({
      outcome: 'failed',
      code: 'secret_store_refused',
      unheard: expect.any(String),
    });
    expect(world.asked).toEqual([]);
  });
});

describe('an issued token', () => {
  test('that the service rejects twice is not stored', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    world.deadTokens.push('1005.');
    expect(await tick(world, 0, 'good')).toMatchObject({ outcome: 'failed', code: 'token_rejected' });
    expect((await documentIn(world))?.expiresAt).toEqual(minute(900));
    expect(statesIn(world)).toEqual(['open']);
  });

  test('with a wrong setting is stored and marked, and on-call is alerted', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    world.hasWrongSetting = true;
    expect(await tick(world, 0, 'good')).toMatchObject({ outcome: 'refreshed', code: 'setting_mismatch' });
    expect(await documentIn(world)).toMatchObject({ hasSettingFault: true });
    expect(world.published[0]?.event).toMatchObject({ state: 'open', code: 'setting_mismatch' });
  });

  test('that ends earlier than a living one is not stored', async () => {
    const world = await createWorld({ lifeLeft: 1_435 });
    expect(await call(world, 0, 'good', forced)).toMatchObject({ outcome: 'fresh', code: null });
    expect((await documentIn(world))?.expiresAt).toEqual(minute(1_435));
  });

  test('is stored although somebody moved AWSCURRENT back by hand', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    const before = await world.secrets.get(tokenSecret, 'AWSCURRENT');
    await tick(world, 0, 'good');
    const { secrets } = world;
    const get: typeof secrets.get = async (secretId, label) =>
      secretId === tokenSecret && label === 'AWSCURRENT' ? before : secrets.get(secretId, label);
    await tick({ ...world, secrets: { ...secrets, get } }, 5, 'good');
    expect((await documentIn(world))?.issuedAt).toEqual(minute(5.05));
  });
});

describe('a refresh token that Zoho sends', () => {
  const other = accessTokenText('1005.', 'd');

  test('is stored before anything else, and the new credentials are the ones that failed', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    world.newRefreshToken = other;
    for (const slot of [0, 5]) await tick(world, slot, 'invalid_code');
    expect(JSON.parse((await world.secrets.get(credentialsSecret, 'AWSCURRENT'))?.text ?? '')).toMatchObject({
      refresh_token: other,
    });
    expect(askedIn(world)).toEqual([0]);
  });
});

describe('an app that got a 401', () => {
  test('is answered with "fresh" if the service accepts it, however soon it is due', async () => {
    const world = await createWorld({ lifeLeft: 3 });
    expect(await call(world, 1, 'good', app)).toMatchObject({ outcome: 'fresh', verdict: 'accepted' });
  });

  test('costs one request in ten minutes, and never gets "fresh", if no probe can tell', async () => {
    const world = await createWorld({ lifeLeft: 1_400 });
    world.services = 'down';
    const memory = createEnvironmentMemory();
    expect(await call(world, 1, 'good', app, memory)).toMatchObject({
      outcome: 'refreshed',
      verdict: 'cannot tell',
    });
    for (const at of [1.5, 4, 6, 9]) expect((await call(world, at, 'good', app, memory)).outcome).toBe('waiting');
    expect(askedIn(world)).toEqual([1]);
    expect((await call(world, 11.1, 'good', app, memory)).outcome).toBe('refreshed');
  });

  test('leaves what it found to the next tick to alert, a dead token that it may not replace included', async () => {
    const world = await createWorld({ lifeLeft: 1_400 });
    world.deadTokens.push(storedToken);
    expect(await call(world, 1, 'invalid_code', app)).toMatchObject({
      outcome: 'failed',
      code: 'invalid_code',
    });
    expect(await call(world, 3, 'invalid_code', app)).toMatchObject({
      outcome: 'waiting',
      code: 'invalid_code',
    });
    expect(world.published).toEqual([]);
    await tick(world, 5, 'invalid_code');
    expect(world.published[0]?.event).toMatchObject({
      state: 'open',
      code: 'invalid_code',
      severity: 'critical',
      minutes_left: 0,
    });
  });

  test('asks for nothing if another run stored a good token before it got its turn', async () => {
    const world = await createWorld({ lifeLeft: 1_400 });
    world.deadTokens.push(storedToken);
    const gate: Gate = async (label, perform) => {
      if (label === 'put INCIDENT') await tick(world, 0, 'good', { probeEvery: quarterHour });
      return perform();
    };
    const run = runIn(world, { name: 'app', now: minute(0.5), mood: 'good', gate });
    // What the service said of the dead token is not said of the new one.
    expect(await reconcile(run, desk, app)).toMatchObject({ outcome: 'fresh', verdict: undefined });
    expect(world.asked).toHaveLength(1);
  });

  test('takes no turn without a readable record', async () => {
    const world = await createWorld({ lifeLeft: -5 });
    const gate = refusing('get INCIDENT', 'secret_store_refused');
    const run = runIn(world, { name: 'app', now: minute(1), mood: 'good', gate });
    expect(await reconcile(run, desk, app)).toMatchObject({
      outcome: 'failed',
      code: 'secret_store_refused',
    });
    expect(world.asked).toEqual([]);
  });
});

describe('an operator', () => {
  test('ends every wait by force, but a throttle’s', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    await tick(world, 0, 'invalid_code');
    expect((await call(world, 2, 'throttle', operator)).outcome).toBe('waiting');
    expect((await call(world, 4, 'throttle', forced)).code).toBe('rate_limited');
    expect(await call(world, 15, 'good', forced)).toMatchObject({ outcome: 'waiting', code: 'rate_limited' });
    expect((await call(world, 20.1, 'good', forced)).outcome).toBe('refreshed');
  });
});

test('an incident about a dead token costs four records: claimed and sent, resolved and closed', async () => {
  const world = await createWorld({ lifeLeft: 1_400 });
  world.deadTokens.push(storedToken);
  await tick(world, 0, 'invalid_code', { probeEvery: quarterHour });
  await tick(world, 10, 'good', { probeEvery: quarterHour });
  const records = world.secrets.moves.filter(({ label }) => label === 'INCIDENT');
  expect([statesIn(world), records.length]).toEqual([['open', 'resolved'], 4]);
});

describe('a record that cannot be read', () => {
  test('does not stand in the way of a refresh if access to it is refused, and the run fails at its end', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    const outcome = await tick(world, 0, 'good', { gate: refusing('get INCIDENT', 'secret_store_refused') });
    expect(outcome).toMatchObject({ outcome: 'refreshed', unheard: 'get INCIDENT failed' });
    expect(world.published).toEqual([]);
  });

  test('keeps Zoho’s silence per execution environment', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    const memory = createEnvironmentMemory();
    const gate = refusing('get INCIDENT', 'secret_store_refused');
    for (const slot of [0, 5, 10, 15])
      expect(await tick(world, slot, 'throttle', { gate, memory })).toMatchObject({ code: 'rate_limited' });
    expect(askedIn(world)).toEqual([0, 15]);
  });

  test('makes the connection wait for the next tick if the read fails in passing, unheard only while there is time', async () => {
    const gate = refusing('get INCIDENT', 'secret_store_failed');
    const [long, short] = [await createWorld({ lifeLeft: 900 }), await createWorld({ lifeLeft: 400 })];
    expect(await tick(long, 0, 'good', { gate })).toMatchObject({ outcome: 'failed', unheard: undefined });
    expect(await tick(short, 0, 'good', { gate })).toMatchObject({
      outcome: 'failed',
      unheard: 'get INCIDENT failed',
    });
    expect([...long.asked, ...short.asked]).toEqual([]);
  });
});

describe('a record that cannot be written', () => {
  test('keeps a silence in the execution environment, fails every tick, and is written when it can be', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    const memory = createEnvironmentMemory();
    const gate = refusing('put INCIDENT', 'secret_store_failed');
    for (const slot of [0, 5]) expect((await tick(world, slot, 'throttle', { gate, memory })).unheard).toBeDefined();
    expect((await tick(world, 10, 'throttle', { memory })).unheard).toBeUndefined();
    expect(Object.values((await recordIn(world)).quiet)).toEqual([minute(15)]);
    expect(await tick(world, 15, 'good')).toMatchObject({ outcome: 'refreshed' });
    expect(askedIn(world)).toEqual([0, 15]);
  });

  test('costs no token', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    await tick(world, 0, 'invalid_code');
    const outcome = await tick(world, 10, 'good', { gate: refusing('put INCIDENT', 'secret_store_failed') });
    expect(outcome).toMatchObject({ outcome: 'refreshed', unheard: 'put INCIDENT failed' });
  });
});

describe('while SNS refuses', () => {
  test('every tick fails, and the alert is sent once when SNS takes it again', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    world.sns = 'refuses';
    for (const slot of [0, 5, 10]) expect((await tick(world, slot, 'invalid_code')).unheard).toBeDefined();
    world.sns = 'takes';
    for (const slot of [30, 35, 40]) await tick(world, slot, 'invalid_code');
    expect(statesIn(world)).toEqual(['open']);
  });

  test('what fails after an end that could not be sent is another incident', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    await tick(world, 0, 'invalid_code');
    world.sns = 'refuses';
    await tick(world, 10, 'good');
    world.sns = 'takes';
    await call(world, 13, 'invalid_code', forced);
    await tick(world, 15, 'good');
    expect(statesIn(world)).toEqual(['open', 'resolved']);
  });
});
