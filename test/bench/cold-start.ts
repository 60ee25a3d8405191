import { fileURLToPath } from 'node:url';
import { copyLambda } from './lambda-copy.ts';
import { lambdaVariables } from './lambda-variables.ts';
import { type FirstInvocation, startMeasured, succeeded } from './measured-process.ts';
import { medianOf, spreadOf } from './median.ts';
import { atMost, type BenchOptions, type Findings, type Row, shown } from './row.ts';
import { ownConnectionsText } from './some-connections.ts';
import { startStandIns } from './stand-ins.ts';
import type { Scene, Seen } from './stand-ins-messages.ts';
import { bundleTextbook } from './textbook/bundle.ts';
import { tickEvent } from './tick.ts';

/** Rounds that only warm the stand-ins and the disk cache. */
const warmUpRounds = 2;

/** What a tick can find; `limit` is the target of the ratio of processor times. */
const situations = [
  { name: 'nothing due', scene: scene('fresh', 'given'), slot: 'plain', limit: 0.65 },
  { name: 'two refreshes', scene: scene('half', 'given'), slot: 'plain', limit: 0.78 },
  {
    name: 'an alert',
    scene: scene('last due', 'last revoked'),
    slot: 'plain',
    limit: undefined,
  },
  {
    name: 'nothing due, tokens probed',
    scene: scene('fresh', 'given'),
    slot: 'probing',
    limit: undefined,
  },
] as const;

/** The two connections of the textbook. */
const connectionsText = JSON.stringify({
  ...JSON.parse(ownConnectionsText),
  connections: JSON.parse(ownConnectionsText).connections.slice(0, 2),
});

type Figures = { readonly spans: number[]; readonly cpu: number[] };

/**
 * Cold starts side by side: the empty handler, the textbook in two bundles, and ours.
 *
 * Each round starts every one of them once, in an order that turns from round to round, so that whatever else the
 * machine does hits all alike.
 */
export async function benchColdStart({ runs, progress }: BenchOptions): Promise<Findings> {
  const textbook = bundleTextbook();
  const ours = copyLambda(connectionsText);
  const standIns = await startStandIns({ connectionsText });
  const variables = lambdaVariables(standIns.variables);
  const handlers = {
    textbook: textbook.byDefault,
    'textbook, SDK bundled': textbook.withSdk,
    ours: ours.handler,
  };
  const contestants = [
    {
      key: 'floor',
      file: fileURLToPath(new URL('./empty-handler.mjs', import.meta.url)),
      situation: situations[0],
    },
    ...Object.entries(handlers).flatMap(([handler, file]) =>
      situations.map((situation) => ({ key: `${handler}: ${situation.name}`, file, situation })),
    ),
  ];
  const figures = new Map<string, Figures>(contestants.map(({ key }) => [key, { spans: [], cpu: [] }]));
  try {
    for (let round = -warmUpRounds; round < runs; round += 1) {
      progress(`cold start: round ${Math.max(0, round + 1)} of ${runs}`);
      const start = (round + warmUpRounds) % contestants.length;
      for (const { key, file, situation } of [...contestants.slice(start), ...contestants.slice(0, start)]) {
        await standIns.set(situation.scene);
        const { first, end } = await startMeasured(file, tickEvent(situation.slot), variables);
        await end();
        if (key !== 'floor') check(key, situation.name, await standIns.seen(), succeeded(first));
        if (round < 0) continue;
        figures.get(key)?.spans.push(first.spanMilliseconds);
        figures.get(key)?.cpu.push(first.cpuMilliseconds);
      }
    }
  } finally {
    await standIns.close();
    textbook.close();
    ours.close();
  }
  return { rows: rowsOf(figures), document: render(figures) };
}

function scene(tokens: Scene['tokens'], consent: Scene['consent']): Scene {
  return { tokens, consent, zohoLatency: 0, awsLatency: 0 };
}

