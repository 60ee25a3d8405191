import { searchForSecrets } from '../../support/secrets-search.ts';
import type { Breach } from '../oracle/notebook.ts';
import { Oracle } from '../oracle/oracle.ts';
import type { Fact } from '../world/facts.ts';
import { LambdaInProcess } from '../world/lambda-in-process.ts';
import { VirtualTime } from '../world/virtual-time.ts';
import { SimulatedWorld } from '../world/world.ts';
import { connectionsText } from './connections-text.ts';
import { connectionAt, disturb } from './disturb.ts';
import type { Script, Step } from './draw-steps.ts';
import { People } from './people.ts';
import { Schedule, tickInterval } from './schedule.ts';
import { Story } from './story.ts';

const second = 1_000;
const minute = 60 * second;
const start = Date.parse('2026-03-01T00:00:00Z');
/** Ticks in the two hours after which nothing may be left of what was. */
const quietTicks = 24;

/** What became of a script. */
export type Played = {
  readonly breaches: readonly Breach[];
  /** What was simulated. */
  readonly ticks: number;
  readonly days: number;
  readonly tokenRequests: number;
  readonly alerts: number;
  /** The longest time that apps had an expired token. */
  readonly longestLossMinutes: number;
  readonly story: readonly string[];
};

/** How a script is played. */
export type PlayOptions = {
  /** Keeps what happened as readable lines; costs time. */
  readonly tellStory?: boolean;
  /** An excuse of the oracle that does not count. */
  readonly without?: string | undefined;
  /** What the oracle sees in place of a fact, to see whether it notices. */
  readonly tamper?: (fact: Fact) => readonly Fact[];
};

/**
 * Plays a script from the first tick to a quiet end, under the eyes of the oracle.
 *
 * At the end every fault is over and every human has done their work, and ticks go on: then all must be well.
 */
export async function play(script: Script, options: PlayOptions = {}): Promise<Played> {
  const player = new Player(script, options);
  return await player.time.ruleOver(() => player.play());
}

/** Carries out a script's steps in a world of its own. */
class Player {
  readonly time: VirtualTime;
  readonly #script: Script;
  readonly #options: PlayOptions;
  readonly #world: SimulatedWorld;
  readonly #oracle: Oracle;
  readonly #lambda: LambdaInProcess;
  readonly #people: People;
  readonly #schedule: Schedule;
  readonly #story: Story;
  /** What the simulation threw, which it never should. */
  readonly #faults: unknown[] = [];

  constructor(script: Script, options: PlayOptions) {
    this.#script = script;
    this.#options = options;
    const { connections, chance, offsetSeconds } = script;
    const firstSlot = start + offsetSeconds * second;
    this.time = new VirtualTime(firstSlot - minute);
    this.#story = new Story(options.tellStory === true, start, () => this.time.now);
    this.#world = new SimulatedWorld(this.time, connectionsText(connections), (fact) => this.#observe(fact));
    this.#oracle = new Oracle(this.#world, tickInterval, options.without);
    this.#lambda = new LambdaInProcess(this.#world, chance);
    this.#people = new People(this.#world);
    this.#schedule = new Schedule(this.#world, this.#lambda, chance, firstSlot);
    if (script.start === 'set up') this.#fixAll();
  }

  #fixAll(): void {
    for (const connection of this.#world.connections.connections) this.#people.fix(connection);
  }

  /** Thrown on, a fault of the oracle would look to the Lambda as if a call had failed, or end the process. */
  #observe(fact: Fact): void {
    try {
      this.#story.tell(fact);
      for (const seen of this.#options.tamper?.(fact) ?? [fact]) this.#oracle.observe(seen);
    } catch (fault) {
      this.#faults.push(fault);
    }
  }

  async play(): Promise<Played> {
    await this.#carryOutSteps().catch((fault: unknown) => this.#faults.push(fault));
    const breaches = [...this.#oracle.breaches];
    const breach = (invariant: Breach['invariant'], what: string) =>
      breaches.push({ invariant, connection: '', at: this.time.now, what });
    for (const fault of this.#faults)
      breach(0, `the simulation itself failed: ${fault instanceof Error ? fault.stack : String(fault)}`);
    const { outputs, secrets } = this.#world;
    // A script that breaks something before its first consent has no secret yet.
    const found = secrets.size === 0 ? undefined : searchForSecrets(outputs, secrets);
    if (found !== undefined) breach(4, found);
    return {
      breaches,
      ticks: this.#schedule.ticks,
      days: (this.time.now - start) / (24 * 60 * minute),
      alerts: this.#world.alerts.length,
      ...this.#oracle.figures,
      story: this.#story.lines,
    };
  }

  async #carryOutSteps(): Promise<void> {
    for (const step of this.#script.steps) {
      this.#story.say(JSON.stringify(step));
      await this.#carryOut(step);
      if (this.#oracle.breaches.length > 0) return;
    }
    await this.#comeToRest();
  }

  async #carryOut(step: Step): Promise<void> {
    if (disturb(this.#world, this.#people, step)) {
      if (step.do === 'deploy' || step.do === 'fix') this.#lambda.startCold();
      return;
    }
    switch (step.do) {
      case 'pass':
        await this.#passTicks(step.ticks);
        return;
      case 'ticks':
        this.#schedule.disturb(step);
        return;
      case 'crash':
        this.#schedule.crashNext(step);
        return;
      case 'cold start':
        this.#lambda.startCold();
        return;
      case 'call': {
        const { reason, force, connection, times, everySeconds } = step;
        const connections = [connectionAt(this.#world, connection).name];
        await this.#schedule.call({ connections, reason, force }, times, everySeconds);
        return;
      }
      case 'test alert':
        await this.#schedule.call({ test_alert: true });
        return;
      case 'odd event':
        await this.#schedule.call({ connections: ['nobody'], reason: 'unauthorized', extra: 1 });
    }
  }

  async #passTicks(count: number): Promise<void> {
    for (let done = 0; done < count && this.#oracle.breaches.length === 0; done += 1) await this.#schedule.tick();
  }

  /** Everything that was wrong is over; two hours later nothing may be left of it. */
  async #comeToRest(): Promise<void> {
    this.#story.say('everything is put right');
    this.#schedule.calm();
    this.#world.disturbances.endAll(this.time.now);
    this.#people.deploy('as it was', this.#world.connections.connections);
    this.#lambda.startCold();
    this.#fixAll();
    await this.#passTicks(quietTicks);
    if (this.#oracle.breaches.length === 0) this.#oracle.judgeRest();
  }
}
