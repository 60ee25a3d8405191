import { faultName } from '../../../lambda/aws/fault-name.ts';
import { Stopped } from '../attempt.ts';
import type { Subject } from '../subject.ts';

/** What has to be undone, whatever happens. */
export type Cleanup = ReturnType<typeof createCleanup>;

/** Between further tries, for all steps together: long enough for a network that comes back. */
const pausesMilliseconds = [2_000, 10_000, 30_000, 60_000];

export function createCleanup() {
  const steps = new Map<string, () => Promise<unknown>>();
  return {
    /**
     * Called before something is done, because a request may arrive and its answer not.
     *
     * @param what - Of no other step, e.g. `delete the queue X`.
     * @returns Undoes it now; if that fails, it is tried again at the end.
     */
    add(what: string, undo: () => Promise<unknown>) {
      steps.set(what, undo);
      return async () => {
        const fault = await undo().then(nothing, (reason: unknown) => reason);
        if (fault instanceof Stopped) throw fault;
        if (fault === undefined) steps.delete(what);
      };
    },
    /** Undoes what is left, the newest first. @returns What could not be undone, each with what to do by hand. */
    async run({ say, wait }: Pick<Subject, 'say' | 'wait'>): Promise<readonly string[]> {
      const left: string[] = [];
      const pauses = [...pausesMilliseconds];
      for (const [what, undo] of [...steps].toReversed()) {
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
      for (const what of left) say(`could not be undone; by hand: ${what}`);
      return left;
    },
  };
}

function nothing(): undefined {}
