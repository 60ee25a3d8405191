import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Invocation } from '../proof/handler-process.ts';
import { connectionsText } from '../support/stage.ts';
import { type Scene, setMeasuredStage, tickEvent } from './measured-stage.ts';
import { atMost, type BenchOptions, type Findings, type Row, spreadOf } from './row.ts';

/** Rounds that only warm the stand-ins and the disk cache. */
const warmUpRounds = 2;

/** What a tick can find; `limit` is the target of the ratio of processor times. */
const situations = [
  { name: 'nothing due', scene: { tokens: 'fresh', consent: 'given' }, slot: 'plain', limit: 0.65 },
  { name: 'two refreshes', scene: { tokens: 'half', consent: 'given' }, slot: 'plain', limit: 0.78 },
  { name: 'an alert', scene: { tokens: 'last due', consent: 'last revoked' }, slot: 'plain', limit: undefined },
  {
    name: 'nothing due, tokens probed',
    scene: { tokens: 'fresh', consent: 'given' },
    slot: 'probing',
    limit: undefined,
  },
] as const satisfies readonly { name: string; scene: Scene; slot: string; limit: number | undefined }[];

/** Milliseconds of processor time by contestant, round by round. */
type Figures = ReadonlyMap<string, number[]>;

/**
 * Cold starts side by side: the empty handler, the textbook, and ours.
 *
 * Each round starts every one of them once, in an order that turns from round to round, so that whatever else the
 * machine does hits all alike.
 */
export async function benchColdStart({ runs, progress }: BenchOptions): Promise<Findings> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-textbook-'));
  const stage = await setMeasuredStage({ connectionsText: connectionsText(['salesiq', 'desk']) });
  const handlers = { textbook: await bundleTextbook(join(folder, 'index.js')), ours: stage.handler };
  const contestants = [
    { key: 'floor', file: pathOf('./empty-handler.mjs'), situation: situations[0] },
    ...Object.entries(handlers).flatMap(([handler, file]) =>
      situations.map((situation) => ({ key: `${handler}: ${situation.name}`, file, situation })),
    ),
  ];
  const figures: Figures = new Map(contestants.map(({ key }) => [key, []]));
  try {
    for (let round = -warmUpRounds; round < runs; round += 1) {
      progress(`cold start: round ${Math.max(0, round + 1)} of ${runs}`);
      const start = (round + warmUpRounds) % contestants.length;
      for (const { key, file, situation } of [...contestants.slice(start), ...contestants.slice(0, start)]) {
        await stage.setScene(situation.scene);
        const process = stage.start(file);
        const invocation = await process.invoke(tickEvent(situation.slot));
        await process.kill();
        if (key !== 'floor') check(key, situation.name, stage.seen(), invocation);
        if (round >= 0) figures.get(key)?.push(invocation.cpuMilliseconds);
      }
    }
  } finally {
    await stage.close();
    rmSync(folder, { recursive: true });
  }
  return { rows: situations.map(({ name, limit }) => rowOf(figures, name, limit)) };
}

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** Bundles the textbook as the CDK's `NodejsFunction` does by default for Node 24: the SDK is the runtime's own. */
async function bundleTextbook(outfile: string): Promise<string> {
  const external = ['@aws-sdk/*', '@smithy/*'];
  const entryPoints = [pathOf('./textbook-handler.ts')];
  await build({ entryPoints, outfile, external, bundle: true, platform: 'node', target: 'node24' });
  return outfile;
}

/** A handler that does less than its work would be fast for nothing. */
function check(
  key: string,
  situation: (typeof situations)[number]['name'],
  seen: ReturnType<Awaited<ReturnType<typeof setMeasuredStage>>['seen']>,
  { answer, error }: Invocation,
): void {
  const { stored, tokenRequests, probes, sns } = seen;
  const isDone = {
    'nothing due': stored === 0 && tokenRequests === 0,
    'two refreshes': stored === 2 && tokenRequests === 2,
    'an alert': tokenRequests === 1 && sns === 1,
    'nothing due, tokens probed': stored === 0 && probes === (key.startsWith('ours') ? 2 : 0),
  }[situation];
  if (error !== undefined || !isDone)
    throw new Error(`${key} failed or did other work than asked: ${JSON.stringify({ seen, answer, error })}`);
}

/** (ours − floor) / (textbook − floor), of the medians; the quartiles in the detail are those of the ratios round by round. */
function rowOf(figures: Figures, situation: string, limit: number | undefined): Row {
  const [ours = [], rivals = [], floors = []] = [`ours: ${situation}`, `textbook: ${situation}`, 'floor'].map((key) =>
    figures.get(key),
  );
  const ratio = (our: number, its = 0, floor = 0) => (our - floor) / (its - floor);
  const { lower, upper } = spreadOf(ours.map((our, round) => ratio(our, rivals[round], floors[round])));
  const [our = 0, its = 0, floor = 0] = [ours, rivals, floors].map((each) => spreadOf(each).median);
  const times = `ours ${Math.round(our)} ms, textbook ${Math.round(its)} ms, empty ${Math.round(floor)} ms`;
  const detail = `${times}; middle half of the rounds ${lower.toFixed(2)} to ${upper.toFixed(2)}`;
  return atMost(`processor time of a cold start, ${situation}`, ratio(our, its, floor), limit, detail);
}
