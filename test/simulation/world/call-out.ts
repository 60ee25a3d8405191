import type { Random } from '../random.ts';
import type { RunOfLambda } from './facts.ts';
import type { VirtualTime } from './virtual-time.ts';

/** When and how a run is to be killed. */
export type Crash = { readonly call: number; readonly when: 'before' | 'after' };

/** A run in its world: what its calls go through. */
export type RunInWorld = RunOfLambda & {
  readonly random: Random;
  /** Multiplies what Zoho takes to answer. */
  readonly slowness: number;
  readonly crash: Crash | undefined;
  readonly kill: () => void;
};

/** A call on its way out and back, in virtual time. */
type CallOut<Effect, Answer> = {
  readonly effectAfter: number;
  readonly answerAfter: number;
  readonly isCarriedOut: boolean;
  readonly carryOut: () => Effect;
  /** What comes back; gets what `carryOut` gave, `undefined` if it never was. */
  readonly answer: (carriedOut: Effect | undefined) => Answer;
  readonly aborted: () => Error;
};

/** Takes a call out into the world and its answer back, unless the run is dead by then. */
export function callOut<Effect, Answer>(
  time: VirtualTime,
  run: RunInWorld,
  signal: AbortSignal,
  call: CallOut<Effect, Answer>,
): Promise<Answer> {
  run.calls += 1;
  const isCrash = run.crash?.call === run.calls;
  return new Promise((resolve, reject) => {
    if (run.isKilled || (isCrash && run.crash?.when === 'before')) {
      run.kill();
      return;
    }
    if (signal.aborted) {
      reject(call.aborted());
      return;
    }
    let isSettled = false;
    const settle = (how: () => void) => {
      if (isSettled || run.isKilled) return;
      isSettled = true;
      how();
    };
    const onAbort = () => settle(() => reject(call.aborted()));
    signal.addEventListener('abort', onAbort, { once: true });
    let carriedOut: Effect | undefined;
    if (call.isCarriedOut) {
      const carryOut = () => {
        carriedOut = call.carryOut();
        if (isCrash) run.kill();
      };
      time.after(Math.min(call.effectAfter, call.answerAfter), carryOut, false);
    }
    time.after(call.answerAfter, () => {
      signal.removeEventListener('abort', onAbort);
      if (isCrash) run.kill();
      settle(() => {
        try {
          resolve(call.answer(carriedOut));
        } catch (fault) {
          reject(fault);
        }
      });
    });
  });
}

/** A random wait of a run, in virtual time; over when the run is. */
export function pause(time: VirtualTime, run: RunInWorld, longest: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    time.after(run.random() * longest, resolve);
  });
}