/** A handler that does less than its work would be fast for nothing. */
function check(key: string, situation: string, seen: Seen, { answer }: FirstInvocation): void {
  const stored = seen.secretsManager['PutSecretValue ok'] ?? 0;
  const isDone = {
    'nothing due': stored === 0 && seen.tokenRequests === 0,
    'two refreshes': stored === 2 && seen.tokenRequests === 2,
    'an alert': seen.tokenRequests === 1 && seen.sns === 1,
    'nothing due, tokens probed': stored === 0 && seen.probes === (key.startsWith('ours') ? 2 : 0),
  }[situation];
  if (isDone !== true) {
    throw new Error(`${key} did other work than asked: ${JSON.stringify({ seen, answer })}`);
  }
}

function rowsOf(figures: ReadonlyMap<string, Figures>): Row[] {
  const versus = (rival: string, unit: keyof Figures) =>
    situations.map(({ name, limit }) => ({ name, limit, ...ratioOf(figures, name, rival, unit) }));
  const times = (ratio: Ratio) =>
    `ours ${ms(ratio.ours)}, textbook ${ms(ratio.rival)}, empty ${ms(ratio.floor)}; middle half of the rounds ${ratio.lower.toFixed(2)} to ${ratio.upper.toFixed(2)}`;
  return [
    ...versus('textbook', 'cpu').map((ratio) => {
      const name = `processor time of a cold start, ${ratio.name}`;
      return ratio.limit === undefined
        ? shown(name, `${ratio.ratio.toFixed(2)} (${times(ratio)})`)
        : atMost(name, ratio.ratio, ratio.limit, (value) => value.toFixed(2), times(ratio));
    }),
    ...versus('textbook', 'spans').map((ratio) =>
      shown(`cold start, ${ratio.name}`, `${ratio.ratio.toFixed(2)} (${times(ratio)})`),
    ),
    ...versus('textbook, SDK bundled', 'spans').map((ratio) =>
      shown(
        `cold start, ${ratio.name}, against the textbook with the SDK bundled`,
        `${ratio.ratio.toFixed(2)} (${times(ratio)})`,
      ),
    ),
  ];
}

type Ratio = {
  readonly ratio: number;
  /** Quartiles of the ratios round by round. */
  readonly lower: number;
  readonly upper: number;
  readonly ours: number;
  readonly rival: number;
  readonly floor: number;
};

/** (ours − floor) / (rival − floor), of the medians. */
function ratioOf(figures: ReadonlyMap<string, Figures>, situation: string, rival: string, unit: keyof Figures): Ratio {
  const of = (key: string) => figures.get(key)?.[unit] ?? [];
  const all = { ours: of(`ours: ${situation}`), rival: of(`${rival}: ${situation}`), floor: of('floor') };
  const rounds = all.ours.map((span, round) => {
    const floor = all.floor[round] ?? 0;
    return (span - floor) / ((all.rival[round] ?? 0) - floor);
  });
  const [ours, rivals, floor] = [medianOf(all.ours), medianOf(all.rival), medianOf(all.floor)];
  const { lower, upper } = spreadOf(rounds);
  return { ratio: (ours - floor) / (rivals - floor), lower, upper, ours, rival: rivals, floor };
}

function render(figures: ReadonlyMap<string, Figures>): string {
  const lines = [...figures].map(([key, { spans, cpu }]) => {
    const span = spreadOf(spans);
    const middle = `${Math.round(span.lower)} to ${Math.round(span.upper)}`;
    return `| ${key} | ${Math.round(span.median)} | ${middle} | ${Math.round(medianOf(cpu))} |`;
  });
  return [
    '| handler: what the tick finds | span, ms (median) | middle half | processor time, ms (median) |',
    '|---|---|---|---|',
    ...lines,
  ].join('\n');
}

function ms(milliseconds: number): string {
  return `${Math.round(milliseconds)} ms`;
}
