import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Console, startConsole } from '../../local/console/start-console.ts';
import { type BareStage, setBareStage } from '../support/stage.ts';
import { evening } from './console-night.ts';

const reading = new AbortController();
let stage: BareStage;
let console: Console;
let ticks = 0;
beforeAll(async () => {
  stage = await setBareStage({ start: evening });
  const onTick = () => {
    ticks += 1;
  };
  console = await startConsole(stage, { port: 0, onTick });
  const events = await fetch(`${console.url}/events`, { signal: reading.signal });
  events.body?.pipeTo(new WritableStream(), { signal: reading.signal }).catch(() => undefined);
  while (ticks < 1) await wait(5);
});
afterAll(async () => {
  reading.abort();
  await console.close();
  await stage.close();
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What this process still holds when its garbage is collected; the soak watches the Lambda's thread as well. */
function heldMegabytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

/** Twelve ticks, and every sixth hour an outage of two hours with its alerts. */
async function passHour(hour: number): Promise<void> {
  for (let tick = 0; tick < 12; tick += 1) {
    if (hour % 6 === 3 && tick === 6) console.breakage.break('token/http_500');
    if (hour % 6 === 5 && tick === 6) console.breakage.healAll();
    const before = ticks;
    stage.pass(5);
    console.ticker.wake();
    while (ticks === before) await wait(1);
  }
}

it('needs no more memory on the second day than on the first', async () => {
  const megabytes: number[] = [];
  for (let hour = 0; hour <= 48; hour += 1) {
    if (hour % 6 === 0) megabytes.push(heldMegabytes());
    await passHour(hour);
  }
  process.stdout.write(`heap every six hours: ${megabytes.map((each) => each.toFixed(1)).join(', ')} MB\n`);
  const [start = 0, , , , firstDay = 0, , , , secondDay = 0] = megabytes;
  expect(secondDay - firstDay).toBeLessThan((firstDay - start) / 2);
  expect(secondDay - start).toBeLessThan(20);
  // The lists that only tests need whole.
  expect(stage.secretsManager.calls.length).toBeLessThan(1_100);
  expect(stage.zoho.requests.length).toBeLessThan(1_100);
  expect(stage.sns.inbox.length).toBeLessThan(110);
}, 240_000);
