/** Takes Ctrl-C away from the program until it is released; of two commands at once, the last has it. */
export type HoldInterrupts = () => {
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** From now on Ctrl-C ends the program again. */
  readonly release: () => void;
};

/** What Ctrl-C does: ends the program, unless somebody holds it. */
export type Interrupts = { readonly hold: HoldInterrupts; readonly interrupt: () => 'held' | 'free' };

export function createInterrupts(): Interrupts {
  let held: AbortController | undefined;
  return {
    hold() {
      const own = new AbortController();
      held = own;
      const release = () => {
        if (held === own) held = undefined;
      };
      return { signal: own.signal, release };
    },
    interrupt() {
      held?.abort();
      return held === undefined ? 'free' : 'held';
    },
  };
}
