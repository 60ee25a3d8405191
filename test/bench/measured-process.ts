import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { execPath, hrtime } from 'node:process';
import { fileURLToPath } from 'node:url';

/** What one invocation took. */
export type Invocation = {
  readonly answer: unknown;
  /** What the handler threw, where it did. */
  readonly error?: string;
  /** From the handler's call to its answer. */
  readonly handlerMilliseconds: number;
  /** Of the whole process since its start, all threads. */
  readonly cpuMilliseconds: number;
  /** Highest resident set of the process so far. */
  readonly maxRssMebibytes: number;
};

/** The first invocation of a new process. */
export type FirstInvocation = Invocation & {
  /** From before the process was made to the handler's answer, by one monotonic clock. */
  readonly spanMilliseconds: number;
};

type Message = Invocation & { readonly endedAt: string };

const runner = fileURLToPath(new URL('./first-invocation.mjs', import.meta.url));

/**
 * Starts a new Node process that loads a handler and carries an event out.
 *
 * @param variables - All environment variables that it has.
 * @returns The first invocation, and the process for further ones; `end` it.
 */
export async function startMeasured(
  file: string,
  event: unknown,
  variables: Readonly<Record<string, string>>,
): Promise<{
  first: FirstInvocation;
  invoke: (event: unknown) => Promise<Invocation>;
  end: () => Promise<void>;
}> {
  const startedAt = hrtime.bigint();
  const child = fork(runner, [file, JSON.stringify(event)], {
    env: variables,
    execPath,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const message = await nextMessage(child);
  return {
    first: { ...message, spanMilliseconds: Number(BigInt(message.endedAt) - startedAt) / 1e6 },
    async invoke(next) {
      child.send(next as object);
      return nextMessage(child);
    },
    async end() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

async function nextMessage(child: ChildProcess): Promise<Message> {
  const ending = new AbortController();
  const exited = once(child, 'exit', { signal: ending.signal }).then(([code]) => {
    throw new Error(`the measured process ended with exit code ${code}`);
  });
  exited.catch(() => undefined);
  const [message] = (await Promise.race([once(child, 'message'), exited])) as [Message];
  ending.abort();
  return message;
}

/** The invocation, unless the handler threw: then its time says nothing. */
export function succeeded<I extends Invocation>(invocation: I): I {
  if (invocation.error !== undefined) throw new Error(`the measured handler failed: ${invocation.error}`);
  return invocation;
}
