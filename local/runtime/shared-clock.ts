/**
 * A clock that the local process and its Lambda worker read alike, and that can run faster than time does.
 *
 * Holds three numbers: the real instant at which it was last set, the instant that it showed then (both epoch
 * milliseconds), and how many times faster than time it has run since.
 */
export type SharedClock = Float64Array<SharedArrayBuffer>;

const RealDate = Date;

/** Makes a clock that shows the real time and runs at its speed. */
export function createSharedClock(): SharedClock {
  const clock = new Float64Array(new SharedArrayBuffer(3 * Float64Array.BYTES_PER_ELEMENT));
  clock.set([RealDate.now(), RealDate.now(), 1]);
  return clock;
}

/** What the clock shows, in epoch milliseconds. */
export function readClock(clock: SharedClock): number {
  const [setAt = 0, shown = 0, speed = 1] = clock;
  return Math.floor(shown + (RealDate.now() - setAt) * speed);
}

/** Sets what the clock shows, and how fast it runs from now on. */
export function setClock(clock: SharedClock, shown: number, speed: number): void {
  clock.set([RealDate.now(), shown, speed]);
}

/** Makes `Date` of this thread show the shared clock. Timers keep real time: time-outs stay what they are. */
export function useSharedClock(clock: SharedClock): void {
  globalThis.Date = class extends RealDate {
    constructor(...parts: [] | [string | number | Date]) {
      super(parts.length === 0 ? readClock(clock) : parts[0]);
    }
    static override now(): number {
      return readClock(clock);
    }
  } as DateConstructor;
}
