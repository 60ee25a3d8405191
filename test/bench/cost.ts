import { renderTable } from '../proof/document.ts';
import { startCountedStage } from './counted-stage.ts';
import { freeEachMonth, price } from './prices.ts';
import { type BenchOptions, type Findings, shown } from './row.ts';

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
type Hours = {
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
  const rows = bills.map(({ connections, total, beyondFree }) =>
    shown(
      `monthly cost of ${connections} connections`,
      `${dollars(beyondFree)} within AWS's free tiers, ${dollars(total)} without (${dollars(total / connections)} a connection)`,
    ),
  );
  const items = bills[0]?.items ?? [];
  const document = renderTable(
    ['a month', ...bills.map(({ connections }) => `${connections} connections`)],
    [
      ...items.map(({ name }, index) => [
        name,
        ...bills.map(({ items: each }) => `${each[index]?.amount} = ${dollars(each[index]?.cost ?? 0)}`),
      ]),
      ['**in all, list prices**', ...bills.map(({ total }) => dollars(total))],
      ['**in all, free tiers taken off**', ...bills.map(({ beyondFree }) => dollars(beyondFree))],
    ],
  );
  return { rows, document };
}

/** Runs the real bundle through the hours, tick by tick. */
async function countHours(connections: number): Promise<Hours> {
  const stage = await startCountedStage(connections);
  try {
    await stage.tickAt(0);
    const metrics = new Set<string>();
    const sums = { secretsManagerCalls: 0, refreshes: 0, logBytes: 0 };
    for (let at = tickMinutes; at <= countedHours * 60; at += tickMinutes) {
      const { lines, secretsManager, token } = await stage.tickAt(at);
      sums.secretsManagerCalls += secretsManager;
      sums.refreshes += token;
      sums.logBytes += platformLogBytes;
      for (const line of lines) {
        sums.logBytes += Buffer.byteLength(line) + bytesPerLogLine;
        for (const metric of metricsOf(line)) metrics.add(metric);
      }
    }
    return { connections, ...sums, metrics: metrics.size };
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

function billOf({ connections, secretsManagerCalls, refreshes, logBytes, metrics }: Hours) {
  const months = hoursPerMonth / countedHours;
  const gigabytes = (logBytes * months) / 1e9;
  const seconds = ticksPerMonth * (secondsPerTick.base + secondsPerTick.perConnection * connections);
  const calls = `Secrets Manager calls (${Math.round(refreshes * months)} refreshes)`;
  const free = freeEachMonth;
  const items = [
    item('secrets', 2 * connections, 0, price.secret),
    item(calls, secretsManagerCalls * months, 0, price.secretsManagerCall),
    item('metrics', metrics, free.metrics, price.metric),
    item('alarms', connections + sharedAlarms, free.alarms, price.alarm),
    item('log gigabytes', gigabytes, free.logGigabytes, price.logGigabyte),
    item('Lambda gigabyte-seconds', seconds * memoryGigabytes, free.gigabyteSeconds, price.gigabyteSecond),
    item('Lambda requests', ticksPerMonth, free.lambdaRequests, price.lambdaRequest),
    item('Scheduler invocations', ticksPerMonth, free.schedulerInvocations, price.schedulerInvocation),
  ];
  const total = items.reduce((sum, { cost }) => sum + cost, 0);
  const beyondFree = items.reduce((sum, { costBeyondFree }) => sum + costBeyondFree, 0);
  return { connections, items, total, beyondFree };
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
