import { tickEvent } from '../../../local/stage.ts';
import { between, createRandom, mixSeeds } from '../random.ts';
import type { Crash } from '../world/call-out.ts';
import type { Fact } from '../world/facts.ts';
import type { LambdaInProcess } from '../world/lambda-in-process.ts';
import type { SimulatedWorld } from '../world/world.ts';
import type { Step } from './steps.ts';

const second = 1_000;
const minute = 60 * second;
export const tickInterval = 5 * minute;

/** EventBridge's part: ticks that come, mostly, and invocations between them. */
export class Schedule {
  /** How many slots there were. */
  ticks = 0;
  readonly #world: SimulatedWorld;
  readonly #lambda: LambdaInProcess;
  readonly #observe: (fact: Fact) => void;
  readonly #chance: number;
  #slot: number;
  #irregular: (Step & { do: 'ticks' })['come'][] = [];
  #crash: Crash | undefined;
  #invocations = 0;

  /** @param firstSlot - Epoch milliseconds. */
  constructor(
    world: SimulatedWorld,
    lambda: LambdaInProcess,
    observe: (fact: Fact) => void,
    chance: number,
    firstSlot: number,
  ) {
    this.#world = world;
    this.#lambda = lambda;
    this.#observe = observe;
    this.#chance = chance;
    this.#slot = firstSlot;
  }

  /** The next ticks do not come as they should. */
  disturb({ come, count }: Step & { do: 'ticks' }): void {
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
    const random = createRandom(mixSeeds(this.#chance, slot / second, 7));
    const come = this.#irregular.shift();
    const on = (delay: number, delivery: 'on time' | 'late' | 'doubled', slowness = 1) =>
      this.#world.time.at(slot + delay, () => this.#invoke(tickEvent(new Date(slot)), delivery, slowness));
    const jitter = between(random, 0, 50 * second);
    if (come === 'slowly') this.#world.disturbances.note('zoho fault', undefined, slot, slot + tickInterval);
    if (come !== undefined)
      this.#world.disturbances.note('schedule', undefined, slot, slot + 2 * tickInterval);
    switch (come) {
      case 'not':
        this.#observe({ kind: 'tick not delivered', slot });
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

  #invoke(event: unknown, delivery: 'on time' | 'late' | 'doubled' | 'on demand', slowness = 1): void {
    this.#invocations += 1;
    const crash = this.#crash;
    this.#crash = undefined;
    if (crash !== undefined) {
      this.#world.disturbances.note(
        'crash',
        undefined,
        this.#world.time.now,
        this.#world.time.now + 2 * minute,
      );
    }
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
