import { randomUUID } from 'node:crypto';
import { stdout } from 'node:process';
import { format } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import type { Invoked } from './execution-environment.ts';
import { type SharedClock, useSharedClock } from './shared-clock.ts';

/**
 * One execution environment: loads the bundle and answers invocations one after the other, as Lambda's runtime does.
 *
 * Under Lambda's JSON log format whatever goes through `console` is wrapped as a message; doing the same here shows at
 * once when embedded metrics would be lost.
 */
type Invocation = { readonly event: unknown; readonly timeoutMilliseconds: number };
type Handler = (
  event: unknown,
  context: { awsRequestId: string; getRemainingTimeInMillis: () => number },
) => Promise<unknown>;

const { bundle, clock } = workerData as { bundle: string; clock: SharedClock };
useSharedClock(clock);
/** What the invocation wrote so far. */
let written = '';
stdout.write = (text: string | Uint8Array) => {
  written += text;
  return true;
};
for (const level of ['debug', 'info', 'log', 'warn', 'error'] as const) {
  globalThis.console[level] = (...values: unknown[]) => {
    const timestamp = new Date().toISOString();
    stdout.write(`${JSON.stringify({ timestamp, level: level.toUpperCase(), message: format(...values) })}\n`);
  };
}

parentPort?.on('message', async ({ event, timeoutMilliseconds }: Invocation) => {
  written = '';
  const end = performance.now() + timeoutMilliseconds;
  const reply = await answer(event, {
    awsRequestId: randomUUID(),
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(end - performance.now())),
  });
  parentPort?.postMessage({ ...reply, lines: written.split('\n').filter(Boolean) });
});

async function answer(event: unknown, context: Parameters<Handler>[1]): Promise<Omit<Invoked, 'lines'>> {
  try {
    // Imported with the first invocation, so that a bundle that refuses to start fails that invocation.
    const { handler } = (await import(bundle)) as { handler: Handler };
    return { answer: await handler(event, context) };
  } catch (fault) {
    const { name, message } = fault instanceof Error ? fault : { name: 'Error', message: 'no error object was thrown' };
    return { error: { name, message } };
  }
}
