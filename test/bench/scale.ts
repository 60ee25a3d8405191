import { setTimeout as wait } from 'node:timers/promises';
import { chainMilliseconds, latency } from './critical-path.ts';
import { copyLambda } from './lambda-copy.ts';
import { lambdaVariables } from './lambda-variables.ts';
import { type Invocation, startMeasured } from './measured-process.ts';
import { medianOf, spreadOf } from './median.ts';
import { atMost, type BenchOptions, type Findings, type Row, shown } from './row.ts';
import { someConnections } from './some-connections.ts';
import { startStandIns } from './stand-ins.ts';
import type { Scene, Seen } from './stand-ins-messages.ts';
import { tickEvent } from './tick.ts';

/** The most that one stack holds. */
const connections = 50;
/** Secrets Manager's quota for puts, of the whole account and region. */
export const writesPerSecond = 50;
const quotaWindowMilliseconds = 1_000;
const memoryLimitMebibytes = 192;

/** What can fall to one tick; `writes` is how many puts each connection needs. */
const situations = [
  { name: 'all due', tokens: 'half', consent: 'given', writes: 1, target: 1.25 },
  { name: 'all stored for the first time', tokens: 'none', consent: 'given', writes: 2, target: undefined },
  { name: 'all refused, with alerts', tokens: 'half', consent: 'revoked', writes: 2, target: undefined },
] as const;

type Run = Invocation & { readonly throttled: number; readonly failed: number };

/** One invocation with {@link connections} connections, under Secrets Manager's quota. */
export async function benchScale({ runs, progress }: BenchOptions): Promise<Findings> {
  const text = someConnections(connections);
  const lambda = copyLambda(text);
  const standIns = await startStandIns({ connectionsText: text, writesPerSecond });
  const variables = lambdaVariables(standIns.variables);
  const cold = new Map<string, Run[]>();
  const warm = new Map<string, Run[]>();
  try {
    for (let run = 0; run < runs; run += 1) {
      for (const { name, tokens, consent } of situations) {
        progress(`scale: ${name}, run ${run + 1} of ${runs}`);
        const scene: Scene = {
          tokens,
          consent,
          zohoLatency: latency.zohoMilliseconds,
          awsLatency: latency.awsMilliseconds,
        };
        await standIns.set(scene);
        const { first, invoke, end } = await startMeasured(lambda.handler, tickEvent(), variables);
        record(cold, name, first, await standIns.seen());
        // The quota looks back one second: the writes of the run before must not count.
        await wait(quotaWindowMilliseconds);
        await standIns.set(scene);
        record(warm, name, await invoke(tickEvent()), await standIns.seen());
        await end();
        await wait(quotaWindowMilliseconds);
      }
    }
  } finally {
    await standIns.close();
    lambda.close();
  }
  return { rows: rowsOf(cold, warm), document: render(cold, warm) };
}

function record(runs: Map<string, Run[]>, name: string, invocation: Invocation, seen: Seen): void {
  const throttled = Object.entries(seen.secretsManager)
    .filter(([call]) => call.endsWith('ThrottlingException'))
    .reduce((sum, [, count]) => sum + count, 0);
  const results = (invocation.answer as { connections: { code: string | null }[] } | undefined)?.connections;
  const failed =
    results?.filter(({ code }) => code === 'secret_store_failed').length ??
    // The error that the handler threw lists the connections of which nobody would hear otherwise.
    invocation.error?.split('ThrottlingException').length ??
    0;
  runs.set(name, [...(runs.get(name) ?? []), { ...invocation, throttled, failed }]);
}

function rowsOf(cold: ReadonlyMap<string, Run[]>, warm: ReadonlyMap<string, Run[]>): Row[] {
  const rows: Row[] = [];
  for (const { name, writes, target } of situations) {
    const least = Math.max(chainMilliseconds, (connections * writes * 1000) / writesPerSecond);
    for (const [kind, runs] of [
      ['first invocation of a process', cold.get(name) ?? []],
      ['warm', warm.get(name) ?? []],
    ] as const) {
      const times = runs.map(({ handlerMilliseconds }) => handlerMilliseconds);
      const title = `${connections} connections, ${name}, ${kind}`;
      const { lower, upper } = spreadOf(times);
      const detail = `${Math.round(medianOf(times))} ms, middle half ${Math.round(lower)} to ${Math.round(upper)} ms; least possible ${Math.round(least)} ms`;
      const factor = medianOf(times) / least;
      rows.push(
        target === undefined
          ? shown(title, `${factor.toFixed(2)} (${detail})`)
          : atMost(title, factor, target, (value) => value.toFixed(2), detail),
      );
    }
    const every = [...(cold.get(name) ?? []), ...(warm.get(name) ?? [])];
    const failed = every.reduce((sum, run) => sum + run.failed, 0);
    const throttled = every.reduce((sum, run) => sum + run.throttled, 0);
    rows.push(
      atMost(
        `${connections} connections, ${name}: failures for a throttled call`,
        failed,
        0,
        (count) => `${count}`,
        `${throttled} throttled calls in ${every.length} runs of ${connections * writes} writes`,
      ),
    );
  }
  const memory = [...cold.values(), ...warm.values()].flat().map(({ maxRssMebibytes }) => maxRssMebibytes);
  rows.push(
    atMost(
      `${connections} connections: memory`,
      Math.max(...memory),
      memoryLimitMebibytes,
      (mebibytes) => `${Math.round(mebibytes)} MiB`,
      'the highest resident set of any run, Node itself included',
    ),
  );
  return rows;
}

function render(cold: ReadonlyMap<string, Run[]>, warm: ReadonlyMap<string, Run[]>): string {
  const lines = situations.flatMap(({ name }) =>
    (
      [
        ['first', cold.get(name) ?? []],
        ['warm', warm.get(name) ?? []],
      ] as const
    ).map(([kind, runs]) => {
      const of = (figure: (run: Run) => number) => Math.round(medianOf(runs.map(figure)));
      return `| ${name}, ${kind} | ${of((run) => run.handlerMilliseconds)} | ${kind === 'first' ? of((run) => run.cpuMilliseconds) : ''} | ${of((run) => run.maxRssMebibytes)} | ${of((run) => run.throttled)} |`;
    }),
  );
  return [
    `| ${connections} connections | ms (median) | processor time since the process began, ms | resident set, MiB | throttled calls |`,
    '|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}
