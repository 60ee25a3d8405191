import { tickEvent } from '../../../local/stage.ts';
import { between, createRandom } from '../random.ts';
import { askZoho } from '../world/ask-by-hand.ts';
import { LambdaInProcess } from '../world/lambda-in-process.ts';
import { alternatives } from './alternatives.ts';
import { connection, type Month, MonthOfOutages, minute, start } from './month.ts';
import { drawOutages, type Outage } from './outages.ts';

const tickMinutes = 5;
/** What Zoho's page says, taken strictly: the shortest block that anybody reports. */
export const shortestSilence = 10;

/** An incident that was opened: somebody was woken. */
export type Waking = {
  /** What had begun last before it. */
  readonly outage: Outage | undefined;
  readonly code: string;
  readonly minutesLeft: number;
};

/** A month under this system. */
export type OwnMonth = Month & { readonly wakings: readonly Waking[]; readonly alerts: number };

/** A month under every way, and what the best imaginable one would have come to. */
export type Comparison = {
  readonly outages: readonly Outage[];
  readonly own: OwnMonth;
  readonly others: readonly Month[];
  /** Somebody who asks every minute, whom nobody throttles, and who knows a good token when he sees one. */
  readonly optimum: Month;
};

/** Plays the same days, with the same outages, under this system and under what people do instead. */
export async function compareAvailability(
  seed: number,
  days: number,
  onProgress: (done: number) => void = () => {},
): Promise<Comparison> {
  const outages = drawOutages(seed, days);
  const minutes = days * 24 * 60;
  const own = await playThisSystem(seed, days, shortestSilence);
  const others: Month[] = [];
  for (const { name, create } of alternatives) {
    onProgress(1 + others.length);
    const month = new MonthOfOutages(outages, shortestSilence);
    const { time, world, requests } = month;
    const ask = () => {
      requests.push(time.now);
      return askZoho(world, connection);
    };
    const way = create({ ask, isAccepted: (token) => month.isGood(token) });
    others.push(await month.play(name, minutes, way));
  }
  onProgress(1 + others.length);
  return { outages, own, others, optimum: await playOptimum(outages, minutes) };
}

/** The Lambda's own code, and an app that asks for a new token if a call is answered with 401. */
export async function playThisSystem(seed: number, days: number, silenceMinutes: number): Promise<OwnMonth> {
  const month = new MonthOfOutages(drawOutages(seed, days), silenceMinutes);
  const { world, time } = month;
  const lambda = new LambdaInProcess(world, seed);
  const random = createRandom(seed);
  const played = await month.play('this system', days * 24 * 60, async (at) => {
    if (at % tickMinutes === 0) {
      const slot = tickEvent(new Date(time.now));
      time.after(between(random, 0, 45_000), () => {
        void lambda.invoke(slot, { delivery: 'on time', chance: at });
      });
    }
    await time.advanceTo(start + (at + 1) * minute - 1);
    const token = world.document(connection)?.access_token as string | undefined;
    if (token !== undefined && !month.isGood(token)) {
      const event = { connections: [connection], reason: 'unauthorized' };
      void lambda.invoke(event, { delivery: 'on demand', chance: at });
    }
    return [token];
  });
  const wakings = world.alerts
    .filter(({ alert }) => alert.state === 'open')
    .map(({ at, alert: { code, minutes_left } }) => ({
      outage: month.outageBefore(at),
      code,
      minutesLeft: minutes_left,
    }));
  return { ...played, wakings, alerts: world.alerts.length };
}

function playOptimum(outages: readonly Outage[], minutes: number): Promise<Month> {
  const month = new MonthOfOutages(outages, shortestSilence);
  const { registry } = month.world.zoho;
  let token: string | undefined;
  return month.play('theoretical optimum', minutes, () => {
    const grant = registry.grant(month.world.credentials(connection).refresh_token ?? '');
    if (month.wouldGive() && grant !== undefined) token = registry.mint(grant, month.time.now).accessToken;
    return [token];
  });
}

/** A third of an hour's life: a fault that passes is told of from here on. */
const warningMinutes = 20;
/** From when a token is due to that line there are 20 minutes; a tick, its lateness and a minute's share are taken off. */
const surelyUnheardMinutes = 13;
const passingCodes = ['zoho_unavailable', 'unexpected_response', 'rate_limited', 'secret_store_failed'];
const harmless = ['the service itself is down', 'the access token is pushed out'];
/** A tick is late by up to a minute; after a throttle Zoho is left alone for 15 minutes, though 10 might do. */
const mostAvoidable = (after: string) => (/asks too often/.test(after) ? 12 : 6);

/** What should be true of any month and is not, one sentence each. */
export function faultsOfMonth({ own, others, optimum }: Comparison): string[] {
  const faults: string[] = [];
  const { badTokens, mostRequestsInTenMinutes: most, minutesWithout, stretches, wakings } = own;
  if (badTokens > 0) faults.push(`${badTokens} bad tokens were published`);
  if (most > 5) faults.push(`${most} token requests in ten minutes`);
  for (const other of others) {
    if (other.minutesWithout <= minutesWithout) faults.push(`no better than "${other.name}"`);
  }
  if (minutesWithout < optimum.minutesWithout) faults.push('better than the optimum: the month is judged wrongly');
  for (const { minutes, after } of stretches) {
    if (minutes > mostAvoidable(after)) faults.push(`${minutes} minutes without a token after "${after}"`);
  }
  for (const { outage, code, minutesLeft } of wakings) {
    const { name, from, to } = outage ?? { name: 'nothing', from: 0, to: 0 };
    const isShort = to > from && to - from <= surelyUnheardMinutes * minute;
    const isTooSoon = passingCodes.includes(code) && (minutesLeft > warningMinutes || isShort);
    if (isTooSoon || harmless.includes(name))
      faults.push(`on-call was woken for ${code} with ${minutesLeft} minutes left, after "${name}"`);
  }
  return faults;
}
