import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Request, Scene, Seen, StandInsOptions, Variables } from './stand-ins-messages.ts';

/** Stand-ins for Zoho, Secrets Manager and SNS on loopback, in another process. */
export type StandIns = {
  /** Point a handler to them. */
  readonly variables: Variables;
  set(scene: Scene): Promise<void>;
  seen(): Promise<Seen>;
  close(): Promise<void>;
};

/** Starts them. */
export async function startStandIns(options: StandInsOptions): Promise<StandIns> {
  const file = fileURLToPath(new URL('./stand-ins-process.ts', import.meta.url));
  const child = fork(file, [JSON.stringify(options)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const variables = (await nextAnswer(child)) as Variables;
  const ask = async (request: Request) => {
    child.send(request);
    return nextAnswer(child);
  };
  return {
    variables,
    set: async (scene) => void (await ask({ set: scene })),
    seen: async () => (await ask({ tell: 'seen' })) as Seen,
    async close() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

async function nextAnswer(child: ChildProcess): Promise<unknown> {
  const ending = new AbortController();
  const exited = once(child, 'exit', { signal: ending.signal }).then(() => {
    throw new Error('the process of the stand-ins ended');
  });
  exited.catch(() => undefined);
  const [message] = (await Promise.race([once(child, 'message'), exited])) as [{ answer?: unknown; error?: string }];
  ending.abort();
  if (message.error !== undefined) throw new Error(`the stand-ins failed: ${message.error}`);
  return message.answer;
}
