import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { hrtime } from 'node:process';
import { fileURLToPath } from 'node:url';
import { tickEvent as eventOf } from '../../local/stage.ts';

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

const runner = fileURLToPath(new URL('./first-invocation.mjs', import.meta.url));

/**
 * The environment of a measured handler beside what points it to the stand-ins: what Lambda sets, and nothing of this
 * machine's.
 *
 * `NODE_PATH` is how Lambda offers its own copy of the SDK to bundles without one; here it is this project's. No
 * compile cache and no home directory: neither is there in a new execution environment.
 */
const lambdaVariables = {
  HOME: tmpdir(),
  NODE_PATH: fileURLToPath(new URL('../../node_modules', import.meta.url)),
  AWS_DEFAULT_REGION: 'ap-south-1',
  AWS_SESSION_TOKEN: 'local',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: 'zoho-token-refresher',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
};

/**
 * Starts a new Node process that loads a handler and carries an event out.
 *
 * @param variables - Environment variables that point the handler to the stand-ins.
 * @returns The first invocation, with its time from before the process was made to the handler's answer by one
 *   monotonic clock, and the process for further ones; `end` it.
 */
export async function startMeasured(file: string, event: unknown, variables: Readonly<Record<string, string>>) {
  const startedAt = hrtime.bigint();
  const child = fork(runner, [file, JSON.stringify(event)], {
    env: { ...lambdaVariables, ...variables },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const message = await nextMessage<Invocation & { endedAt: string }>(child);
  return {
    first: { ...message, spanMilliseconds: Number(BigInt(message.endedAt) - startedAt) / 1e6 },
    invoke(next: object): Promise<Invocation> {
      child.send(next);
      return nextMessage(child);
    },
    async end(): Promise<void> {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

/** What a child says next; fails if it ends before. */
export function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`a process of the benchmark ended with ${code}`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message as Message);
    });
  });
}

const minute = 60_000;
const probeInterval = 15 * minute;
const afterProbe = { plain: 5 * minute, probing: 0 } as const;

/**
 * The input that the schedule sends, for the slot of that sort that is nearest to now: the Lambda takes a scheduled time
 * of another day for no slot of its schedule.
 *
 * @param slot - `plain`: two of three ticks; `probing`: the third, on which fresh tokens are tried at their service.
 */
export function tickEvent(slot: keyof typeof afterProbe = 'plain') {
  const nearest = Math.round((Date.now() - afterProbe[slot]) / probeInterval) * probeInterval + afterProbe[slot];
  return eventOf(new Date(nearest));
}
