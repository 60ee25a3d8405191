import { faultName } from '../../../lambda/aws/fault-name.ts';
import { Stopped } from '../finding.ts';
import type { Subject } from '../subject.ts';

/** What has to be undone, whatever happens. */
export type Cleanup = ReturnType<typeof createCleanup>;

/** Ctrl-C while something is tried in earnest: it stops between two calls, and never the cleaning. */
export type Stop = ReturnType<typeof createStop>;

/** @param signal - Of Ctrl-C, held; left out, Ctrl-C ends the program by itself. */
export function createStop(signal?: AbortSignal) {
  let isCleaning = false;
  return {
    throwIfStopped: () => {
      if (signal?.aborted === true && !isCleaning) throw new Stopped();
    },
    signal: () => (isCleaning ? undefined : signal),
    whileItCleans: async <Result>(clean: () => Promise<Result>) => {
      isCleaning = true;
      return clean().finally(() => {
        isCleaning = false;
      });
    },
  };
}

/** Between further tries, for all steps together: long enough for a network that comes back. */
const pausesMilliseconds = [2_000, 10_000, 30_000, 60_000];

export function createCleanup() {
  const steps = new Map<symbol, { what: string; undo: () => Promise<unknown> }>();
  return {
    /** Called before something is done, because a request may arrive and its answer not. @returns Undoes it now. */
    add(what: string, undo: () => Promise<unknown>) {
      const key = Symbol();
      steps.set(key, { what, undo });
      return async () => {
        await undo().then(
          () => steps.delete(key),
          (fault: unknown) => {
            if (fault instanceof Stopped) throw fault;
          },
        );
      };
    },
    /** Undoes what is left, the newest first. @returns What could not be undone, each with what to do by hand. */
    async run({ say, wait }: Pick<Subject, 'say' | 'wait'>): Promise<readonly string[]> {
      const left: string[] = [];
      const pauses = [...pausesMilliseconds];
      for (const { what, undo } of [...steps.values()].toReversed()) {
        // An answer may be lost: the second time there may be nothing left to undo.
        let fault = await undo().catch(undo).then(nothing, faultName);
        while (fault !== undefined && pauses.length > 0) {
          const pause = pauses.shift() ?? 0;
          say(`could not ${what.split(':')[0]} (${fault}); trying again in ${pause / 1000} s`);
          await wait(pause);
          fault = await undo().then(nothing, faultName);
        }
        if (fault !== undefined) left.push(`${what} (${fault})`);
      }
      steps.clear();
      return left;
    },
  };
}

function nothing(): undefined {}
