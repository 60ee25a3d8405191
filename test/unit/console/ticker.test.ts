import { setImmediate as settle } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { startTicker, type Ticker } from '../../../local/console/ticker.ts';
import { createSharedClock, readClock, setClock } from '../../../local/runtime/shared-clock.ts';

// How slots are delivered, twice or not at all, is seen in test/browser/console-faults.test.ts.

const minute = 60_000;
let ticker: Ticker;
afterEach(() => ticker.stop());

/** A ticker on a clock that stands still at 00:02 until the test moves it. */
function startStillTicker({ tick, ...options }: Partial<Parameters<typeof startTicker>[0]> = {}) {
  const clock = createSharedClock();
  setClock(clock, Date.parse('2026-03-01T00:02:00Z'), 0);
  const slots: string[] = [];
  ticker = startTicker({
    clock,
    intervalMilliseconds: 5 * minute,
    tick: async (slot) => {
      slots.push(slot.toISOString().slice(11, 16));
      await tick?.(slot);
    },
    ...options,
  });
  const pass = async (minutes: number) => {
    setClock(clock, readClock(clock) + minutes * minute, 0);
    ticker.wake();
    await settle();
  };
  return { slots, pass };
}

test('the schedule ticks at once and then once per slot; after a day asleep it makes up only the latest', async () => {
  const { pass, slots } = startStillTicker();
  for (let minutes = 0; minutes < 14; minutes += 1) await pass(1);
  expect(slots).toEqual(['00:00', '00:05', '00:10', '00:15']);
  await pass(24 * 60);
  await pass(1);
  expect(slots.slice(4)).toEqual(['00:15']);
});

test('the schedule never ticks twice at a time, and makes up only the latest slot after a long tick', async () => {
  const { promise: finish, resolve: release } = Promise.withResolvers<void>();
  const { slots, pass } = startStillTicker({ tick: () => finish });
  await pass(33);
  expect([ticker.isTicking(), slots]).toEqual([true, ['00:00']]);
  release();
  await settle();
  expect(slots).toEqual(['00:00', '00:35']);
});

test('the schedule fails for a speed that is none, or any but 1× if the real Zoho is asked', () => {
  startStillTicker({ fastest: 1 });
  expect(() => ticker.setSpeed(Number.NaN)).toThrow(RangeError);
  expect(() => ticker.setSpeed(10)).toThrow('expected a speed of 1 to 1, found 10');
});
