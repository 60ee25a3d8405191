import { describe, expect, test } from 'vitest';
import { createEnvironmentMemory } from '../../../lambda/environment-memory.ts';
import { RefreshError } from '../../../lambda/failure.ts';
import { readRecord } from '../../../lambda/incident/record-chain.ts';
import { answerOnDemand } from '../../../lambda/on-demand.ts';
import { reconcile } from '../../../lambda/reconcile.ts';
import { accessTokenText, desk, minute } from './examples.ts';
import { createWorld, credentialsSecret, type Gate, runIn, tick, tokenSecret, type World } from './world.ts';

const askedIn = ({ asked }: World) => asked.map(({ at }) => at);
const atTicks = (...slots: number[]) => slots.map((slot) => minute(slot + 0.05));
const recordIn = async ({ secrets }: World) => (await readRecord(secrets, tokenSecret)).record;
const statesIn = ({ published }: World) => published.map(({ event }) => event.state);

const quarterHour = 900_000;
const everyTick = Array.from({ length: 19 }, (_, index) => index * 5);
/** When Zoho may be asked while an operator must act: after 10 minutes, then every 30. */
const operatorTries = [0, 10, 40, 70].map((each) => minute(each + 0.05));

test('asks Zoho after 10 minutes, then every 30, while consent is lost', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  const memory = createEnvironmentMemory();
  for (const slot of everyTick) await tick(world, slot, 'invalid_code', { memory, probeEvery: quarterHour });
  expect(world.asked.map(({ at }) => at)).toEqual(operatorTries);
});

test('asks Zoho no more often when probes find a wrong setting while consent is lost', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  world.hasWrongSetting = true;
  const memory = createEnvironmentMemory();
  for (const slot of everyTick) await tick(world, slot, 'invalid_code', { memory, probeEvery: quarterHour });
  expect(world.asked.map(({ at }) => at)).toEqual(operatorTries);
});

test('makes up for a tick that was lost, as far as its execution environment remembers', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  const memory = createEnvironmentMemory();
  const delivered = everyTick.filter((slot) => slot !== 10 && slot !== 40);
  for (const slot of delivered) await tick(world, slot, 'invalid_code', { memory });
  expect(world.asked.map(({ at }) => at)).toEqual([0, 15, 45, 70].map((each) => minute(each + 0.05)));
});

test('is silent for 15 minutes after each throttle answer, in whatever execution environment', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  for (const slot of everyTick) await tick(world, slot, 'throttle');
  expect(world.asked.map(({ at }) => at)).toEqual([0, 15, 30, 60, 90].map((each) => minute(each + 0.05)));
});

test('keeps the silence while no record can be written, and fails every tick until one is', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  const memory = createEnvironmentMemory();
  let isRefused = true;
  const gate: Gate = async (label, perform) => {
    if (isRefused && label === 'put INCIDENT') throw new RefreshError('secret_store_failed', 'refused');
    return perform();
  };
  const tickAt = (slot: number) =>
    reconcile(
      runIn(world, { name: `t${slot}`, now: minute(slot + 0.05), mood: 'throttle', gate, memory }),
      desk,
      minute(slot),
    );
  for (const slot of [0, 5, 10, 15])
    expect(await tickAt(slot)).toMatchObject({ code: 'rate_limited', unheard: 'refused' });
  expect(askedIn(world)).toEqual(atTicks(0, 15));
  isRefused = false;
  const recorded = await tickAt(20);
  expect(recorded).toMatchObject({ outcome: 'waiting', code: 'rate_limited' });
  expect(recorded.unheard).toBeUndefined();
  expect((await recordIn(world)).throttle).toMatchObject({ at: minute(20.05) });
  for (const slot of [25, 30]) await tickAt(slot);
  expect(askedIn(world)).toEqual(atTicks(0, 15));
  await tickAt(35);
  expect(askedIn(world)).toEqual(atTicks(0, 15, 35));
});

test('waits out in one execution environment the throttle that another one heard', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  const memories = [createEnvironmentMemory(), createEnvironmentMemory()] as const;
  for (const [index, slot] of everyTick.entries())
    await tick(world, slot, 'throttle', { memory: memories[index % 2 === 0 ? 0 : 1] });
  expect(askedIn(world)).toEqual(atTicks(0, 15, 30, 60, 90));
});

