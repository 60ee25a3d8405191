import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Invoked } from '../../local/runtime/execution-environment.ts';

const child = fileURLToPath(new URL('./handler-process-child.mjs', import.meta.url));
const clockModule = new URL('../../local/runtime/shared-clock.ts', import.meta.url);

/** What the handler gave, and what that took. */
export type Invocation = Pick<Invoked, 'answer' | 'error'> & {
  readonly handlerMilliseconds: number;
  /** Of the whole process since its start, all threads. */
  readonly cpuMilliseconds: number;
  /** Highest resident set of the process so far. */
  readonly maxRssMebibytes: number;
};

/**
 * Starts a new Node process that loads a Lambda handler: it can be measured, and killed as a machine would be.
 *
 * @param variables - All its environment variables.
 * @param hasClock - Whether the caller sets its clock; otherwise it reads this machine's.
 */
export function startHandlerProcess(file: string, variables: Readonly<Record<string, string>>, hasClock = false) {
  const handler = fork(child, [file, ...(hasClock ? [clockModule.href] : [])], {
    env: variables,
    execArgv: [],
    silent: true,
  });
  let output = '';
  for (const stream of [handler.stdout, handler.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const gone = new AbortController();
  handler.once('close', (code) => gone.abort(new Error(`the handler's process ended with ${code}: ${output}`)));
  return {
    /**
     * Invokes the handler; fails if the process ends before it answers. Log lines are in the output.
     *
     * @param now - What its clock is to show, if the caller sets it, in epoch milliseconds.
     */
    async invoke(event: unknown, now?: number): Promise<Invocation> {
      handler.send({ event, now });
      const [invocation] = await once(handler, 'message', { signal: gone.signal });
      return invocation;
    },
    /** Kills it with SIGKILL: no handler runs, no buffer is written, no socket is closed in order. */
    async kill(): Promise<void> {
      if (gone.signal.aborted) return;
      handler.kill('SIGKILL');
      await once(handler, 'close');
    },
    output: () => output,
  };
}
