import { allows, equivalents } from '../../local/zoho/scopes.ts';
import { Throttle } from '../../local/zoho/throttle.ts';
import { type Alternative, alternatives } from './alternatives.ts';
import { LambdaInProcess } from './lambda-in-process.ts';
import { drawOutages, type Outage } from './outages.ts';
import { connectionsText } from './play.ts';
import { between, createRandom } from './random.ts';
import { VirtualTime } from './virtual-time.ts';
import { SimulatedWorld } from './world.ts';

const second = 1_000;
const minute = 60 * second;
const tickInterval = 5 * minute;
const start = Date.parse('2026-03-01T00:00:00Z');
const connection = 'desk';
/** Whoever asked too often gets nothing before so long a silence. */
const zohosSilence = 10 * minute;

/** What a month came to under one way of keeping tokens. */
export type Month = {
  readonly name: string;
  /** Minutes in which an app's call had no usable token. */
  readonly minutesWithout: number;
  /** Of these, minutes in which Zoho would have given a good token to whoever asked. */
  readonly avoidableMinutes: number;
  /** The longest stretch of such minutes. */
  readonly longestAvoidable: number;
  readonly badTokens: number;
  readonly tokenRequests: number;
  readonly mostRequestsInTenMinutes: number;
  readonly alerts: number;
  /** Minute of the month, and minutes without a token up to then. */
  readonly curve: readonly (readonly [minute: number, without: number])[];
};

/** A month under every way, and what the best imaginable one would have come to. */
export type Comparison = {
  readonly seed: number;
  readonly days: number;
  readonly outages: readonly Outage[];
  readonly months: readonly Month[];
  /** Minutes without a token for somebody who asks every minute and is never throttled. */
  readonly optimum: Month;
  /** What woke somebody: by kind of outage, how many there were, how many opened an incident, and their codes. */
  readonly wakings: readonly Waking[];
  /** Stretches in which apps of this system had no token although Zoho would have given one. */
  readonly stretches: readonly Stretch[];
};

/** One kind of outage, and whom it woke. */
export type Waking = {
  readonly name: string;
  readonly outages: number;
  readonly opened: number;
  readonly codes: readonly string[];
};

/** Minutes without a token that could have been had, and what came before. */
export type Stretch = { readonly minutes: number; readonly after: string };

/** How Zoho's throttle is read: `strict` as operators report it, `mild` as Zoho's page can be read. */
export type ThrottleReading = 'strict' | 'mild';

/** Zoho's page read kindly: ten requests go through in any ten minutes, and a refused one is forgotten. */
class MildThrottle extends Throttle {
  #admitted: number[] = [];
  override admit(_key: string, at: number): boolean {
    this.#admitted = this.#admitted.filter((time) => at - time < 10 * minute);
    if (this.#admitted.length >= 10) return false;
    this.#admitted.push(at);
    return true;
  }
}

/** A clock and a world in which the month's outages happen when they should. */
class Stage {
  readonly time = new VirtualTime(start);
  readonly world: SimulatedWorld;
  readonly requests: number[] = [];
  readonly #pending: Outage[];
  readonly #fixes: number[] = [];
  #silentUntil = 0;

  constructor(outages: readonly Outage[], reading: ThrottleReading) {
    this.world = new SimulatedWorld(this.time, connectionsText([connection]), (fact) => {
      if (fact.kind === 'token request' && fact.run !== undefined) this.requests.push(this.time.now);
    });
    if (reading === 'mild') this.world.zoho.throttle = new MildThrottle();
    this.#pending = [...outages];
    this.#consent();
  }

  /** Lets happen what is due by now. */
  carryOutOutages(current: () => string | undefined): void {
    const now = this.time.now - start;
    for (let next = this.#pending[0]; next !== undefined && next.from <= now; next = this.#pending[0]) {
      this.#pending.shift();
      this.#begin(next, current());
    }
    if (this.#fixes[0] !== undefined && this.#fixes[0] <= now) {
      this.#fixes.shift();
      this.#consent();
    }
  }

