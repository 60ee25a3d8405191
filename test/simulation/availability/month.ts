import { Throttle } from '../../../local/zoho/throttle.ts';
import { connectionsText } from '../../support/stage.ts';
import { isGoodToken } from '../oracle/truth.ts';
import { between, createRandom, type Random } from '../random.ts';
import { fault, type StepOf } from '../scripts/draw-steps.ts';
import { connectionAt, createPeople } from '../scripts/people.ts';
import { VirtualTime } from '../world/virtual-time.ts';
import { createSimulatedWorld } from '../world/world.ts';

export const minute = 60_000;
export const start = Date.parse('2026-03-01T00:00:00Z');
/** The one connection of the month. */
export const connection = 'desk';
/** Until the first tick has had its time, nobody is judged. */
const settlingMinutes = 5;

type Step = StepOf<'fault' | 'end' | 'fix' | 'people ask'>;

/** One thing that goes wrong in the month; instants in milliseconds from its start. */
type Outage = {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly step: Step;
  readonly end?: Step | undefined;
};

const ofZoho = (name: string) => (minutes: number) => fault('token', name, minutes);
const once = (step: Step) => () => step;

/** How often something happens in 30 days, for how many minutes at least and at most, and what people do at its end. */
const kinds: readonly [number, string, number, number, (minutes: number) => Step, Step?][] = [
  [20, 'Zoho answers 502', 1, 25, ofZoho('html_502')],
  [6, 'Zoho hangs', 5, 20, ofZoho('hang')],
  [4, 'Zoho shows a page with status 200', 10, 29, ofZoho('html_200')],
  [2, 'Zoho is down for long', 90, 240, ofZoho('http_500')],
  [4, 'Zoho gives the token "undefined"', 5, 29, ofZoho('undefined_token')],
  [3, 'Zoho gives tokens that lack a scope', 5, 29, ofZoho('missing_scope:Desk.calls.READ')],
  [2, 'Zoho gives tokens that are dead', 5, 20, ofZoho('minted_dead')],
  [2, 'Zoho gives tokens of another prefix', 5, 20, ofZoho('wrong_prefix:1004.')],
  [2, 'Zoho wrongly refuses the refresh token', 5, 20, ofZoho('invalid_code')],
  [4, 'the service itself is down', 5, 30, (minutes) => fault('probe', 'http_500', minutes)],
  [4, 'somebody else asks too often', 0, 0, once({ do: 'people ask', connection: 0, times: 12 })],
  [3, 'the access token is pushed out', 0, 0, once({ do: 'end', what: 'access token', connection: 0 })],
  [
    1,
    'the consent is revoked, and given again an hour later',
    60,
    60,
    once({ do: 'end', what: 'grant', connection: 0 }),
    { do: 'fix', connection: 0 },
  ],
];

/** The month's outages, the same for the same seed; none overlaps another, so that each can be told apart. */
export function drawOutages(seed: number, days: number): Outage[] {
  const random = createRandom(seed);
  const outages: Outage[] = [];
  for (const [times, name, shortest, longest, makeStep, end] of kinds) {
    for (let count = 0; count < Math.round((times * days) / 30); count += 1) {
      const minutes = between(random, shortest, longest);
      outages.push({ name, ...freePlace(random, outages, minutes * minute, days), step: makeStep(minutes), end });
    }
  }
  return outages.toSorted((one, other) => one.from - other.from);
}

/** Two hours lie between the end of one outage and the beginning of the next. */
function freePlace(random: Random, taken: readonly Outage[], length: number, days: number) {
  const apart = 120 * minute;
  for (let tries = 0; tries < 100_000; tries += 1) {
    const from = between(random, 3 * 60 * minute, days * 24 * 60 * minute - length - apart);
    const to = from + length;
    if (taken.every((other) => to + apart < other.from || from - apart > other.to)) return { from, to };
  }
  throw new Error('too many outages for the time');
}

