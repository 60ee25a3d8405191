import { refreshAtLifeLeft, warnAtLifeLeft } from '../../lambda/settings.ts';
import { giveConsent, tickEvent } from '../../local/stage.ts';
import { between, createRandom } from '../simulation/random.ts';
import type { Fact } from '../simulation/world/facts.ts';
import { startLambda } from '../simulation/world/lambda-in-process.ts';
import { VirtualTime } from '../simulation/world/virtual-time.ts';
import { createSimulatedWorld, type SimulatedWorld } from '../simulation/world/world.ts';
import { someConnections } from './measured-stage.ts';
import { type BenchOptions, type Findings, judged, type Row } from './row.ts';
import { writesPerSecond } from './scale.ts';

const stacks = 20;
/** How the ticks of different stacks lie to each other. */
const spreads = ['anywhere in the minute', 'in the same instant'] as const;
/** The most that one stack holds. */
const connectionsPerStack = 50;
const minute = 60_000;
const tickInterval = 5 * minute;
const life = 60 * minute;
const start = Date.parse('2026-03-01T00:05:00Z');
/** Until the tokens end that are due at the start. */
const untilTheyEnd = refreshAtLifeLeft * life;

/** Twenty stacks in one account and Region, all their tokens due in the same minute, in the simulation's world. */
export async function benchStacks({ progress }: BenchOptions): Promise<Findings> {
  const rows: Row[] = [];
  for (const spread of spreads) {
    progress(`stacks: ticks ${spread}`);
    rows.push(await playStacks(spread));
  }
  return { rows };
}

/** Lets the stacks find all their tokens due in the same minute, and gives them until these end. */
async function playStacks(spread: (typeof spreads)[number]): Promise<Row> {
  const time = new VirtualTime(start);
  const quota = createQuota();
  const random = createRandom(stacks);
  const waiting = new Set<string>();
  /** From a stack's own tick until its last token was stored, the slowest stack. */
  let slowestSeconds = 0;
  let lastStoredAt = start;
  /** Each is a step towards an alarm. */
  let failedTicks = 0;
  for (let stack = 1; stack <= stacks; stack += 1) {
    const firstTick = start + (spread === 'in the same instant' ? 0 : between(random, 0, minute));
    const observe = (fact: Fact) => {
      if (fact.kind === 'run ends' && fact.error !== undefined) failedTicks += 1;
      if (fact.kind !== 'stored' || fact.run === undefined || fact.label !== 'AWSCURRENT') return;
      if (!waiting.delete(`${stack} ${fact.connection}`)) return;
      slowestSeconds = Math.max(slowestSeconds, (time.now - firstTick) / 1000);
      lastStoredAt = time.now;
    };
    const world = createSimulatedWorld(time, someConnections(connectionsPerStack), observe);
    world.disturbances.faultOf = (place) => (place.startsWith('put') ? quota.take(time.now) : undefined);
    storeDueTokens(world);
    for (const { name } of world.connections.connections) waiting.add(`${stack} ${name}`);
    const lambda = startLambda(world, stack);
    for (let at = 0; at < untilTheyEnd; at += tickInterval) {
      const event = tickEvent(new Date(start + at));
      time.at(firstTick + at, () => void lambda.invoke(event, { delivery: 'on time', chance: at }));
    }
  }
  await time.ruleOver(() => time.advanceTo(start + untilTheyEnd));
  // Of the token that was replaced last, as a fraction of its life; none if one was never replaced.
  const lifeLeft = waiting.size > 0 ? 0 : refreshAtLifeLeft - (lastStoredAt - start) / life;
  const connections = (stacks * connectionsPerStack).toLocaleString('en');
  return judged(
    `${connections} connections in ${stacks} stacks, ticks ${spread}: life left when the last token is stored`,
    `more than ${warnAtLifeLeft.toFixed(2)}, no failed tick`,
    `${lifeLeft.toFixed(2)} (slowest stack ${slowestSeconds.toFixed(1)} s; ${quota.throttled()} throttled writes, ${failedTicks} failed ticks)`,
    lifeLeft > warnAtLifeLeft && failedTicks === 0,
  );
}

/** Secrets Manager's quota of writes, which all stacks of an account and Region share; a second's worth at once. */
function createQuota() {
  let [level, at, throttled] = [writesPerSecond, start, 0];
  return {
    throttled: () => throttled,
    take(now: number): string | undefined {
      level = Math.min(writesPerSecond, level + ((now - at) / 1000) * writesPerSecond);
      at = now;
      if (level < 1) {
        throttled += 1;
        return 'throttled';
      }
      level -= 1;
      return undefined;
    },
  };
}

/** Credentials, and a token that has just become due. */
function storeDueTokens({ connections: { connections }, levers, zoho: { registry }, put }: SimulatedWorld): void {
  for (const connection of connections) {
    const credentials = giveConsent(levers, connection);
    put(connection.name, 'credentials', JSON.stringify(credentials));
    const grant = registry.grant(credentials.refresh_token);
    if (grant === undefined) throw new Error('a consent has a grant');
    const issuedAt = start + untilTheyEnd - life;
    const token = {
      version: 1,
      access_token: registry.mint(grant, issuedAt).accessToken,
      issued_at: new Date(issuedAt).toISOString(),
      expires_at: new Date(issuedAt + life).toISOString(),
    };
    put(connection.name, 'token', JSON.stringify(token));
  }
}
