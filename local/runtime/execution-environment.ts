import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { functionTimeoutMilliseconds } from '../../lambda/settings.ts';
import type { SharedClock } from './shared-clock.ts';

/** What an invocation gave: the handler's answer or the error it threw, and its lines on standard output. */
export type Invoked = {
  readonly answer?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
  readonly lines: readonly string[];
};

/** A Lambda execution environment on this machine. */
export type ExecutionEnvironment = ReturnType<typeof startEnvironment>;

/** Starts an execution environment: a thread of its own with its own environment variables and clock. */
export function startEnvironment(bundle: URL, variables: Readonly<Record<string, string>>, clock: SharedClock) {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { bundle: bundle.href, clock },
    env: variables,
  });
  let queue: Promise<unknown> = Promise.resolve();
  async function invokeNow(event: unknown): Promise<Invoked> {
    worker.postMessage({ event, timeoutMilliseconds: functionTimeoutMilliseconds });
    const [invoked] = (await once(worker, 'message')) as [Invoked];
    return invoked;
  }
  return {
    /** Invokes the bundle; invocations wait for each other. */
    invoke(event: unknown): Promise<Invoked> {
      const invoked = queue.then(() => invokeNow(event));
      queue = invoked.catch(() => undefined);
      return invoked;
    },
    close: () => worker.terminate(),
  };
}
