import { tickEvent } from '../../../local/stage.ts';
import { between, createRandom } from '../random.ts';
import { LambdaInProcess } from '../world/lambda-in-process.ts';
import { Ledger, type Month, monthOf } from './ledger.ts';
import { connection, MonthStage, minute, start, type ThrottleReading, tickInterval } from './month-stage.ts';
import type { Outage } from './outages.ts';

const second = 1_000;

/** An incident that was opened: somebody was woken. */
export type Waking = {
  /** What had begun last before it. */
  readonly outage: Outage | undefined;
  readonly code: string;
  readonly minutesLeft: number;
};

/** Minutes without a token that could have been had, and what came before. */
export type Stretch = { readonly minutes: number; readonly after: string };

/** Plays a month under this system: the Lambda's own code, and an app that calls every minute. */
export async function playThisSystem(
  outages: readonly Outage[],
  minutes: number,
  seed: number,
  reading: ThrottleReading,
): Promise<{ month: Month; wakings: Waking[]; stretches: Stretch[] }> {
  const stage = new MonthStage(outages, reading);
  const { world, time } = stage;
  const ledger = new Ledger();
  const issued = new Set<string>();
  const lambda = new LambdaInProcess(world, () => {}, seed);
  const random = createRandom(seed);
  let badTokens = 0;
  const read = () => world.document(connection)?.access_token as string | undefined;
  for (let at = 0; at < minutes; at += 1) {
    stage.carryOutOutages(read);
    if ((at * minute) % tickInterval === 0) {
      const slot = tickEvent(new Date(time.now));
      time.after(between(random, 0, 45 * second), () => {
        void lambda.invoke(slot, { delivery: 'on time', chance: at });
      });
    }
    await time.advanceTo(start + (at + 1) * minute - 1);
    const token = read();
    if (token !== undefined && !issued.has(token)) {
      issued.add(token);
      if (!stage.isGood(token)) badTokens += 1;
    }
    if (at < tickInterval / minute) continue;
    const isGood = stage.isGood(token);
    ledger.note(at, isGood ? 0 : 1, stage.wouldGive());
    // An app whose call is answered with 401 asks for a new token, as the client library does.
    if (!isGood && token !== undefined) {
      void lambda.invoke(
        { connections: [connection], reason: 'unauthorized' },
        { delivery: 'on demand', chance: at },
      );
    }
  }
  const wakings = world.alerts
    .filter(({ alert }) => alert.state === 'open')
    .map(({ at, alert }) => ({
      outage: outageBefore(outages, at - start),
      code: alert.code,
      minutesLeft: alert.minutes_left,
    }));
  const stretches = ledger.stretches.map(([at, length]) => ({
    minutes: length,
    after: outageBefore(outages, at * minute + minute)?.name ?? 'nothing',
  }));
  const month = monthOf('this system', ledger, badTokens, stage.requests, world.alerts.length);
  return { month, wakings, stretches };
}

/** The last outage that had begun by an instant of the month. */
function outageBefore(outages: readonly Outage[], at: number): Outage | undefined {
  return outages.findLast(({ from }) => from <= at);
}
