import { tickEvent } from '../../../local/stage.ts';
import { between, createRandom } from '../random.ts';
import type { Crash } from '../world/call-out.ts';
import type { RunOfLambda } from '../world/facts.ts';
import type { Lambda } from '../world/lambda-in-process.ts';
import type { SimulatedWorld } from '../world/world.ts';
import type { StepOf } from './draw-steps.ts';

const second = 1_000;
const minute = 60 * second;
export const tickInterval = 5 * minute;

/**
 * EventBridge's part: ticks that come, mostly, and invocations between them.
 *
 * @param firstSlot - Epoch milliseconds.
 */
export function createSchedule(world: SimulatedWorld, lambda: Lambda, chance: number, firstSlot: number) {
  const { time, disturbances } = world;
  let slot = firstSlot;
  let irregular: StepOf<'ticks'>['come'][] = [];
  let nextCrash: Crash | undefined;
  let invocations = 0;

  function invoke(event: unknown, delivery: RunOfLambda['delivery'], slowness = 1): void {
    invocations += 1;
    const crash = nextCrash;
    nextCrash = undefined;
    if (crash !== undefined) disturbances.note('crash', undefined, time.now, time.now + 2 * minute);
    lambda.invoke(event, { delivery, chance: invocations, slowness, crash });
  }

  return {
    disturb({ come, count }: StepOf<'ticks'>): void {
      irregular.push(...Array.from({ length: count }, () => come));
    },
    crashNext(crash: Crash): void {
      nextCrash = crash;
    },
    /** From now on every tick comes as it should, and no run is killed. */
    calm(): void {
      irregular = [];
      nextCrash = undefined;
    },
    ticks: () => (slot - firstSlot) / tickInterval,
    /** One slot of the schedule, whatever comes of it, up to the next. */
    async tick(): Promise<void> {
      const at = slot;
      slot += tickInterval;
      const random = createRandom(chance, at / second, 7);
      const come = irregular.shift();
      const on = (delay: number, delivery: RunOfLambda['delivery'], slowness = 1) =>
        time.at(at + delay, () => invoke(tickEvent(new Date(at)), delivery, slowness));
      const jitter = between(random, 0, 50 * second);
      if (come === 'slowly') disturbances.note('zoho fault', undefined, at, slot);
      if (come !== undefined) disturbances.note('schedule', undefined, at, at + 2 * tickInterval);
      switch (come) {
        case 'not':
          break;
        case 'twice': {
          const slowness = random() < 0.5 ? 1 : between(random, 1, 9);
          on(jitter, 'doubled', slowness);
          on(jitter + between(random, 0, 3 * second), 'doubled', slowness);
          break;
        }
        case 'far apart twice':
          on(jitter, 'doubled');
          on(jitter + between(random, 30 * second, 240 * second), 'doubled');
          break;
        case 'late':
          on(between(random, minute, tickInterval + 50 * second), 'late');
          break;
        case 'slowly':
          on(jitter, 'on time', between(random, 2, 14));
          break;
        case undefined:
          on(jitter, 'on time');
      }
      await time.advanceTo(slot - 1);
    },
    async call(event: unknown, times = 1, everySeconds = 0): Promise<void> {
      for (let count = 0; count < times; count += 1) {
        time.after(count * everySeconds * second, () => invoke(event, 'on demand'));
      }
      await time.advanceTo(time.now + second);
    },
  };
}
