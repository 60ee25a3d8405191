/** One event over several connections, with everything around it in memory. */
import { expect, test } from 'vitest';
import { carryOut } from '../../../lambda/invocation.ts';
import type { Run } from '../../../lambda/run.ts';
import { desk, minute, salesiq } from './examples.ts';
import { createWorld, type Gate, runIn, type World } from './one-connection.ts';

/** A tick for the slot of that minute, at minute 5, of two connections; `salesiq` waits for its first consent. */
async function tickAt(world: World, slot: number, changes: { gate?: Gate; end?: AbortSignal } = {}) {
  const metrics: string[] = [];
  const run: Run = {
    ...runIn(world, { name: 'tick', now: minute(5), mood: 'good', probeEvery: 900_000, ...changes }),
    connections: [desk, salesiq],
    writeMetrics: (line) => void metrics.push(line),
    ...(changes.end && { end: changes.end }),
  };
  const event = { schedule_arn: 'arn:of:the:schedule', scheduled_time: minute(slot).toISOString() };
  const answer = await carryOut(run, event).catch((fault: unknown) => fault);
  return { answer, metrics: metrics.map((line) => JSON.parse(line)) };
}

test('a tick that had its turn for every connection beats once', async () => {
  const { answer, metrics } = await tickAt(await createWorld({ lifeLeft: 1_400 }), 5);
  expect(answer).toMatchObject({ connections: [{ outcome: 'fresh', probe: null }, { outcome: 'waiting' }] });
  expect(metrics.filter(({ Ticks }) => Ticks === 1)).toHaveLength(1);
});

test('a tick in which one connection hangs fails without a heartbeat, and the other has its turn', async () => {
  const end = new AbortController();
  const gate: Gate = (label, perform) => {
    if (label === 'get INCIDENT') setImmediate(() => end.abort());
    return label === 'put token' ? new Promise(() => undefined) : perform();
  };
  const { answer, metrics } = await tickAt(await createWorld({ lifeLeft: 5 }), 5, { gate, end: end.signal });
  expect(answer).toMatchObject({ message: "desk: the run's time was up before this was done" });
  expect(metrics).toMatchObject([{ Connection: 'salesiq' }, { Connection: 'desk', RefreshFailure: 1 }]);
});

test('a scheduled time that cannot be of this schedule counts as now', async () => {
  const { answer } = await tickAt(await createWorld({ lifeLeft: 1_400 }), -1_440);
  expect(answer).toMatchObject({ connections: [{ connection: 'desk', probe: null }, {}] });
});
