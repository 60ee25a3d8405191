import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { functionTimeoutMilliseconds } from '../../lambda/settings.ts';
import type { SharedClock } from './shared-clock.ts';

/** Begins the line with which a worker closes an invocation's output, as Lambda does. */
export const endMark = 'END RequestId: ';

/** What an invocation gave: the handler's answer or the error it threw, and its lines on standard output. */
export type Invoked = {
  readonly answer?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
  readonly lines: readonly string[];
};

/** A Lambda execution environment on this machine. */
export type ExecutionEnvironment = {
  /** Invokes the bundle; invocations wait for each other. */
  invoke(event: unknown): Promise<Invoked>;
  close(): Promise<void>;
};

/** Starts an execution environment: a thread of its own with its own environment variables and clock. */
export function startEnvironment(
  bundle: URL,
  variables: Readonly<Record<string, string>>,
  clock: SharedClock,
): ExecutionEnvironment {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { bundle: bundle.href, clock },
    env: variables,
    stdout: true,
  });
  let lines: string[] = [];
  let whenEnded = (_id: string) => {};
  createInterface({ input: worker.stdout }).on('line', (line) => {
    if (line.startsWith(endMark)) whenEnded(line.slice(endMark.length));
    else lines.push(line);
  });
  let queue: Promise<unknown> = Promise.resolve();
  async function invokeNow(event: unknown): Promise<Invoked> {
    lines = [];
    const id = randomUUID();
    // Standard output comes through another channel than the reply, and may be later.
    const ended = new Promise<void>((resolve) => {
      whenEnded = (endedId) => endedId === id && resolve();
    });
    worker.postMessage({ id, event, timeoutMilliseconds: functionTimeoutMilliseconds });
    const [reply] = (await once(worker, 'message')) as [Omit<Invoked, 'lines'>];
    await ended;
    return { ...reply, lines };
  }
  return {
    invoke(event) {
      const invoked = queue.then(() => invokeNow(event));
      queue = invoked.catch(() => undefined);
      return invoked;
    },
    async close() {
      await worker.terminate();
    },
  };
}
