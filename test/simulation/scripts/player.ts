import { searchForSecrets } from '../../support/secrets-search.ts';
import { connectionsText } from '../../support/stage.ts';
import { createOracle } from '../oracle/oracle.ts';
import { type Fact, lineOf } from '../world/facts.ts';
import { startLambda } from '../world/lambda-in-process.ts';
import { VirtualTime } from '../world/virtual-time.ts';
import { createSimulatedWorld } from '../world/world.ts';
import type { Script, Step, StepOf } from './draw-steps.ts';
import { connectionAt, createPeople } from './people.ts';
import { createSchedule, tickInterval } from './schedule.ts';

const second = 1_000;
const minute = 60 * second;
const start = Date.parse('2026-03-01T00:00:00Z');
/** Ticks in the two hours after which nothing may be left of what was. */
const quietTicks = 24;

/** What became of a script, and how much was simulated. */
export type Played = Awaited<ReturnType<typeof play>>;

/**
 * Plays a script from the first tick to a quiet end, under the eyes of the oracle.
 *
 * At the end every fault is over and every human has done their work, and ticks go on: then all must be well.
 *
 * @param options.tellStory - Keeps what happened as readable lines; costs time.
 * @param options.without - An excuse of the oracle that does not count.
 * @param options.tamper - What the oracle sees in place of a fact, to see whether it notices.
 */
export async function play(
  script: Script,
  options: { tellStory?: boolean; without?: string | undefined; tamper?: (fact: Fact) => readonly Fact[] } = {},
) {
  const { connections, chance, offsetSeconds } = script;
  const firstSlot = start + offsetSeconds * second;
  const time = new VirtualTime(firstSlot - minute);
  const story: string[] = [];
  /** What the simulation threw, which it never should. */
  const faults: unknown[] = [];
  const world = createSimulatedWorld(time, connectionsText(connections), observe);
  const oracle = createOracle(world, tickInterval, options.without);
  const { breaches } = oracle.notes;
  const lambda = startLambda(world, chance);
  const people = createPeople(world);
  const schedule = createSchedule(world, lambda, chance, firstSlot);
  function say(line: string): void {
    if (!options.tellStory) return;
    const at = new Date(time.now).toISOString().slice(5, 19);
    story.push(`${at} (+${((time.now - start) / minute).toFixed(2)} min)  ${line}`);
  }

  /** Thrown on, a fault of the oracle would look to the Lambda as if a call had failed, or end the process. */
  function observe(fact: Fact): void {
    try {
      if (options.tellStory) say(`  ${lineOf(fact)}`);
      for (const seen of options.tamper?.(fact) ?? [fact]) oracle.observe(seen);
    } catch (fault) {
      faults.push(fault);
    }
  }

  async function passTicks(count: number): Promise<void> {
    for (let done = 0; done < count && breaches.length === 0; done += 1) await schedule.tick();
  }

  const deeds: { readonly [Name in Step['do']]: (step: StepOf<Name>) => unknown } = {
    ...people,
    deploy(step) {
      people.deploy(step);
      lambda.startCold();
    },
    fix(step) {
      people.fix(step);
      lambda.startCold();
    },
    pass: ({ ticks }) => passTicks(ticks),
    ticks: schedule.disturb,
    crash: schedule.crashNext,
    'cold start': lambda.startCold,
    call({ reason, force, connection, times, everySeconds }) {
      const { name } = connectionAt(world, connection);
      return schedule.call({ connections: [name], reason, force }, times, everySeconds);
    },
    'test alert': () => schedule.call({ test_alert: true }),
    'odd event': () => schedule.call({ connections: ['nobody'], reason: 'unauthorized', extra: 1 }),
  };
  const fixAll = () => {
    for (const connection of connections.keys()) deeds.fix({ do: 'fix', connection });
  };

  async function carryOutAll(): Promise<void> {
    if (script.start === 'set up') fixAll();
    for (const step of script.steps) {
      say(JSON.stringify(step));
      await (deeds[step.do] as (step: Step) => unknown)(step);
      if (breaches.length > 0) return;
    }
    // Everything that was wrong is over; two hours later nothing may be left of it.
    say('everything is put right');
    schedule.calm();
    world.disturbances.endAll(time.now);
    fixAll();
    await passTicks(quietTicks);
    if (breaches.length === 0) oracle.judgeRest();
  }

  await time.ruleOver(carryOutAll).catch((fault: unknown) => faults.push(fault));
  for (const fault of faults)
    oracle.notes.breach(0, '', `the simulation itself failed: ${fault instanceof Error ? fault.stack : String(fault)}`);
  const { outputs, secrets, alerts } = world;
  // A script that breaks something before its first consent has no secret yet.
  const found = secrets.size === 0 ? undefined : searchForSecrets(outputs, secrets);
  if (found !== undefined) oracle.notes.breach(4, '', found);
  const { tokenRequests, longestLossMinutes } = oracle.notes;
  const days = (time.now - start) / (24 * 60 * minute);
  return { breaches, ticks: schedule.ticks(), days, alerts: alerts.length, tokenRequests, longestLossMinutes, story };
}
