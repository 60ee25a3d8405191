import { Throttle } from '../../../local/zoho/throttle.ts';
import { connectionsText } from '../../support/stage.ts';
import { isGoodToken } from '../oracle/truth.ts';
import { connectionAt, createPeople } from '../scripts/people.ts';
import { VirtualTime } from '../world/virtual-time.ts';
import { createSimulatedWorld } from '../world/world.ts';
import type { Way } from './alternatives.ts';
import type { Outage } from './outages.ts';

export const minute = 60_000;
export const start = Date.parse('2026-03-01T00:00:00Z');
/** The one connection of the month. */
export const connection = 'desk';
/** Until the first tick has had its time, nobody is judged. */
const settlingMinutes = 5;

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
  function carryOutOutages(token: string | undefined): void {
    for (let next = due[0]; next !== undefined && next.at <= time.now - start; next = due[0]) {
      due.shift();
      const isStored = world.document(connection)?.access_token === token;
      if (token !== undefined && !isStored) world.put(connection, 'token', JSON.stringify({ access_token: token }));
      (people[next.step.do] as (step: Outage['step']) => void)(next.step);
      if (next.step.do === 'people ask') silentUntil = time.now + silence;
    }
  }

  /** Whether a token does all that the configuration asks for. */
  function isGood(token: string | undefined): boolean {
    return token !== undefined && isGoodToken(world, connectionAt(world, 0), token);
  }

  /** Whether Zoho would give a good token to somebody who asks now and never asked too often himself. */
  function wouldGive(): boolean {
    const fault = world.disturbances.faultOf('token', connection, time.now, () => 0);
    const { refresh_token: refreshToken = '' } = world.credentials(connection);
    const isGranted = world.zoho.registry.grant(refreshToken)?.isRevoked === false;
    return time.now >= silentUntil && fault === undefined && isGranted;
  }

  /** Plays so many minutes; in each of them every instance of the app makes one call. */
  async function play(name: string, minutes: number, way: Way) {
    /** Minutes in which an app's call had no usable token. */
    let minutesWithout = 0;
    /** Stretches of such minutes in which Zoho would have given a good token to whoever asked, and what had begun last before. */
    const stretches: { minutes: number; readonly after: string }[] = [];
    /** How often apps were given another token that was not good. */
    let badTokens = 0;
    let tokens: (string | undefined)[] = [];
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
