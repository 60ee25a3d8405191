import { createSharedClock, setClock } from '../../local/runtime/shared-clock.ts';
import { renderTable } from '../proof/document.ts';
import { setBareStage } from '../support/stage.ts';
import { someConnections } from './measured-stage.ts';
import { type BenchOptions, type Findings, judged, type Row, shown } from './row.ts';

const minute = 60_000;
const start = Date.parse('2026-03-01T00:00:00Z');

/** Sets a stage on which the real bundle has so many connections, and a clock that stands still between ticks. */
async function setCountedStage(connections: number) {
  const clock = createSharedClock();
  const stage = await setBareStage({ connectionsText: someConnections(connections), clock, start });
  const { secretsManager, sns, zoho, credentialsOf } = stage;
  return {
    /** One tick, so many minutes after the start: what it sent, on the wire, and the lines that it logged. */
    async tickAt(minutes: number) {
      setClock(clock, start + minutes * minute, 0);
      for (const calls of [zoho.requests, secretsManager.calls, sns.calls]) calls.length = 0;
      const { lines, error } = await stage.tick(new Date(start + minutes * minute));
      if (error !== undefined) throw new Error(`a counted tick failed: ${error.message}`);
      const requests = (kind: string) => zoho.requests.filter((request) => request.kind === kind).length;
      const [token, probe] = [requests('token'), requests('probe')];
      return { secretsManager: secretsManager.calls.length, sns: sns.calls.length, token, probe, lines };
    },
    /** Zoho refuses every refresh token from now on. */
    revokeAll(): void {
      for (const { name } of stage.connections) zoho.revoke(credentialsOf(name).refresh_token ?? '');
    },
    close: stage.close,
  };
}

const countedConnections = 10;
const kinds = ['secretsManager', 'sns', 'token', 'probe'] as const;

/** What a tick finds, by the minute at which it comes, and the most that it may send for each connection. */
const situations: readonly { name: string; minute: number; limit: readonly number[]; isRevoked?: true }[] = [
  { name: 'nothing due, tokens probed', minute: 15, limit: [2, 0, 0, 1] },
  { name: 'nothing due', minute: 20, limit: [2, 0, 0, 0] },
  { name: 'a refresh', minute: 40, limit: [4, 0, 1, 1] },
  // Zoho is asked, and what would have been stored is one more look before on-call is woken.
  { name: 'a refused refresh with an alert', minute: 65, limit: [4 + 2, 1, 1, 0], isRevoked: true },
  { name: 'waiting', minute: 70, limit: [3, 0, 0, 0] },
];

/** Counts what one tick sends, on the wire. */
export async function benchCalls({ progress }: BenchOptions): Promise<Findings> {
  progress(`calls: ticks of ${countedConnections} connections`);
  const stage = await setCountedStage(countedConnections);
  try {
    await stage.tickAt(10);
    const rows: Row[] = [];
    for (const { name, minute, limit, isRevoked } of situations) {
      if (isRevoked) stage.revokeAll();
      const sent = await stage.tickAt(minute);
      const counted = kinds.map((kind) => sent[kind] / countedConnections);
      const isMet = counted.every((count, index) => count <= (limit[index] ?? 0));
      rows.push(judged(`calls per connection, ${name}`, `at most ${describe(limit)}`, describe(counted), isMet));
    }
    return { rows };
  } finally {
    await stage.close();
  }
}

function describe([secretsManager, sns, token, probe]: readonly number[]): string {
  return `${secretsManager} Secrets Manager, ${sns} SNS, ${token} token, ${probe} probe`;
}

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

/** What a month has of everything that is billed, all ticks healthy. */
type Month = { connections: number; calls: number; metrics: number; logGigabytes: number };

/**
 * What is billed: the list price in us-east-1, in US dollars, and what AWS gives for nothing, each month and to each
 * account, so that other stacks of the account share it.
 *
 * @see {@link https://aws.amazon.com/pricing/ | AWS pricing}
 */
const items: readonly { name: string; price: number; free: number; amount: (month: Month) => number }[] = [
  { name: 'secrets', price: 0.4, free: 0, amount: ({ connections }) => 2 * connections },
  { name: 'Secrets Manager calls', price: 0.05 / 10_000, free: 0, amount: ({ calls }) => calls },
  // Each name with each value of its dimension.
  { name: 'metrics', price: 0.3, free: 10, amount: ({ metrics }) => metrics },
  { name: 'alarms', price: 0.1, free: 10, amount: ({ connections }) => connections + sharedAlarms },
  { name: 'log gigabytes', price: 0.5, free: 5, amount: ({ logGigabytes }) => logGigabytes },
  // On arm64.
  {
    name: 'Lambda gigabyte-seconds',
    price: 0.000_013_333_4,
    free: 400_000,
    amount: ({ connections }) =>
      ticksPerMonth * (secondsPerTick.base + secondsPerTick.perConnection * connections) * memoryGigabytes,
  },
  { name: 'Lambda requests', price: 0.2 / 1e6, free: 1e6, amount: () => ticksPerMonth },
  { name: 'Scheduler invocations', price: 1 / 1e6, free: 14e6, amount: () => ticksPerMonth },
];

/** What a month costs for the 3 shipped connections, for 10 and for 50, from counted calls and list prices. */
export async function benchCost({ progress }: BenchOptions): Promise<Findings> {
  const months: Month[] = [];
  for (const connections of [3, 10, 50]) {
    progress(`cost: ${countedHours} hours of ${connections} connections`);
    months.push(await countMonth(connections));
  }
  const rows = months.map((month) => {
    const total = items.reduce((sum, { price, amount }) => sum + price * amount(month), 0);
    const beyondFree = items.reduce(
      (sum, { price, free, amount }) => sum + price * Math.max(0, amount(month) - free),
      0,
    );
    return shown(
      `monthly cost of ${month.connections} connections`,
      `${dollars(beyondFree)} within AWS's free tiers, ${dollars(total)} without (${dollars(total / month.connections)} a connection)`,
    );
  });
  const document = renderTable(
    ['a month', ...months.map(({ connections }) => `${connections} connections`)],
    items.map(({ name, price, amount }) => [
      name,
      ...months.map((month) => `${shownAmount(amount(month))} = ${dollars(price * amount(month))}`),
    ]),
  );
  return { rows, document };
}

/** Runs the real bundle through some hours, tick by tick, and multiplies what it did to a month. */
async function countMonth(connections: number): Promise<Month> {
  const stage = await setCountedStage(connections);
  try {
    await stage.tickAt(0);
    const metrics = new Set<string>();
    let [calls, logBytes] = [0, 0];
    for (let at = tickMinutes; at <= countedHours * 60; at += tickMinutes) {
      const { lines, secretsManager } = await stage.tickAt(at);
      calls += secretsManager;
      logBytes += platformLogBytes;
      for (const line of lines) {
        logBytes += Buffer.byteLength(line) + bytesPerLogLine;
        for (const metric of metricsOf(line)) metrics.add(metric);
      }
    }
    const times = hoursPerMonth / countedHours;
    return { connections, calls: calls * times, metrics: metrics.size, logGigabytes: (logBytes * times) / 1e9 };
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

function shownAmount(amount: number): string {
  return amount < 10 ? amount.toFixed(2).replace(/\.?0+$/, '') : Math.round(amount).toLocaleString('en');
}

function dollars(amount: number): string {
  return `$${amount.toFixed(2)}`;
}