test('waits out each answer by itself: the one of the second environment came later than its slot', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  const [one, other] = [createEnvironmentMemory(), createEnvironmentMemory()];
  await tick(world, 0, 'throttle', { memory: one });
  // The tick of minute 15 comes four minutes late, to the other environment.
  const late = runIn(world, { name: 'late', now: minute(19), mood: 'throttle', memory: other });
  await reconcile(late, desk, minute(15));
  for (const slot of [20, 25, 30]) await tick(world, slot, 'throttle', { memory: one });
  expect(askedIn(world)).toEqual([minute(0.05), minute(19)]);
  await tick(world, 35, 'throttle', { memory: one });
  expect(askedIn(world)).toHaveLength(3);
});

test('waits out the throttle that a call on demand heard, and a call the one that a tick heard', async () => {
  const world = await createWorld({ lifeLeft: -5 });
  const call = (now: number) =>
    answerOnDemand(runIn(world, { name: `app ${now}`, now: minute(now), mood: 'throttle' }), desk, {
      reason: 'operator',
      force: true,
    });
  expect(await call(1)).toMatchObject({ outcome: 'failed', code: 'rate_limited' });
  for (const slot of [5, 10, 15]) expect((await tick(world, slot, 'throttle')).outcome).toBe('waiting');
  expect(await call(15.5)).toMatchObject({ outcome: 'waiting' });
  expect((await tick(world, 20, 'throttle')).outcome).toBe('failed');
  expect((await recordIn(world)).throttle).toMatchObject({ at: minute(20.05), answers: 2 });
  expect(await call(34.9)).toMatchObject({ outcome: 'waiting' });
  expect(await call(35.1)).toMatchObject({ outcome: 'failed' });
  expect((await recordIn(world)).throttle).toMatchObject({ at: minute(35.1), answers: 3 });
  expect(await call(65)).toMatchObject({ outcome: 'waiting' });
  expect(await call(65.1)).toMatchObject({ outcome: 'failed' });
});

test('counts a throttle on demand as the first again where a good token came in between', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  for (const slot of [0, 15, 30]) await tick(world, slot, 'throttle');
  expect(await tick(world, 60, 'good')).toMatchObject({ outcome: 'refreshed' });
  expect(await recordIn(world)).toMatchObject({ state: 'closed', throttle: { answers: 3 } });
  const run = runIn(world, { name: 'operator', now: minute(600), mood: 'throttle' });
  await answerOnDemand(run, desk, { reason: 'operator', force: true });
  expect((await recordIn(world)).throttle).toMatchObject({ at: minute(600), answers: 1 });
});

test('keeps a try that falls into Zoho’s silence for the first tick after it', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  const memory = createEnvironmentMemory();
  await tick(world, 0, 'throttle', { memory });
  // Somebody stores other client credentials with the same refresh token: the silence holds, then it is tried at once.
  const { text } = (await world.secrets.get(credentialsSecret, 'AWSCURRENT')) ?? { text: '' };
  const other = text.replace('client-secret', 'another-secret');
  await world.secrets.put({ secretId: credentialsSecret, clientRequestToken: 'credentials-2', text: other });
  for (const slot of [5, 10, 15]) await tick(world, slot, 'good', { memory });
  expect(askedIn(world)).toEqual(atTicks(0, 15));
});

test('makes up for lost ticks, but not for a try of long ago that other environments had', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  const [one, other] = [createEnvironmentMemory(), createEnvironmentMemory()];
  for (const slot of [0, 5]) await tick(world, slot, 'invalid_code', { memory: one });
  for (const slot of [10, 15, 20]) await tick(world, slot, 'invalid_code', { memory: other });
  // The first environment last had slot 5: what lies more than three ticks back went to others.
  for (const slot of [30, 35]) await tick(world, slot, 'invalid_code', { memory: one });
  expect(askedIn(world)).toEqual(atTicks(0, 10));
  await tick(world, 40, 'invalid_code', { memory: one });
  expect(askedIn(world)).toEqual(atTicks(0, 10, 40));
});