/** The token with which an instance of the app makes its call. */
export type Token = string | undefined;
/** A way of keeping tokens: gives, minute by minute, the token with which each instance of the app makes its call. */
export type Way = (minuteOfMonth: number) => Token[] | Promise<Token[]>;

/** What a month came to under one way of keeping tokens. */
export type Month = Awaited<ReturnType<ReturnType<typeof createMonth>['play']>>;

/**
 * The world of a month in which the outages happen when they should, for one way of keeping tokens.
 *
 * @param silenceMinutes - Without requests they end a block of Zoho's, which nobody knows for sure.
 */
export function createMonth(outages: readonly Outage[], silenceMinutes: number) {
  const time = new VirtualTime(start);
  let tokenRequests = 0;
  const world = createSimulatedWorld(time, connectionsText([connection]), (fact) => {
    if (fact.kind === 'token request' && fact.run !== undefined) tokenRequests += 1;
  });
  const silence = silenceMinutes * minute;
  world.zoho.throttle = new Throttle(silence);
  const due = outages
    .flatMap(({ from, to, step, end }) => [{ at: from, step }, ...(end === undefined ? [] : [{ at: to, step: end }])])
    .toSorted((one, other) => one.at - other.at);
  const people = createPeople(world);
  people.fix({ do: 'fix', connection: 0 });
  let silentUntil = 0;

  /** Lets happen what is due by now. @param token - The one that apps use. */
  function carryOutOutages(token: Token): void {
    for (let next = due[0]; next !== undefined && next.at <= time.now - start; next = due[0]) {
      due.shift();
      const isStored = world.document(connection)?.access_token === token;
      if (token !== undefined && !isStored) world.put(connection, 'token', JSON.stringify({ access_token: token }));
      (people[next.step.do] as (step: Outage['step']) => void)(next.step);
      if (next.step.do === 'people ask') silentUntil = time.now + silence;
    }
  }

  /** Whether a token does all that the configuration asks for. */
  function isGood(token: Token): boolean {
    return token !== undefined && isGoodToken(world, connectionAt(world, 0), token);
  }

  /** Whether Zoho would give a good token to somebody who asks now and never asked too often himself. */
  function wouldGive(): boolean {
    const present = world.disturbances.faultOf('token', connection, time.now, () => 0);
    const { refresh_token: refreshToken = '' } = world.credentials(connection);
    const isGranted = world.zoho.registry.grant(refreshToken)?.isRevoked === false;
    return time.now >= silentUntil && present === undefined && isGranted;
  }

  /** Plays so many minutes; in each of them every instance of the app makes one call. */
  async function play(name: string, minutes: number, way: Way) {
    let minutesWithout = 0;
    /** Stretches of such minutes in which Zoho would have given a good token to whoever asked, and what had begun last before. */
    const stretches: { minutes: number; readonly after: string }[] = [];
    /** How often apps were given another token that was not good. */
    let badTokens = 0;
    let tokens: Token[] = [];
    let stretch: (typeof stretches)[number] | undefined;
    for (let at = 0; at < minutes; at += 1) {
      await time.advanceTo(start + at * minute);
      carryOutOutages(tokens[0]);
      const before = tokens;
      tokens = await way(at);
      badTokens += tokens.filter((token, index) => token && token !== before[index] && !isGood(token)).length;
      if (at < settlingMinutes) continue;
      const lacking = tokens.filter((token) => !isGood(token)).length / tokens.length;
      minutesWithout += lacking;
      if (lacking === 0 || !wouldGive()) {
        stretch = undefined;
        continue;
      }
      if (stretch === undefined) {
        const outage = outages.findLast(({ from }) => from <= time.now - start);
        stretch = { minutes: 0, after: outage?.name ?? 'nothing' };
        stretches.push(stretch);
      }
      stretch.minutes += lacking;
    }
    const avoidableMinutes = stretches.reduce((sum, each) => sum + each.minutes, 0);
    return { name, minutesWithout, avoidableMinutes, stretches, badTokens, tokenRequests, alerts: world.alerts.length };
  }

  return { time, world, isGood, wouldGive, play };
}
