import { copyLambda } from './lambda-copy.ts';
import { lambdaVariables } from './lambda-variables.ts';
import { startMeasured, succeeded } from './measured-process.ts';
import { medianOf, spreadOf } from './median.ts';
import { atMost, type BenchOptions, type Findings, shown } from './row.ts';
import { ownConnectionsText } from './some-connections.ts';
import { startStandIns } from './stand-ins.ts';
import type { Scene } from './stand-ins-messages.ts';
import { tickEvent } from './tick.ts';

/** What the stand-ins take for an answer. */
export const latency = { zohoMilliseconds: 300, awsMilliseconds: 20 } as const;

/** The calls of a refresh that wait for each other; the record is read beside the token. */
export const longestChain = [
  { call: 'read the token (and the record beside it)', milliseconds: latency.awsMilliseconds },
  { call: 'read the credentials', milliseconds: latency.awsMilliseconds },
  { call: 'ask Zoho for a token', milliseconds: latency.zohoMilliseconds },
  { call: 'probe it at its service', milliseconds: latency.zohoMilliseconds },
  { call: 'store it', milliseconds: latency.awsMilliseconds },
] as const;

/** Length of {@link longestChain} in milliseconds. */
export const chainMilliseconds = longestChain.reduce((sum, { milliseconds }) => sum + milliseconds, 0);

const everythingDue: Scene = {
  tokens: 'half',
  consent: 'given',
  zohoLatency: latency.zohoMilliseconds,
  awsLatency: latency.awsMilliseconds,
};

/** A tick with two refreshes against the calls that it cannot do without, one after the other. */
export async function benchCriticalPath({ runs, progress }: BenchOptions): Promise<Findings> {
  const lambda = copyLambda(ownConnectionsText);
  const standIns = await startStandIns({ connectionsText: ownConnectionsText });
  const variables = lambdaVariables(standIns.variables);
  const cold: number[] = [];
  const warm: number[] = [];
  try {
    for (let run = 0; run < runs; run += 1) {
      progress(`critical path: run ${run + 1} of ${runs}`);
      await standIns.set(everythingDue);
      const { first, invoke, end } = await startMeasured(lambda.handler, tickEvent(), variables);
      cold.push(succeeded(first).handlerMilliseconds);
      await standIns.set(everythingDue);
      warm.push(succeeded(await invoke(tickEvent())).handlerMilliseconds);
      await end();
    }
  } finally {
    await standIns.close();
    lambda.close();
  }
  const factor = (milliseconds: number) => milliseconds / chainMilliseconds;
  const render = (value: number) => `${value.toFixed(2)} of the chain`;
  const { lower, upper } = spreadOf(warm);
  const rows = [
    atMost(
      'critical path of two refreshes',
      factor(medianOf(warm)),
      1.1,
      render,
      `${Math.round(medianOf(warm))} ms; the chain has ${chainMilliseconds} ms; middle half ${Math.round(lower)} to ${Math.round(upper)} ms`,
    ),
    shown(
      'critical path of two refreshes, first invocation of a process',
      `${render(factor(medianOf(cold)))} (${Math.round(medianOf(cold))} ms)`,
    ),
  ];
  const document = [
    '| call that the next one waits for | ms |',
    '|---|---|',
    ...longestChain.map(({ call, milliseconds }) => `| ${call} | ${milliseconds} |`),
    `| the chain | ${chainMilliseconds} |`,
  ].join('\n');
  return { rows, document };
}
