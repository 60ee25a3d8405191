import { createSharedClock, setClock } from '../../local/runtime/shared-clock.ts';
import { setStage } from '../../local/stage.ts';
import { bundleFolder } from './lambda-copy.ts';
import { freeEachMonth, price } from './prices.ts';
import { type BenchOptions, type Findings, shown } from './row.ts';
import { someConnections } from './some-connections.ts';

const minute = 60_000;
const tickMinutes = 5;
/** A whole number of refreshes, so that the counted hours stand for a month. */
const countedHours = 2;
const hoursPerMonth = 730.5;
const ticksPerMonth = (hoursPerMonth * 60) / tickMinutes;
/** What Lambda itself logs for an invocation: start, end and report. An estimate. */
const platformLogBytes = 800;
/** CloudWatch counts so much for each log line beside its text. */
const bytesPerLogLine = 26;
/** What a tick is billed for at most, if all were cold, and more for each connection. An estimate, on the high side. */
const secondsPerTick = { base: 0.6, perConnection: 0.02 } as const;
const memoryGigabytes = 0.5;
/** Alarms of the stack beside one per connection. */
const sharedAlarms = 3;

/** What was counted in {@link countedHours} of ticks, all healthy. */
type Counted = {
  readonly connections: number;
  readonly secretsManagerCalls: number;
  readonly refreshes: number;
  readonly logBytes: number;
  readonly metrics: number;
};

/** What a month costs for the 3 shipped connections, for 10 and for 50, from counted calls and list prices. */
export async function benchCost({ progress }: BenchOptions): Promise<Findings> {
  const bills: ReturnType<typeof billOf>[] = [];
  for (const connections of [3, 10, 50]) {
    progress(`cost: ${countedHours} hours of ${connections} connections`);
    bills.push(billOf(await countHours(connections)));
  }
  const rows = bills.map(({ connections, total, beyondFree, perConnection }) =>
    shown(
      `monthly cost of ${connections} connections`,
      `${dollars(beyondFree)} within AWS's free tiers, ${dollars(total)} without (${dollars(perConnection)} a connection)`,
    ),
  );
  const items = bills[0]?.items.map(({ name }) => name) ?? [];
  const document = [
    `| a month | ${bills.map(({ connections }) => `${connections} connections`).join(' | ')} |`,
    `|---|${bills.map(() => '---').join('|')}|`,
    ...items.map(
      (name, index) =>
        `| ${name} | ${bills.map(({ items: each }) => `${each[index]?.amount} = ${dollars(each[index]?.cost ?? 0)}`).join(' | ')} |`,
    ),
    `| **in all, list prices** | ${bills.map(({ total }) => dollars(total)).join(' | ')} |`,
    `| **in all, free tiers taken off** | ${bills.map(({ beyondFree }) => dollars(beyondFree)).join(' | ')} |`,
  ].join('\n');
  return { rows, document };
}

/** Runs the real bundle through the hours, tick by tick, with a clock that stands still in between. */
async function countHours(connections: number): Promise<Counted> {
  const clock = createSharedClock();
  let now = Date.parse('2026-03-01T00:00:00Z');
  setClock(clock, now, 0);
  const stage = await setStage({
    bundle: new URL('index.mjs', `file://${bundleFolder}/`),
    connectionsText: someConnections(connections),
    clock,
  });
  try {
    await stage.tick(new Date(now));
    const callsBefore = stage.secretsManager.calls.length;
    const requestsBefore = stage.zoho?.requests.length ?? 0;
    const metrics = new Set<string>();
    let logBytes = 0;
    const ticks = (countedHours * 60) / tickMinutes;
    for (let tick = 0; tick < ticks; tick += 1) {
      now += tickMinutes * minute;
      setClock(clock, now, 0);
      const { lines, error } = await stage.tick(new Date(now));
      if (error !== undefined) throw new Error(`a healthy tick failed: ${error.message}`);
      logBytes += platformLogBytes;
      for (const line of lines) {
        logBytes += Buffer.byteLength(line) + bytesPerLogLine;
        for (const metric of metricsOf(line)) metrics.add(metric);
      }
    }
    const requests = stage.zoho?.requests.slice(requestsBefore) ?? [];
    return {
      connections,
      secretsManagerCalls: stage.secretsManager.calls.length - callsBefore,
      refreshes: requests.filter(({ kind }) => kind === 'token').length,
      logBytes,
      metrics: metrics.size,
    };
  } finally {
    await stage.close();
  }
}

/** Names of the metrics that a log line carries, with the dimension that makes each a billed one. */
function metricsOf(line: string): string[] {
  const { _aws: embedded, Connection } = JSON.parse(line) as {
    _aws?: { CloudWatchMetrics: { Metrics: { Name: string }[] }[] };
    Connection?: string;
  };
  const sets = embedded?.CloudWatchMetrics ?? [];
  return sets.flatMap(({ Metrics }) => Metrics.map(({ Name }) => `${Connection} ${Name}`));
}

function billOf({ connections, secretsManagerCalls, refreshes, logBytes, metrics }: Counted) {
  const months = hoursPerMonth / countedHours;
  const calls = secretsManagerCalls * months;
  const gigabytes = (logBytes * months) / 1e9;
  const gigabyteSeconds =
    ticksPerMonth * (secondsPerTick.base + secondsPerTick.perConnection * connections) * memoryGigabytes;
  const alarms = connections + sharedAlarms;
  const items = [
    item('secrets', 2 * connections, 0, price.secret),
    item(
      `Secrets Manager calls (${Math.round(refreshes * months)} refreshes)`,
      calls,
      0,
      price.secretsManagerCall,
    ),
    item('metrics', metrics, freeEachMonth.metrics, price.metric),
    item('alarms', alarms, freeEachMonth.alarms, price.alarm),
    item('log gigabytes', gigabytes, freeEachMonth.logGigabytes, price.logGigabyte),
    item('Lambda gigabyte-seconds', gigabyteSeconds, freeEachMonth.gigabyteSeconds, price.gigabyteSecond),
    item('Lambda requests', ticksPerMonth, freeEachMonth.lambdaRequests, price.lambdaRequest),
    item(
      'Scheduler invocations',
      ticksPerMonth,
      freeEachMonth.schedulerInvocations,
      price.schedulerInvocation,
    ),
  ];
  const total = items.reduce((sum, { cost }) => sum + cost, 0);
  const beyondFree = items.reduce((sum, { costBeyondFree }) => sum + costBeyondFree, 0);
  return { connections, items, total, beyondFree, perConnection: total / connections };
}

function item(name: string, amount: number, free: number, unitPrice: number) {
  return {
    name,
    amount: amount < 10 ? amount.toFixed(2).replace(/\.?0+$/, '') : Math.round(amount).toLocaleString('en'),
    cost: amount * unitPrice,
    costBeyondFree: Math.max(0, amount - free) * unitPrice,
  };
}

function dollars(amount: number): string {
  return `$${amount.toFixed(2)}`;
}
