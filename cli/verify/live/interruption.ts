import type { HeldInterrupts, HoldInterrupts } from '../../interrupts.ts';
import { Stopped } from '../finding.ts';

/** Ctrl-C while something is tried in earnest: it stops the trying between two calls, and never the cleaning. */
export type Interruption = {
  /** From now on Ctrl-C no longer ends the program. */
  readonly begin: () => void;
  readonly isStopped: () => boolean;
  /** Throws {@link Stopped} after Ctrl-C, until the cleaning begins. */
  readonly throwIfStopped: () => void;
  readonly beginCleaning: () => void;
  /** Ctrl-C ends the program again. */
  readonly end: () => void;
  /** Ends what waits. */
  readonly signal: () => AbortSignal | undefined;
};

/** Makes it; nothing is held yet. */
export function createInterruption(hold: HoldInterrupts): Interruption {
  let held: HeldInterrupts | undefined;
  let isCleaning = false;
  return {
    begin: () => {
      held = hold();
    },
    isStopped: () => held?.signal.aborted === true,
    throwIfStopped: () => {
      if (held?.signal.aborted === true && !isCleaning) throw new Stopped();
    },
    beginCleaning: () => {
      isCleaning = true;
    },
    end: () => held?.release(),
    signal: () => held?.signal,
  };
}
