/** What Ctrl-C does: ends the program, unless somebody holds it. */
export type Interrupts = ReturnType<typeof createInterrupts>;

export function createInterrupts() {
  let held: AbortController | undefined;
  return {
    /**
     * Takes Ctrl-C away from the program: the first one aborts the signal, until it is released. Of two commands at once,
     * the last has it.
     */
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
