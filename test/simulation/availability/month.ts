import { Throttle } from '../../../local/zoho/throttle.ts';
import { isGoodToken } from '../oracle/truth.ts';
import { connectionAt, disturb } from '../scripts/disturb.ts';
import type { Step } from '../scripts/draw-steps.ts';
import { connectionsText, People } from '../scripts/people.ts';
import { VirtualTime } from '../world/virtual-time.ts';
import { SimulatedWorld } from '../world/world.ts';
import type { Way } from './alternatives.ts';
import type { Outage } from './outages.ts';

export const minute = 60_000;
export const start = Date.parse('2026-03-01T00:00:00Z');
/** The one connection of the month. */
export const connection = 'desk';
/** Until the first tick has had its time, nobody is judged. */
const settlingMinutes = 5;

/** What a month came to under one way of keeping tokens. */
export type Month = {
  readonly name: string;
  /** Minutes in which an app's call had no usable token. */
  minutesWithout: number;
  /** Of these, minutes in which Zoho would have given a good token to whoever asked. */
  avoidableMinutes: number;
  /** Stretches of such minutes, and what had begun last before each. */
  readonly stretches: { minutes: number; readonly after: string }[];
  /** How often apps were given another token that was not good. */
  badTokens: number;
  readonly tokenRequests: number;
  readonly mostRequestsInTenMinutes: number;
};

/** The world of a month in which the outages happen when they should, for one way of keeping tokens. */
export class MonthOfOutages {
  readonly time = new VirtualTime(start);
  readonly world: SimulatedWorld;
  readonly requests: number[] = [];
  readonly #people: People;
  readonly #outages: readonly Outage[];
  readonly #due: { readonly at: number; readonly step: Step }[];
  readonly #silence: number;
  #silentUntil = 0;

  /** @param silenceMinutes - Without requests they end a block of Zoho's, which nobody knows for sure. */
  constructor(outages: readonly Outage[], silenceMinutes: number) {
    this.world = new SimulatedWorld(this.time, connectionsText([connection]), (fact) => {
      if (fact.kind === 'token request' && fact.run !== undefined) this.requests.push(this.time.now);
    });
    this.#silence = silenceMinutes * minute;
    this.world.zoho.throttle = new Throttle(this.#silence);
    this.#outages = outages;
    this.#due = outages
      .flatMap(({ from, to, step, end }) => [{ at: from, step }, ...(end === undefined ? [] : [{ at: to, step: end }])])
      .toSorted((one, other) => one.at - other.at);
    this.#people = new People(this.world);
    this.#people.fix(this.configured);
  }

  get configured() {
    return connectionAt(this.world, 0);
  }

  /** Lets happen what is due by now. @param token - The one that apps use. */
  #carryOutOutages(token: string | undefined): void {
    for (let next = this.#due[0]; next !== undefined && next.at <= this.time.now - start; next = this.#due[0]) {
      this.#due.shift();
      const isStored = this.world.document(connection)?.access_token === token;
      if (token !== undefined && !isStored)
        this.world.put(connection, 'token', JSON.stringify({ access_token: token }));
      disturb(this.world, this.#people, next.step);
      if (next.step.do === 'people ask') this.#silentUntil = this.time.now + this.#silence;
    }
  }

  /** Whether a token does all that the configuration asks for. */
  isGood(token: string | undefined): boolean {
    return token !== undefined && isGoodToken(this.world, this.configured, token);
  }

  /** Whether Zoho would give a good token to somebody who asks now and never asked too often himself. */
  wouldGive(): boolean {
    const { now } = this.time;
    const fault = this.world.disturbances.faultOf('token', connection, now, () => 0);
    const { refresh_token: refreshToken = '' } = this.world.credentials(connection);
    const isGranted = this.world.zoho.registry.grant(refreshToken)?.isRevoked === false;
    return now >= this.#silentUntil && fault === undefined && isGranted;
  }

  /** The last outage that had begun by an instant. */
  outageBefore(at: number): Outage | undefined {
    return this.#outages.findLast(({ from }) => from <= at - start);
  }

  /** Plays so many minutes; in each of them every instance of the app makes one call. */
  async play(name: string, minutes: number, way: Way): Promise<Month> {
    const sums = { minutesWithout: 0, avoidableMinutes: 0, badTokens: 0 };
    const stretches: Month['stretches'] = [];
    let tokens: (string | undefined)[] = [];
    let isInStretch = false;
    for (let at = 0; at < minutes; at += 1) {
      await this.time.advanceTo(start + at * minute);
      this.#carryOutOutages(tokens[0]);
      const before = tokens;
      tokens = await way(at);
      sums.badTokens += tokens.filter(
        (token, index) => token !== undefined && token !== before[index] && !this.isGood(token),
      ).length;
      if (at < settlingMinutes) continue;
      const lacking = tokens.filter((token) => !this.isGood(token)).length / tokens.length;
      sums.minutesWithout += lacking;
      const isAvoidable = lacking > 0 && this.wouldGive();
      if (isAvoidable) {
        sums.avoidableMinutes += lacking;
        const after = this.outageBefore(this.time.now)?.name ?? 'nothing';
        if (!isInStretch) stretches.push({ minutes: 0, after });
        const last = stretches.at(-1);
        if (last !== undefined) last.minutes += lacking;
      }
      isInStretch = isAvoidable;
    }
    const most = mostWithin(this.requests, 10 * minute);
    const tokenRequests = this.requests.length;
    return { name, ...sums, stretches, tokenRequests, mostRequestsInTenMinutes: most };
  }
}

/** The most instants, in order, that lie within so many milliseconds. */
function mostWithin(instants: readonly number[], milliseconds: number): number {
  let most = 0;
  let first = 0;
  for (const [index, at] of instants.entries()) {
    while (at - (instants[first] ?? at) >= milliseconds) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
