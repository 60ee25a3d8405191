import { describe, expect, test } from 'vitest';
import { createEnvironmentMemory } from '../../../lambda/environment-memory.ts';
import { minute } from './examples.ts';
import { createWorld, tick } from './world.ts';

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

describe('while SNS refuses', () => {
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