  /** Whether a token does all that the configuration asks for. */
  isGood(token: string | undefined): boolean {
    const known = this.world.zoho.registry.liveToken(token ?? '', this.time.now);
    const [configured] = this.world.connections.connections;
    if (token === undefined || known === undefined || configured === undefined) return false;
    return (
      configured.tokenPrefixes.some((prefix) => token.startsWith(prefix)) &&
      configured.requiredScopes.every((scope) => allows(known.scopes, equivalents(scope)))
    );
  }

  /** Whether Zoho would give a good token to somebody who asks now and never asked too often himself. */
  wouldGive(): boolean {
    const now = this.time.now;
    const fault = this.world.disturbances.faultOf('token', connection, now, () => 0);
    const { refresh_token: refreshToken = '' } = this.world.credentials(connection);
    if (now < this.#silentUntil) return false;
    return fault === undefined && this.world.zoho.registry.grant(refreshToken)?.isRevoked === false;
  }

  #begin(outage: Outage, token: string | undefined): void {
    const { registry } = this.world.zoho;
    switch (outage.kind) {
      case 'fault':
        this.world.disturbances.open({
          place: outage.place,
          fault: outage.fault,
          from: start + outage.from,
          to: start + outage.to,
          connection: undefined,
          share: 1,
        });
        return;
      case 'access token killed':
        if (registry.token(token ?? '') !== undefined) this.world.levers.killAccessToken(token ?? '');
        return;
      case 'grant revoked':
        this.world.levers.revoke(this.world.credentials(connection).refresh_token ?? '');
        this.#fixes.push(outage.to);
        return;
      case 'others ask':
        for (let count = 0; count < outage.times; count += 1) this.world.requestByHand(connection);
        this.#silentUntil = this.time.now + zohosSilence;
        return;
    }
  }

  #consent(): void {
    const [configured] = this.world.connections.connections;
    if (configured === undefined) return;
    const { requiredScopes, optionalScopes, dataCenter, service } = configured;
    const scopes = [...requiredScopes, ...optionalScopes];
    const credentials = this.world.levers.plant({ dataCenter, service, prefix: '1005.', scopes });
    this.world.put(connection, 'credentials', JSON.stringify(credentials));
  }
}

/** Adds the minutes of a month up. */
class Ledger {
  without = 0;
  avoidable = 0;
  longest = 0;
  /** Stretches of avoidable minutes: where each began, and its length. */
  readonly stretches: [number, number][] = [];
  #stretch = 0;
  readonly curve: [number, number][] = [[0, 0]];