describe('in a probe slot, where the refresh that was due failed', () => {
  const dead = accessTokenText('1005.').slice(0, 13);

  test('finds out whether apps can still use the stored token, before anybody is told', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    world.deadTokens.push(dead);
    const outcome = await tick(world, 0, 'invalid_code', { probeEvery: quarterHour });
    expect(outcome).toMatchObject({ outcome: 'failed', probe: 'rejected', stored: { isFoundDead: true } });
    expect(world.published[0]?.event).toMatchObject({ state: 'open', severity: 'critical', minutes_left: 0 });
    expect(world.published[0]?.event.impact).toContain('fail NOW: the service rejects the stored token');
    expect((await recordIn(world)).incident).toMatchObject({ deadVersion: 'token-1' });
    await tick(world, 5, 'invalid_code', { probeEvery: quarterHour });
    expect(statesIn(world)).toEqual(['open']);
  });

  test('tells a passing fault at once where the stored token is dead', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    world.deadTokens.push(dead);
    await tick(world, 0, 'down', { probeEvery: quarterHour });
    expect(world.published.map(({ event }) => [event.state, event.code])).toEqual([
      ['open', 'zoho_unavailable'],
    ]);
  });

  test('leaves the stored token as it was where the service accepts it', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    const outcome = await tick(world, 0, 'down', { probeEvery: quarterHour });
    expect(outcome).toMatchObject({ outcome: 'failed', probe: 'accepted', stored: { isFoundDead: false } });
    expect(world.published).toEqual([]);
  });

  test('probes in no other slot', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    world.deadTokens.push(dead);
    const { probe, stored } = await tick(world, 5, 'down', { probeEvery: quarterHour });
    expect([probe, stored?.isFoundDead]).toEqual([undefined, false]);
  });
});

describe('a refresh token that Zoho sends', () => {
  const refreshToken = accessTokenText('1005.', 'd');
  const currentIn = async ({ secrets }: World) => {
    const version = await secrets.get(credentialsSecret, 'AWSCURRENT');
    return { versionId: version?.versionId, ...JSON.parse(version?.text ?? '') };
  };

  test.each(['good', 'invalid_code', 'throttle'] as const)(
    'is stored though the answer is "%s", with the rest as it was',
    async (mood) => {
      const world = await createWorld({ lifeLeft: 900 });
      world.newRefreshToken = refreshToken;
      const { outcome } = await tick(world, 0, mood);
      expect(outcome).toBe(mood === 'good' ? 'refreshed' : 'failed');
      expect(await currentIn(world)).toEqual({
        versionId: expect.not.stringMatching(/^credentials-1$/),
        client_id: '1005.CLIENT',
        client_secret: 'client-secret',
        refresh_token: refreshToken,
      });
    },
  );

  test('makes the new credentials the ones that failed: they are waited out, and not tried as changed', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    world.newRefreshToken = refreshToken;
    await tick(world, 0, 'invalid_code');
    const { versionId } = await currentIn(world);
    expect((await recordIn(world)).incident?.credentialsVersion).toBe(versionId);
    for (const slot of [5, 10, 15]) await tick(world, slot, 'invalid_code');
    expect(askedIn(world)).toEqual(atTicks(0, 10));
    // What is stored is not stored again.
    expect((await currentIn(world)).versionId).toBe(versionId);
  });

  test('is throttled under its own name', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    world.newRefreshToken = refreshToken;
    for (const slot of [0, 5, 10, 15, 20]) await tick(world, slot, 'throttle');
    expect(askedIn(world)).toEqual(atTicks(0, 15));
  });

  test('that is the stored one is not stored again', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    world.newRefreshToken = accessTokenText('1005.', 'c');
    await tick(world, 0, 'good');
    expect((await currentIn(world)).versionId).toBe('credentials-1');
  });
});

test.each(['good', 'invalid_code', 'down'] as const)(
  'says how long it asked where Zoho answers "%s", and nothing where it did not ask',
  async (mood) => {
    const world = await createWorld({ lifeLeft: 900 });
    expect((await tick(world, 0, mood)).askedMilliseconds).toBeGreaterThanOrEqual(0);
    const fresh = await createWorld({ lifeLeft: 1_400 });
    expect((await tick(fresh, 0, mood)).askedMilliseconds).toBeUndefined();
    const without = await createWorld({ lifeLeft: 900 });
    await without.secrets.put({
      secretId: credentialsSecret,
      clientRequestToken: 'credentials-2',
      text: '{}',
    });
    expect(await tick(without, 0, mood)).toMatchObject({ outcome: 'failed', code: 'credentials_missing' });
    expect((await tick(without, 5, mood)).askedMilliseconds).toBeUndefined();
  },
);

