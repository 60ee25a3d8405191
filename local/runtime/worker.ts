import { stdout } from 'node:process';
import { format } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { endMark } from './execution-environment.ts';
import { type SharedClock, useSharedClock } from './shared-clock.ts';

/**
 * One execution environment: loads the bundle and answers invocations one after the other, as Lambda's runtime does.
 *
 * Under Lambda's JSON log format whatever goes through `console` is wrapped as a message; doing the same here shows at
 * once when embedded metrics would be lost.
 */
type Invocation = { readonly id: string; readonly event: unknown; readonly timeoutMilliseconds: number };
type Start = { readonly bundle: string; readonly clock: SharedClock };
type Handler = (
  event: unknown,
  context: { awsRequestId: string; getRemainingTimeInMillis: () => number },
) => Promise<unknown>;

const { bundle, clock } = workerData as Start;
useSharedClock(clock);
for (const level of ['debug', 'info', 'log', 'warn', 'error'] as const) {
  globalThis.console[level] = (...values: unknown[]) => {
    const timestamp = new Date().toISOString();
    stdout.write(`${JSON.stringify({ timestamp, level: level.toUpperCase(), message: format(...values) })}\n`);
  };
}

parentPort?.on('message', async ({ id, event, timeoutMilliseconds }: Invocation) => {
  const end = performance.now() + timeoutMilliseconds;
  const context = {
    awsRequestId: id,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(end - performance.now())),
  };
  const reply = await answer(event, context);
  stdout.write(`${endMark}${id}\n`);
  parentPort?.postMessage({ id, ...reply });
});

async function answer(event: unknown, context: Parameters<Handler>[1]) {
  try {
    // Imported with the first invocation, so that a bundle that refuses to start fails that invocation.
    const { handler } = (await import(bundle)) as { handler: Handler };
    return { answer: await handler(event, context) };
  } catch (fault) {
    const { name, message } = fault instanceof Error ? fault : { name: 'Error', message: 'no error object was thrown' };
    return { error: { name, message } };
  }
}
