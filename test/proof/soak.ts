import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath, getuid } from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { openLiveHeap } from './live-heap.ts';
import { openSockets, residentMegabytes } from './process-figures.ts';
import { startLoad } from './soak-load.ts';

/** How a program stood at one moment. */
export type Sample = {
  readonly second: number;
  readonly residentMegabytes: number;
  /** What is left of the heap once its garbage is collected: resident memory grows for long before Node collects. */
  readonly heapMegabytes: number;
  readonly sockets: number;
  readonly ticks: number;
};

/** What a soak came to. */
export type Soaked = {
  readonly minutes: number;
  readonly intervalSeconds: number;
  /** How long it was watched, in seconds: less than asked for where the program ended by itself. */
  readonly seconds: number;
  readonly ticks: number;
  readonly failedTicks: number;
  readonly samples: readonly Sample[];
  /** Real milliseconds between two ticks, in order. */
  readonly gaps: readonly number[];
  readonly readerCalls: number;
  readonly secretReads: number;
  /** What went wrong for the apps that read meanwhile. */
  readonly loadFaults: readonly string[];
  /** Of the program, once it was told to stop; `undefined` if it ended before. */
  readonly exitCode: number | null | undefined;
};

const sampleSeconds = 5;
/** The heap is collected and weighed once a minute. */
const samplesPerWeighing = 12;
/** To build the bundle, start everything and open the page. */
const startSeconds = 60;

/**
 * Runs `npm start` with a tick every second instead of every five minutes, reads its tokens all the while, and watches
 * it from outside.
 *
 * Memory and sockets are read from `/proc`, so this runs on Linux only.
 *
 * @param program - What is run in place of `local/start.ts`, for tests.
 */
export async function soak(options: {
  minutes: number;
  intervalSeconds: number;
  onSample: (sample: Sample) => void;
  program?: string;
}): Promise<Soaked> {
  const { minutes, intervalSeconds, onSample, program = 'local/start.ts' } = options;
  // A place of its own for the file that says where everything is: another `npm start` keeps its own.
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  const child = spawn(
    execPath,
    ['--inspect=127.0.0.1:0', program, '--json', '--port', '0', '--interval', String(intervalSeconds)],
    {
      cwd: new URL('../..', import.meta.url),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...env, TMPDIR: folder },
    },
  );
  const gaps: number[] = [];
  let ticks = 0;
  let failedTicks = 0;
  let lastTickAt: number | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const now = performance.now();
    if (lastTickAt !== undefined) gaps.push(now - lastTickAt);
    lastTickAt = now;
    ticks += 1;
    const report = JSON.parse(line) as { error: string | null };
    if (report.error !== null) failedTicks += 1;
  });
  const samples: Sample[] = [];
  const startedAt = performance.now();
  const passedSeconds = () => (performance.now() - startedAt) / 1_000;
  const { url, inspectorUrl } = await addressesOf(child);
  const file = join(folder, `zoho-tokens-${getuid?.() ?? 'user'}`, 'local-store.json');
  const load = url === undefined ? undefined : startLoad(file, url);
  const heap = inspectorUrl === undefined || url === undefined ? undefined : await openLiveHeap(inspectorUrl);
  let heapMegabytes = 0;
  const ended = once(child, 'exit');
  while (passedSeconds() < minutes * 60 && child.exitCode === null) {
    await Promise.race([wait(sampleSeconds * 1_000), ended]);
    if (samples.length % samplesPerWeighing === 0 && child.exitCode === null)
      heapMegabytes = (await heap?.megabytes()) ?? 0;
    const sample = {
      second: Math.round(passedSeconds()),
      residentMegabytes: residentMegabytes(child.pid ?? 0),
      heapMegabytes,
      sockets: openSockets(child.pid ?? 0),
      ticks,
    };
    if (child.exitCode === null) samples.push(sample);
    onSample(sample);
  }
  const seconds = passedSeconds();
  load?.stop();
  heap?.close();
  const loadFaults = [...(load?.faults ?? [])];
  const exitCode = await stop(child);
  rmSync(folder, { recursive: true, force: true });
  return {
    minutes,
    intervalSeconds,
    seconds,
    ticks,
    failedTicks,
    samples,
    gaps,
    readerCalls: load?.readerCalls() ?? 0,
    secretReads: load?.secretReads() ?? 0,
    loadFaults,
    exitCode,
  };
}

/** Where its inspector and its console page are, as the program says; no page where it ends without saying so. */
async function addressesOf(child: ChildProcess): Promise<{ url?: string; inspectorUrl?: string }> {
  let inspectorUrl: string | undefined;
  const found = new Promise<string>((resolve) => {
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
      inspectorUrl ??= /ws:\/\/127\.0\.0\.1:\S+/.exec(line)?.[0];
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
  const ended = once(child, 'exit').then(() => undefined);
  const url = await Promise.race([found, ended, wait(startSeconds * 1_000, undefined, { ref: false })]);
  if (url === undefined) return {};
  // Its first tick stores the first tokens: apps that began before would find none.
  await wait(2_000);
  return { url, ...(inspectorUrl === undefined ? {} : { inspectorUrl }) };
}

async function stop(child: ChildProcess): Promise<number | null | undefined> {
  if (child.exitCode !== null || child.signalCode !== null) return undefined;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
  return child.exitCode;
}
