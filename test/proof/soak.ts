import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath, getuid } from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
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
export type Soaked = Awaited<ReturnType<typeof soak>>;

/** Seconds between two ticks, in place of five minutes. */
export const intervalSeconds = 1;
const sampleSeconds = 5;
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
export async function soak(minutes: number, onSample: (sample: Sample) => void, program = 'local/start.ts') {
  // A place of its own for the file that says where everything is: another `npm start` keeps its own.
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  const liveHeap = new URL(`./live-heap.mjs?${encodeURIComponent(folder)}`, import.meta.url);
  const options = ['--json', '--port', '0', '--interval', String(intervalSeconds)];
  const child = spawn(execPath, ['--expose-gc', `--import=${liveHeap}`, program, ...options], {
    cwd: new URL('../..', import.meta.url),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, TMPDIR: folder },
  });
  const seen = watchTicks(child);
  const samples: Sample[] = [];
  const startedAt = performance.now();
  const passedSeconds = () => (performance.now() - startedAt) / 1_000;
  const ended = once(child, 'exit');
  const consoleUrl = await consoleUrlOf(child);
  const file = join(folder, `zoho-tokens-${getuid?.() ?? 'user'}`, 'local-store.json');
  const load = consoleUrl === undefined ? undefined : startLoad(file, consoleUrl);
  while (passedSeconds() < minutes * 60 && child.exitCode === null) {
    await Promise.race([wait(sampleSeconds * 1_000), ended]);
    if (child.exitCode !== null) break;
    const second = Math.round(passedSeconds());
    const heapMegabytes = heapBytesIn(folder) / 1e6;
    const sample = { second, heapMegabytes, ticks: seen.ticks, ...figuresOf(child.pid ?? 0) };
    samples.push(sample);
    onSample(sample);
  }
  // Less than asked for if the program ended by itself.
  const seconds = passedSeconds();
  load?.stop();
  const loadFaults = [...(load?.faults ?? [])];
  const { reader: readerCalls = 0, read: secretReads = 0 } = load?.done ?? {};
  const hasEnded = child.exitCode !== null || child.signalCode !== null;
  child.kill('SIGTERM');
  const [code] = (await ended) as [number | null];
  rmSync(folder, { recursive: true, force: true });
  // Of the program, once it was told to stop; none if it ended before.
  const exitCode = hasEnded ? undefined : code;
  return { minutes, seconds, ...seen, samples, readerCalls, secretReads, loadFaults, exitCode };
}

/** Counts the ticks that the program reports, and the time between them. */
function watchTicks(child: ChildProcess) {
  // Gaps are real milliseconds between two ticks, in order.
  const seen = { ticks: 0, failedTicks: 0, gaps: [] as number[] };
  let lastTickAt: number | undefined;
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    const now = performance.now();
    if (lastTickAt !== undefined) seen.gaps.push(now - lastTickAt);
    lastTickAt = now;
    seen.ticks += 1;
    if ((JSON.parse(line) as { error: string | null }).error !== null) seen.failedTicks += 1;
  });
  return seen;
}

/** Resident memory and open sockets of a process, from `/proc`; 0 if it has just ended. */
function figuresOf(pid: number): { residentMegabytes: number; sockets: number } {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    const links = readdirSync(`/proc/${pid}/fd`).map((entry) => readLink(`/proc/${pid}/fd/${entry}`));
    const sockets = links.filter((link) => link.startsWith('socket:')).length;
    return { residentMegabytes: Math.round(Number(kilobytes) / 1_024), sockets };
  } catch {
    return { residentMegabytes: 0, sockets: 0 };
  }
}

function readLink(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    // A file that was closed meanwhile.
    return '';
  }
}

/** What all its threads have written of their heaps. */
function heapBytesIn(folder: string): number {
  const files = readdirSync(folder).filter((name) => name.startsWith('heap-'));
  return files.reduce((sum, name) => sum + Number(readFileSync(join(folder, name), 'utf8')), 0);
}

/** Where its console page is, as the program says; `undefined` if it ends without saying so. */
async function consoleUrlOf(child: ChildProcess): Promise<string | undefined> {
  const found = new Promise<string>((resolve) => {
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
  const ended = once(child, 'exit').then(() => undefined);
  const url = await Promise.race([found, ended, wait(startSeconds * 1_000, undefined, { ref: false })]);
  // Its first tick stores the first tokens: apps that began before would find none.
  if (url !== undefined) await wait(2_000);
  return url;
}