  /** @param lacking - How many of the app's instances had no token, 0 to 1. */
  note(at: number, lacking: number, isAvoidable: boolean): void {
    this.without += lacking;
    if (lacking > 0 && isAvoidable) {
      this.avoidable += lacking;
      if (this.#stretch === 0) this.stretches.push([at, 0]);
      this.#stretch += lacking;
      const last = this.stretches.at(-1);
      if (last !== undefined) last[1] = this.#stretch;
      this.longest = Math.max(this.longest, this.#stretch);
    } else {
      this.#stretch = 0;
    }
    if (lacking > 0) {
      const last = this.curve.at(-1);
      if (last?.[0] !== at - 1) this.curve.push([at - 1, this.without - lacking]);
      this.curve.push([at, this.without]);
    }
  }
}

/**
 * Plays the same month, with the same outages, under this system and under what people do instead.
 *
 * An app makes one call every minute in each way, so that every minute is judged alike.
 */
export async function compareAvailability(
  seed: number,
  days: number,
  reading: ThrottleReading = 'strict',
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Comparison> {
  const outages = drawOutages(seed, days);
  const minutes = days * 24 * 60;
  const total = alternatives.length + 2;
  const { month, wakings, stretches } = await playThisSystem(outages, minutes, seed, reading);
  onProgress(1, total);
  const months = [month];
  for (const alternative of alternatives) {
    months.push(playAlternative(alternative, outages, minutes, reading));
    onProgress(months.length, total);
  }
  const optimum = playOptimum(outages, minutes, reading);
  onProgress(total, total);
  return { seed, days, outages, months, optimum, wakings, stretches };
}

async function playThisSystem(
  outages: readonly Outage[],
  minutes: number,
  seed: number,
  reading: ThrottleReading,
) {
  const stage = new Stage(outages, reading);
  const { world, time } = stage;
  const ledger = new Ledger();
  const issued = new Set<string>();
  const lambda = new LambdaInProcess(world, () => {}, seed);
  const random = createRandom(seed);
  let badTokens = 0;
  const read = () => world.document(connection)?.access_token as string | undefined;
  const arn = 'arn:aws:scheduler:ap-south-1:123456789012:schedule/local/zoho-token-refresher';
  for (let at = 0; at < minutes; at += 1) {
    stage.carryOutOutages(read);
    if ((at * minute) % tickInterval === 0) {
      const slot = { schedule_arn: arn, scheduled_time: new Date(time.now).toISOString() };
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
  const opens = world.alerts.filter(({ alert }) => alert.state === 'open');
  const wakings = [...new Set(outages.map(({ name }) => name))].map((name): Waking => {
    const own = outages.filter((outage) => outage.name === name);
    const woken = opens.filter(({ at }) => outageBefore(outages, at - start)?.name === name);
    const codes = [...new Set(woken.map(({ alert }) => alert.code))];
    return { name, outages: own.length, opened: woken.length, codes };
  });
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

function playAlternative(
  { name, create }: Alternative,
  outages: readonly Outage[],
  minutes: number,
  reading: ThrottleReading,
): Month {
  const stage = new Stage(outages, reading);
  const ledger = new Ledger();
  const adopted = new Set<string>();
  let badTokens = 0;
  const ask = () => {
    stage.requests.push(stage.time.now);
    return stage.world.ask(connection);
  };
  const adopt = (token: string) => {
    if (adopted.has(token) && token !== 'undefined') return;
    adopted.add(token);
    if (!stage.isGood(token)) badTokens += 1;
  };
  const way = create({ ask, adopt, isAccepted: (token) => stage.isGood(token), now: () => stage.time.now });
  for (let at = 0; at < minutes; at += 1) {
    stage.time.now = start + at * minute;
    stage.carryOutOutages(() => way.anyToken());
    const tokens = way.tokensOfMinute(at);
    if (at < tickInterval / minute) continue;
    const lacking = tokens.filter((token) => !stage.isGood(token)).length / tokens.length;
    ledger.note(at, lacking, stage.wouldGive());
  }
  return monthOf(name, ledger, badTokens, stage.requests, 0);
}

/** Somebody who asks every minute, whom nobody throttles, and who knows a good token when he sees one. */
function playOptimum(outages: readonly Outage[], minutes: number, reading: ThrottleReading): Month {
  const stage = new Stage(outages, reading);
  const ledger = new Ledger();
  let token: string | undefined;
  for (let at = 0; at < minutes; at += 1) {
    stage.time.now = start + at * minute;
    stage.carryOutOutages(() => token);
    const wouldGive = stage.wouldGive();
    if (wouldGive) {
      const { registry } = stage.world.zoho;
      const grant = registry.grant(stage.world.credentials(connection).refresh_token ?? '');
      if (grant !== undefined) token = registry.mint(grant, stage.time.now).accessToken;
    }
    if (at >= tickInterval / minute) ledger.note(at, stage.isGood(token) ? 0 : 1, wouldGive);
  }
  return monthOf('theoretical optimum', ledger, 0, [], 0);
}

function monthOf(
  name: string,
  ledger: Ledger,
  badTokens: number,
  requests: readonly number[],
  alerts: number,
): Month {
  let most = 0;
  let first = 0;
  requests.forEach((at, index) => {
    while (at - (requests[first] ?? at) >= 10 * minute) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return {
    name,
    minutesWithout: ledger.without,
    avoidableMinutes: ledger.avoidable,
    longestAvoidable: ledger.longest,
    badTokens,
    tokenRequests: requests.length,
    mostRequestsInTenMinutes: most,
    alerts,
    curve: ledger.curve,
  };
}
