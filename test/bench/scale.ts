import { setTimeout as wait } from 'node:timers/promises';
import type { Invocation } from '../proof/handler-process.ts';
import { setMeasuredStage, someConnections, tickEvent } from './measured-stage.ts';
import { atMost, type BenchOptions, type Findings, type Row, spreadOf } from './row.ts';

/** The most that one stack holds. */
const connections = 50;
/** What the stand-ins take for an answer, in milliseconds. */
const latency = { zohoLatency: 300, awsLatency: 20 } as const;
/** The calls of a refresh that wait for each other: token (the record beside it), credentials, Zoho, probe, store. */
const chainMilliseconds = 3 * latency.awsLatency + 2 * latency.zohoLatency;
/** Secrets Manager's quota for puts, of the whole account and region. */
const writesPerSecond = 50;
const quotaWindowMilliseconds = 1_000;
const memoryLimitMebibytes = 192;

/** What can fall to one tick; `writes` is how many puts each connection needs. */
const situations = [
  { name: 'all due', tokens: 'half', consent: 'given', writes: 1, target: 1.25 },
  { name: 'all stored for the first time', tokens: 'none', consent: 'given', writes: 2, target: undefined },
  { name: 'all refused, with alerts', tokens: 'half', consent: 'revoked', writes: 2, target: undefined },
] as const;
type Situation = (typeof situations)[number];
const kinds = ['first invocation of a process', 'warm'] as const;

type Run = Invocation & {
  readonly situation: Situation;
  readonly kind: (typeof kinds)[number];
  readonly throttled: number;
  readonly failed: number;
};

/** One invocation with {@link connections} connections, under Secrets Manager's quota. */
export async function benchScale({ runs, progress }: BenchOptions): Promise<Findings> {
  const stage = await setMeasuredStage({ connectionsText: someConnections(connections), writesPerSecond });
  const played: Run[] = [];
  try {
    for (let run = 0; run < runs; run += 1) {
      for (const situation of situations) {
        progress(`scale: ${situation.name}, run ${run + 1} of ${runs}`);
        const process = stage.start(stage.handler);
        for (const kind of kinds) {
          await stage.setScene({ ...situation, ...latency });
          const invocation = await process.invoke(tickEvent());
          const { throttled } = stage.seen();
          played.push({ situation, kind, ...invocation, throttled, failed: failuresIn(invocation) });
          // The quota looks back one second: the writes of this run must not count for the next.
          await wait(quotaWindowMilliseconds);
        }
        await process.kill();
      }
    }
  } finally {
    await stage.close();
  }
  return { rows: [...situations.flatMap((each) => rowsOf(each, played)), memoryRow(played)] };
}

/** Connections that failed for a throttled call. */
function failuresIn({ answer, error }: Invocation): number {
  // The error that the handler threw lists the connections of which nobody would hear otherwise.
  if (error !== undefined) return error.message.split('ThrottlingException').length;
  const { connections: results } = answer as { connections: { code: string | null }[] };
  return results.filter(({ code }) => code === 'secret_store_failed').length;
}

function rowsOf(situation: Situation, played: readonly Run[]): Row[] {
  const { name, writes, target } = situation;
  const least = Math.max(chainMilliseconds, (connections * writes * 1000) / writesPerSecond);
  const own = played.filter((run) => run.situation === situation);
  const times = kinds.map((kind): Row => {
    const { median, lower, upper } = spreadOf(
      own.filter((run) => run.kind === kind).map(({ handlerMilliseconds }) => handlerMilliseconds),
    );
    const detail = `${Math.round(median)} ms, middle half ${Math.round(lower)} to ${Math.round(upper)} ms; least possible ${Math.round(least)} ms`;
    return atMost(`${connections} connections, ${name}, ${kind}`, median / least, target, detail);
  });
  const sum = (key: 'throttled' | 'failed') => own.reduce((total, run) => total + run[key], 0);
  const title = `${connections} connections, ${name}: failures for a throttled call`;
  const detail = `${sum('throttled')} throttled calls in ${own.length} runs of ${connections * writes} writes`;
  return [...times, atMost(title, sum('failed'), 0, detail, String)];
}

function memoryRow(played: readonly Run[]): Row {
  const most = Math.max(...played.map(({ maxRssMebibytes }) => maxRssMebibytes));
  const title = `${connections} connections: memory`;
  const detail = 'the highest resident set of any run, Node itself included';
  return atMost(title, most, memoryLimitMebibytes, detail, (mebibytes) => `${Math.round(mebibytes)} MiB`);
}
