import { faultName } from '../../../lambda/aws/fault-name.ts';
import { Stopped } from '../finding.ts';

/** What has to be undone, whatever happens. */
export type Cleanup = {
  /**
   * Keeps in mind how to undo something; called before it is done, because a request may arrive and its answer not.
   *
   * @param what - For a person who has to do it by hand.
   * @returns Undoes it now; if that fails, it is tried again at the end.
   */
  readonly add: (what: string, undo: () => Promise<unknown>) => () => Promise<void>;
  /** Undoes what is left, the newest first. @returns What could not be undone, each with what to do by hand. */
  readonly run: () => Promise<readonly string[]>;
};

/** A list of what is to be undone; nothing yet. */
export function createCleanup(): Cleanup {
  const steps = new Map<symbol, { what: string; undo: () => Promise<unknown> }>();
  return {
    add(what, undo) {
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
    async run() {
      const left: string[] = [];
      for (const { what, undo } of [...steps.values()].toReversed()) {
        // An answer may be lost: the second time there may be nothing left to undo.
        await undo()
          .catch(undo)
          .catch((fault: unknown) => left.push(`${what} (${faultName(fault)})`));
      }
      steps.clear();
      return left;
    },
  };
}

/** Undoes with a command that may find nothing to undo. */
export async function unlessGone(work: Promise<unknown>): Promise<void> {
  await work.catch((fault: unknown) => {
    if (!/ResourceNotFound|NonExistentQueue|QueueDoesNotExist|NotFoundException/.test(faultName(fault)))
      throw fault;
  });
}
