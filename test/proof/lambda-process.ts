import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Invoked } from '../../local/runtime/execution-environment.ts';

/** Starts the bundle in a process of its own, ready to be invoked. */
export async function startLambdaProcess(bundle: URL, variables: Readonly<Record<string, string>>) {
  const child = fork(new URL('./lambda-process-child.ts', import.meta.url), [bundle.href], {
    env: variables,
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
    /** Invokes it at an instant of the test's clock, epoch milliseconds. Its lines are in its output. */
    async invoke(event: unknown, now: number): Promise<Invoked> {
      const id = randomUUID();
      child.send({ id, event, now });
      for (;;) {
        const [reply] = (await once(child, 'message')) as [Omit<Invoked, 'lines'> & { id: string }];
        if (reply.id === id) return { ...reply, lines: [] };
      }
    },
    /** Kills it with SIGKILL: no handler runs, no buffer is written, no socket is closed in order. */
    async kill(): Promise<void> {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    /** Everything that it wrote to standard output and standard error. */
    output: () => output,
  };
}
