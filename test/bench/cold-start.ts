import { fileURLToPath } from 'node:url';
import { renderTable } from '../proof/document.ts';
import { type Invocation, startMeasured, tickEvent } from './measured-process.ts';
import { atMost, type BenchOptions, type Findings, type Row, spreadOf } from './row.ts';
import { ownConnections } from './some-connections.ts';
import { type Scene, type Seen, startStandIns } from './stand-ins.ts';
import { bundleTextbook } from './textbook/bundle.ts';

/** Rounds that only warm the stand-ins and the disk cache. */
const warmUpRounds = 2;

/** What a tick can find; `limit` is the target of the ratio of processor times. */
const situations = [
  { name: 'nothing due', scene: scene('fresh', 'given'), slot: 'plain', limit: 0.65 },
  { name: 'two refreshes', scene: scene('half', 'given'), slot: 'plain', limit: 0.78 },
  { name: 'an alert', scene: scene('last due', 'last revoked'), slot: 'plain', limit: undefined },
  { name: 'nothing due, tokens probed', scene: scene('fresh', 'given'), slot: 'probing', limit: undefined },
] as const;

/** The two connections of the textbook. */
const connectionsText = JSON.stringify({ ...ownConnections, connections: ownConnections.connections.slice(0, 2) });

type Figures = { readonly spans: number[]; readonly cpu: number[] };

/**
 * Cold starts side by side: the empty handler, the textbook in two bundles, and ours.
 *
 * Each round starts every one of them once, in an order that turns from round to round, so that whatever else the
 * machine does hits all alike.
 */
export async function benchColdStart({ runs, progress }: BenchOptions): Promise<Findings> {
  const textbook = bundleTextbook();
  const standIns = await startStandIns({ connectionsText });
  const { handler: ours, variables } = standIns;
  const handlers = { textbook: textbook.byDefault, 'textbook, SDK bundled': textbook.withSdk, ours };
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
        if (key !== 'floor') check(key, situation.name, await standIns.seen(), first);
        if (round < 0) continue;
        figures.get(key)?.spans.push(first.spanMilliseconds);
        figures.get(key)?.cpu.push(first.cpuMilliseconds);
      }
    }
  } finally {
    await standIns.close();
    textbook.close();
  }
  return { rows: rowsOf(figures), document: render(figures) };
}

function scene(tokens: Scene['tokens'], consent: Scene['consent']): Scene {
  return { tokens, consent, zohoLatency: 0, awsLatency: 0 };
}

/** A handler that does less than its work would be fast for nothing. */
function check(key: string, situation: string, seen: Seen, { answer, error }: Invocation): void {
  const stored = seen.secretsManager['PutSecretValue ok'] ?? 0;
  const isDone = {
    'nothing due': stored === 0 && seen.tokenRequests === 0,
    'two refreshes': stored === 2 && seen.tokenRequests === 2,
    'an alert': seen.tokenRequests === 1 && seen.sns === 1,
    'nothing due, tokens probed': stored === 0 && seen.probes === (key.startsWith('ours') ? 2 : 0),
  }[situation];
  if (error !== undefined || isDone !== true)
    throw new Error(`${key} failed or did other work than asked: ${JSON.stringify({ seen, answer, error })}`);
}

/** Ratios of processor times and of spans, as the reader of docs/performance.md sees them. */
function rowsOf(figures: ReadonlyMap<string, Figures>): Row[] {
  const versus = (unit: keyof Figures, rival: string, title: (situation: string) => string): Row[] =>
    situations.map(({ name, limit }) => {
      const { ratio, detail } = ratioOf(figures, name, rival, unit);
      return atMost(title(name), ratio, unit === 'cpu' ? limit : undefined, detail);
    });
  const withSdk = 'textbook, SDK bundled';
  return [
    ...versus('cpu', 'textbook', (name) => `processor time of a cold start, ${name}`),
    ...versus('spans', 'textbook', (name) => `cold start, ${name}`),
    ...versus('spans', withSdk, (name) => `cold start, ${name}, against the textbook with the SDK bundled`),
  ];
}

/** (ours − floor) / (rival − floor), of the medians; the quartiles in the detail are those of the ratios round by round. */
function ratioOf(figures: ReadonlyMap<string, Figures>, situation: string, rival: string, unit: keyof Figures) {
  const [ours, rivals, floors] = [`ours: ${situation}`, `${rival}: ${situation}`, 'floor'].map(
    (key) => figures.get(key)?.[unit] ?? [],
  ) as [number[], number[], number[]];
  const ratio = (our: number, its = 0, floor = 0) => (our - floor) / (its - floor);
  const { lower, upper } = spreadOf(ours.map((our, round) => ratio(our, rivals[round], floors[round])));
  const [our, its, floor] = [ours, rivals, floors].map((each) => spreadOf(each).median) as [number, number, number];
  const times = `ours ${Math.round(our)} ms, textbook ${Math.round(its)} ms, empty ${Math.round(floor)} ms`;
  const detail = `${times}; middle half of the rounds ${lower.toFixed(2)} to ${upper.toFixed(2)}`;
  return { ratio: ratio(our, its, floor), detail };
}

function render(figures: ReadonlyMap<string, Figures>): string {
  const rows = [...figures].map(([key, { spans, cpu }]) => {
    const { median, lower, upper } = spreadOf(spans);
    const middle = `${Math.round(lower)} to ${Math.round(upper)}`;
    return [key, Math.round(median), middle, Math.round(spreadOf(cpu).median)];
  });
  const head = ['handler: what the tick finds', 'span, ms (median)', 'middle half', 'processor time, ms (median)'];
  return renderTable(head, rows);
}