describe('while SNS refuses', () => {
  test('records a throttle all the same, and waits it out', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    world.sns = 'refuses';
    for (const slot of [0, 5]) await tick(world, slot, 'invalid_code');
    for (const slot of [10, 15, 20, 25, 30, 35, 40]) {
      const { unheard } = await tick(world, slot, 'throttle');
      expect(unheard).toMatch(/SNS did not take|still not published/);
    }
    expect(askedIn(world)).toEqual(atTicks(0, 10, 25, 40));
    expect((await recordIn(world)).throttle).toMatchObject({ at: minute(40.05), answers: 3 });
    world.sns = 'takes';
    for (const slot of [45, 50, 55, 60, 65]) await tick(world, slot, 'throttle');
    expect(world.published.map(({ event }) => [event.state, event.code])).toEqual([['open', 'rate_limited']]);
    expect(askedIn(world)).toHaveLength(4);
  });

  test('records a new kind of code all the same, and waits it out', async () => {
    const world = await createWorld({ lifeLeft: 400 });
    world.sns = 'refuses';
    for (const slot of [0, 5]) await tick(world, slot, 'down');
    for (const slot of [10, 15, 20, 25, 30]) await tick(world, slot, 'invalid_code');
    expect(askedIn(world)).toEqual(atTicks(0, 5, 10, 20));
    world.sns = 'takes';
    for (const slot of [35, 40, 45]) await tick(world, slot, 'invalid_code');
    // The opening tells what is wrong now, so no escalation follows.
    expect(world.published.map(({ event }) => [event.state, event.code])).toEqual([['open', 'invalid_code']]);
  });

  test('says late that nothing is to be done where the incident is over meanwhile', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    world.sns = 'refuses';
    for (const slot of [0, 5]) await tick(world, slot, 'invalid_code');
    await tick(world, 10, 'good');
    world.sns = 'takes';
    for (const slot of [15, 20, 25, 30, 35, 40]) await tick(world, slot, 'good');
    expect(statesIn(world)).toEqual(['open', 'resolved']);
    const [late, resolved] = world.published.map(({ event }) => event);
    expect(late).toMatchObject({ code: 'invalid_code', severity: 'warning', remedy: 'Nothing more to do.' });
    expect(late?.impact).toMatch(/^apps read a token that is valid until /);
    expect(late?.expires_at).toBe(resolved?.expires_at);
    expect((await recordIn(world)).state).toBe('closed');
  });

  test('tells late how things are, and escalates for no line that was told so', async () => {
    // A sixth of the day is 240 minutes: crossed at minute 20; the token ends at minute 260.
    const world = await createWorld({ lifeLeft: 260 });
    world.sns = 'refuses';
    for (const slot of [0, 5]) await tick(world, slot, 'invalid_code');
    world.sns = 'takes';
    for (const slot of [35, 40, 45, 70]) await tick(world, slot, 'invalid_code');
    expect(statesIn(world)).toEqual(['open']);
    expect(world.published[0]?.event).toMatchObject({ severity: 'critical', minutes_left: 225 });
    for (const slot of [255, 260, 265]) await tick(world, slot, 'invalid_code');
    expect(statesIn(world)).toEqual(['open', 'escalated']);
  });

  test('fails on every tick, so that the alarm on errors speaks, and tells once when SNS takes again', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    world.sns = 'refuses';
    for (const slot of [0, 5, 10, 15]) {
      const { outcome, unheard } = await tick(world, slot, 'invalid_code');
      expect([slot, outcome, unheard]).toEqual([
        slot,
        expect.any(String),
        expect.stringMatching(/SNS did not take|still not published/),
      ]);
    }
    world.sns = 'takes';
    for (const slot of [20, 25, 30, 35, 40, 45]) await tick(world, slot, 'invalid_code');
    expect(world.published.map(({ event }) => event.state)).toEqual(['open']);
  });

  test('keeps the token that it got all the same', async () => {
    const world = await createWorld({ lifeLeft: 900 });
    await tick(world, -10, 'invalid_code');
    world.sns = 'refuses';
    expect(await tick(world, 0, 'good')).toMatchObject({
      outcome: 'refreshed',
      unheard: expect.stringContaining('SNS'),
    });
  });
});
