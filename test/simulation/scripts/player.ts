import { searchForSecrets } from '../../support/secrets-search.ts';
import { Oracle } from '../oracle/oracle.ts';
import type { Played } from '../play.ts';
import type { Fact } from '../world/facts.ts';
import { LambdaInProcess } from '../world/lambda-in-process.ts';
import { VirtualTime } from '../world/virtual-time.ts';
import { SimulatedWorld } from '../world/world.ts';
import { carryOut, type Scene } from './carry-out.ts';
import { connectionsText } from './connections-text.ts';
import { Deploys } from './deploys.ts';
import { People } from './people.ts';
import { Schedule, tickInterval } from './schedule.ts';
import type { Script } from './steps.ts';
import { Story } from './story.ts';

const second = 1_000;
const minute = 60 * second;
const start = Date.parse('2026-03-01T00:00:00Z');
/** Ticks in the two hours after which nothing may be left of what was. */
const quietTicks = 24;

/** Carries out a script's steps in a world of its own. */
export class Player {
  readonly #script: Script;
  readonly #scene: Scene;
  readonly #story: Story;
  /** What the simulation threw, which it never should. */
  readonly #faults: unknown[] = [];

  constructor(script: Script, tellStory: boolean) {
    this.#script = script;
    const firstSlot = start + script.offsetSeconds * second;
    const time = new VirtualTime(firstSlot - minute);
    this.#story = new Story(tellStory, start, () => time.now);
    const faults = this.#faults;
    const observe = (fact: Fact) => {
      try {
        this.#story.tell(fact);
        oracle.observe(fact);
      } catch (fault) {
        // Thrown on, it would look to the Lambda as if a call had failed, or end the process without the script.
        faults.push(fault);
      }
    };
    const world = new SimulatedWorld(time, connectionsText(script.connections), observe);
    const oracle = new Oracle(world, tickInterval);
    const lambda = new LambdaInProcess(world, observe, script.chance);
    const people = new People(world, oracle);
    const deploys = new Deploys(script.connections, world, lambda, oracle);
    const schedule = new Schedule(world, lambda, observe, script.chance, firstSlot);
    this.#scene = { world, lambda, oracle, people, deploys, schedule };
    if (script.start === 'set up') {
      for (const connection of world.connections.connections) people.fix(connection);
    }
  }

  now(): number {
    return this.#scene.world.time.now;
  }

  async play(): Promise<Played> {
    const { world, oracle, schedule } = this.#scene;
    await this.#carryOutSteps().catch((fault: unknown) => this.#faults.push(fault));
    const breaches = [...oracle.breaches];
    for (const fault of this.#faults) {
      const what = `the simulation itself failed: ${fault instanceof Error ? fault.stack : String(fault)}`;
      breaches.push({ invariant: 0, connection: '', at: this.now(), what });
    }
    const found = searchForSecrets(world.outputs, world.secrets);
    if (found !== undefined) breaches.push({ invariant: 4, connection: '', at: this.now(), what: found });
    return {
      breaches,
      ticks: schedule.ticks,
      days: (this.now() - start) / (24 * 60 * minute),
      alerts: world.alerts.length,
      ...oracle.figures,
      story: this.#story.lines,
    };
  }

  async #carryOutSteps(): Promise<void> {
    const { oracle } = this.#scene;
    for (const step of this.#script.steps) {
      this.#story.say(JSON.stringify(step));
      await carryOut(this.#scene, step);
      if (oracle.breaches.length > 0) return;
    }
    await this.#comeToRest();
  }

  /** Everything that was wrong is over; two hours later nothing may be left of it. */
  async #comeToRest(): Promise<void> {
    const { world, oracle, people, deploys, schedule } = this.#scene;
    this.#story.say('everything is put right');
    schedule.calm();
    world.disturbances.endAll(this.now());
    deploys.deploy('as it was');
    for (const connection of world.connections.connections) people.fix(connection);
    for (let count = 0; count < quietTicks && oracle.breaches.length === 0; count += 1) {
      await schedule.tick();
    }
    if (oracle.breaches.length === 0) oracle.judgeRest();
  }
}
