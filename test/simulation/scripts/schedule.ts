import { tickEvent } from '../../../local/stage.ts';
import { between, createRandom } from '../random.ts';
import type { Crash } from '../world/call-out.ts';
import type { RunOfLambda } from '../world/facts.ts';
import type { LambdaInProcess } from '../world/lambda-in-process.ts';
import type { SimulatedWorld } from '../world/world.ts';
import type { StepOf } from './draw-steps.ts';

const second = 1_000;
const minute = 60 * second;
export const tickInterval = 5 * minute;

/** EventBridge's part: ticks that come, mostly, and invocations between them. */
export class Schedule {
  /** How many slots there were. */
  ticks = 0;
  readonly #world: SimulatedWorld;
  readonly #lambda: LambdaInProcess;
  readonly #chance: number;
  #slot: number;
  #irregular: StepOf<'ticks'>['come'][] = [];
  #crash: Crash | undefined;
  #invocations = 0;

  /** @param firstSlot - Epoch milliseconds. */
  constructor(world: SimulatedWorld, lambda: LambdaInProcess, chance: number, firstSlot: number) {
    this.#world = world;
    this.#lambda = lambda;
    this.#chance = chance;
    this.#slot = firstSlot;
  }

  /** The next ticks do not come as they should. */
  disturb({ come, count }: StepOf<'ticks'>): void {
    this.#irregular.push(...Array.from({ length: count }, () => come));
  }

  /** The next run is killed at one of its calls. */
  crashNext(crash: Crash): void {
    this.#crash = crash;
  }

  /** From now on every tick comes as it should, and no run is killed. */
  calm(): void {
    this.#irregular = [];
    this.#crash = undefined;
  }

  /** One slot of the schedule, whatever comes of it, up to the next. */
  async tick(): Promise<void> {
    const slot = this.#slot;
    this.#slot += tickInterval;
    const random = createRandom(this.#chance, slot / second, 7);
    const come = this.#irregular.shift();
    const { disturbances } = this.#world;
    const on = (delay: number, delivery: RunOfLambda['delivery'], slowness = 1) =>
      this.#world.time.at(slot + delay, () => this.#invoke(tickEvent(new Date(slot)), delivery, slowness));
    const jitter = between(random, 0, 50 * second);
    if (come === 'slowly') disturbances.note('zoho fault', undefined, slot, slot + tickInterval);
    if (come !== undefined) disturbances.note('schedule', undefined, slot, slot + 2 * tickInterval);
    switch (come) {
      case 'not':
        this.#world.observe({ kind: 'tick not delivered', slot });
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
    this.ticks += 1;
    await this.#world.time.advanceTo(this.#slot - 1);
  }

  #invoke(event: unknown, delivery: RunOfLambda['delivery'], slowness = 1): void {
    this.#invocations += 1;
    const crash = this.#crash;
    this.#crash = undefined;
    const { now } = this.#world.time;
    if (crash !== undefined) this.#world.disturbances.note('crash', undefined, now, now + 2 * minute);
    void this.#lambda.invoke(event, { delivery, chance: this.#invocations, slowness, crash });
  }

  /** Invokes the Lambda between the ticks, once or at intervals. */
  async call(event: unknown, times = 1, everySeconds = 0): Promise<void> {
    const { time } = this.#world;
    for (let count = 0; count < times; count += 1) {
      time.after(count * everySeconds * second, () => this.#invoke(event, 'on demand'));
    }
    await time.advanceTo(time.now + second);
  }
}
