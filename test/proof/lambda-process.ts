import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';

/** What an invocation in a process of its own gave. */
export type ProcessInvoked = {
  readonly answer?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
};

/** The bundle in a process of its own. */
export type LambdaProcess = {
  /** Invokes it at an instant of the test's clock, epoch milliseconds. */
  invoke(event: unknown, now: number): Promise<ProcessInvoked>;
  /** Kills it with SIGKILL: no handler runs, no buffer is written, no socket is closed in order. */
  kill(): Promise<void>;
  /** Everything that it wrote to standard output and standard error. */
  output(): string;
};

/** Starts a process, ready to be invoked. */
export async function startLambdaProcess(
  bundle: URL,
  variables: Readonly<Record<string, string>>,
): Promise<LambdaProcess> {
  const child: ChildProcess = fork(new URL('./lambda-process-child.mjs', import.meta.url), [bundle.href], {
    env: { ...variables },
    execArgv: [],
    silent: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  await once(child, 'message');
  return {
    async invoke(event, now) {
      const id = randomUUID();
      child.send({ id, event, now });
      for (;;) {
        const [reply] = (await once(child, 'message')) as [ProcessInvoked & { id: string }];
        if (reply.id === id) return reply;
      }
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    output: () => output,
  };
}
