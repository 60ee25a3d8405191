import { refreshAtLifeLeft, warnAtLifeLeft } from '../../lambda/settings.ts';
import { tickEvent } from '../../local/stage.ts';
import { renderTable } from '../proof/document.ts';
import { between, createRandom } from '../simulation/random.ts';
import { People } from '../simulation/scripts/people.ts';
import { type CallPlace, Disturbances } from '../simulation/world/disturbances.ts';
import type { Fact } from '../simulation/world/facts.ts';
import { LambdaInProcess } from '../simulation/world/lambda-in-process.ts';
import { VirtualTime } from '../simulation/world/virtual-time.ts';
import { SimulatedWorld } from '../simulation/world/world.ts';
import type { BenchOptions, Findings, Row } from './row.ts';
import { writesPerSecond } from './scale.ts';
import { someConnections } from './some-connections.ts';

const sizes = [1, 20] as const;
/** How the ticks of different stacks lie to each other. */
const spreads = ['anywhere in the minute', 'in the same instant'] as const;
/** The most that one stack holds. */
const connectionsPerStack = 50;
const minute = 60_000;
const tickInterval = 5 * minute;
const life = 60 * minute;
const start = Date.parse('2026-03-01T00:05:00Z');

/** Secrets Manager's quota of writes, which all stacks of an account and Region share; a second's worth at once. */
class SharedQuota extends Disturbances {
  throttled = 0;
  #level: number = writesPerSecond;
  #at = start;

  override faultOf(place: CallPlace, _connection: string, now: number): string | undefined {
    if (!place.startsWith('put')) return undefined;
    this.#level = Math.min(writesPerSecond, this.#level + ((now - this.#at) / 1000) * writesPerSecond);
    this.#at = now;
    if (this.#level >= 1) {
      this.#level -= 1;
      return undefined;
    }
    this.throttled += 1;
    return 'throttled';
  }
}

/** What became of the tokens of all stacks. */
type Figures = {
  readonly spread: (typeof spreads)[number];
  readonly stacks: number;
  /** From a stack's own tick until its last token was stored, the slowest stack. */
  slowestSeconds: number;
  /** Of the token that was replaced last, as a fraction of its life; 0 if one was never replaced. */
  leastLifeLeft: number;
  throttledWrites: number;
  /** Ticks that failed: each is a step towards an alarm. */
  failedTicks: number;
};

/** Twenty stacks in one account and Region, all their tokens due in the same minute, in the simulation's world. */
export async function benchStacks({ progress }: BenchOptions): Promise<Findings> {
  const figures: Figures[] = [];
  for (const spread of spreads) {
    for (const stacks of sizes) {
      progress(`stacks: ${stacks}, ticks ${spread}`);
      figures.push(await playStacks(stacks, spread));
    }
  }
  const largest = figures.filter(({ stacks }) => stacks === sizes.at(-1));
  const table = figures.map((each) => [
    each.spread,
    each.stacks,
    each.stacks * connectionsPerStack,
    each.slowestSeconds.toFixed(1),
    each.leastLifeLeft.toFixed(2),
    each.throttledWrites,
    each.failedTicks,
  ]);
  const head = ['ticks', 'stacks', 'connections', 'slowest stack, s', 'least life left', 'throttled', 'failed ticks'];
  return { rows: largest.map(rowOf), document: renderTable(head, table) };
}

function rowOf({ spread, stacks, leastLifeLeft, slowestSeconds, throttledWrites, failedTicks }: Figures): Row {
  const connections = (stacks * connectionsPerStack).toLocaleString('en');
  const isMet = leastLifeLeft > warnAtLifeLeft && failedTicks === 0;
  return {
    name: `${connections} connections in ${stacks} stacks, ticks ${spread}: life left when the last token is stored`,
    target: `more than ${warnAtLifeLeft.toFixed(2)}, no failed tick`,
    figure: `${leastLifeLeft.toFixed(2)} (slowest stack ${slowestSeconds.toFixed(1)} s; ${throttledWrites} throttled writes, ${failedTicks} failed ticks)`,
    verdict: isMet ? 'met' : 'missed',
  };
}

/** Lets a number of stacks find all their tokens due in the same minute, and gives them until these end. */
async function playStacks(stacks: number, spread: Figures['spread']): Promise<Figures> {
  const time = new VirtualTime(start);
  const quota = new SharedQuota();
  const random = createRandom(stacks);
  const figures: Figures = {
    spread,
    stacks,
    slowestSeconds: 0,
    leastLifeLeft: 1,
    throttledWrites: 0,
    failedTicks: 0,
  };
  const waiting = new Set<string>();
  for (let stack = 1; stack <= stacks; stack += 1) {
    const firstTick = start + (spread === 'in the same instant' ? 0 : between(random, 0, minute));
    const observe = (fact: Fact) => {
      if (fact.kind === 'run ends' && fact.error !== undefined) figures.failedTicks += 1;
      if (fact.kind !== 'stored' || fact.run === undefined || fact.label !== 'AWSCURRENT') return;
      if (!waiting.delete(`${stack} ${fact.connection}`)) return;
      figures.slowestSeconds = Math.max(figures.slowestSeconds, (time.now - firstTick) / 1000);
      figures.leastLifeLeft = refreshAtLifeLeft - (time.now - start) / life;
    };
    const world = new SimulatedWorld(time, someConnections(connectionsPerStack, `stack-${stack}`), observe, quota);
    storeDueTokens(world);
    for (const { name } of world.connections.connections) waiting.add(`${stack} ${name}`);
    const lambda = new LambdaInProcess(world, stack);
    for (let at = 0; at < refreshAtLifeLeft * life; at += tickInterval) {
      const event = tickEvent(new Date(start + at));
      time.at(firstTick + at, () => void lambda.invoke(event, { delivery: 'on time', chance: at }));
    }
  }
  const realNow = performance.now;
  // What the Lambda times, such as its patience with a throttled write, passes in virtual time, too.
  performance.now = () => time.now;
  await time.advanceTo(start + refreshAtLifeLeft * life);
  performance.now = realNow;
  if (waiting.size > 0) figures.leastLifeLeft = 0;
  return { ...figures, throttledWrites: quota.throttled };
}

/** Credentials, and a token that has just become due. */
function storeDueTokens(world: SimulatedWorld): void {
  const people = new People(world);
  for (const connection of world.connections.connections) {
    people.fix(connection);
    const { registry } = world.zoho;
    const grant = registry.grant(world.credentials(connection.name).refresh_token ?? '');
    if (grant === undefined) throw new Error('a consent has a grant');
    const expiresAt = start + refreshAtLifeLeft * life;
    const issuedAt = expiresAt - life;
    const token = {
      version: 1,
      access_token: registry.mint(grant, issuedAt).accessToken,
      issued_at: new Date(issuedAt).toISOString(),
      expires_at: new Date(expiresAt).toISOString(),
    };
    world.put(connection.name, 'token', JSON.stringify(token));
  }
}
