import { setTimeout as wait } from 'node:timers/promises';
import { readClock, type SharedClock, setClock } from '../runtime/shared-clock.ts';

/** How fast the page lets time run. */
export const speeds = [1, 10, 30, 60] as const;
export const fastestSpeed = 60;

/** The schedule: ticks the stage on the stage's own clock. */
export type Ticker = ReturnType<typeof startTicker>;

/** Nobody sleeps longer than this, so that a clock that somebody else sets is noticed. */
const longestSleepMilliseconds = 1_000;

/**
 * Starts the schedule: one tick at once, then one per slot of the interval.
 *
 * While a tick is at work, or the machine sleeps, slots may pass. Only the latest of them is made up: a tick looks at
 * what is, so that ten of them in a row would say the same ten times.
 *
 * @param options - `tick` must not throw. `fastest`: 1 for the real Zoho, which goes by real time.
 */
export function startTicker(options: {
  clock: SharedClock;
  intervalMilliseconds: number;
  tick: (slot: Date) => Promise<void>;
  fastest?: number;
}) {
  const { clock, intervalMilliseconds, tick, fastest = fastestSpeed } = options;
  let isTicking = false;
  let isStopped = false;
  let alarmClock = new AbortController();
  const slotOf = (instant: number) => Math.floor(instant / intervalMilliseconds) * intervalMilliseconds;
  let lastSlot = slotOf(readClock(clock)) - intervalMilliseconds;

  async function run(): Promise<void> {
    while (!isStopped) {
      const now = readClock(clock);
      const slot = slotOf(now);
      if (slot > lastSlot) {
        lastSlot = slot;
        isTicking = true;
        await tick(new Date(slot));
        isTicking = false;
        continue;
      }
      const [, , speed = 1] = clock;
      // A clock that stands still is moved by somebody else, who wakes this loop.
      const rest = speed > 0 ? (slot + intervalMilliseconds - now) / speed : longestSleepMilliseconds;
      alarmClock = new AbortController();
      const { signal } = alarmClock;
      await wait(Math.min(rest, longestSleepMilliseconds), undefined, { signal }).catch(() => undefined);
    }
  }
  const running = run();

  return {
    /** Epoch milliseconds of the stage's clock. */
    nextTickAt: (): number => slotOf(readClock(clock)) + intervalMilliseconds,
    isTicking: (): boolean => isTicking,
    speed: (): number => clock[2] ?? 1,
    /** Lets time run that much faster than it does; throws for less than 1 or more than the fastest. */
    setSpeed(speed: number): void {
      if (!(speed >= 1 && speed <= fastest))
        throw new RangeError(`expected a speed of 1 to ${fastest}, found ${speed}`);
      setClock(clock, readClock(clock), speed);
      alarmClock.abort();
    },
    /** Looks at the clock at once, e.g. after somebody has set it. */
    wake: (): void => alarmClock.abort(),
    /** Ends the schedule, and waits for a tick that is at work. */
    async stop(): Promise<void> {
      isStopped = true;
      alarmClock.abort();
      await running;
    },
  };
}
