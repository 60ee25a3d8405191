import { afterEach, describe, expect, it } from 'vitest';
import { startTicker, type Ticker } from '../../../local/console/ticker.ts';
import { createSharedClock, readClock, setClock } from '../../../local/runtime/shared-clock.ts';

const minute = 60_000;
const start = Date.parse('2026-03-01T00:02:00Z');
let ticker: Ticker;
afterEach(() => ticker.stop());

/** A ticker whose sleep ends when the test says so, on a clock that stands still. */
function startSteppedTicker({ tick, ...options }: Partial<Parameters<typeof startTicker>[0]> = {}) {
  const clock = createSharedClock();
  setClock(clock, start, 0);
  const slots: string[] = [];
  let wakeUp = () => {};
  let fallAsleep = Promise.withResolvers<void>();
  ticker = startTicker({
    clock,
    intervalMilliseconds: 5 * minute,
    tick: async (slot) => {
      slots.push(slot.toISOString().slice(11, 16));
      await tick?.(slot);
    },
    ...options,
    sleep: (_milliseconds, signal) => {
      fallAsleep.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      wakeUp = resolve;
      signal.addEventListener('abort', () => resolve());
      return promise;
    },
  });
  return {
    slots,
    clock,
    asleep: () => fallAsleep.promise,
    async pass(minutes: number) {
      await fallAsleep.promise;
      fallAsleep = Promise.withResolvers();
      setClock(clock, readClock(clock) + minutes * minute, clock[2] ?? 0);
      wakeUp();
      await fallAsleep.promise;
    },
  };
}

describe('the schedule', () => {
  it('ticks at once and then once per slot', async () => {
    const { pass, slots } = startSteppedTicker();
    for (let minutes = 0; minutes < 14; minutes += 1) await pass(1);
    expect(slots).toEqual(['00:00', '00:05', '00:10', '00:15']);
  });

  it('makes up only the latest slot after the machine slept for a day', async () => {
    const { pass, slots } = startSteppedTicker();
    await pass(24 * 60);
    await pass(1);
    expect(slots).toEqual(['00:00', '00:00']);
    await pass(5);
    expect(slots).toHaveLength(3);
  });

  it('never ticks twice at a time, and makes up only the latest slot after a long tick', async () => {
    const { promise: finish, resolve: release } = Promise.withResolvers<void>();
    const { slots, clock, asleep } = startSteppedTicker({ tick: () => finish });
    setClock(clock, start + 33 * minute, 0);
    expect([ticker.isTicking(), slots]).toEqual([true, ['00:00']]);
    release();
    await asleep();
    expect(slots).toEqual(['00:00', '00:35']);
  });

  it('fails for a speed that is none, or any but 1× if the real Zoho is asked', () => {
    startSteppedTicker({ fastest: 1 });
    expect(() => ticker.setSpeed(Number.NaN)).toThrow(RangeError);
    expect(() => ticker.setSpeed(10)).toThrow('expected a speed of 1 to 1, found 10');
  });
});
