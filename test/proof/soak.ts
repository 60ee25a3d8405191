import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath, getuid } from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readLocalStore } from '../../cli/place/local-store-file.ts';
import { createTokenReader } from '../../client/index.ts';

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
 * it from outside and from within its threads.
 *
 * @param program - What is run in place of `local/start.ts`, for tests.
 */
export async function soak(minutes: number, onSample: (sample: Sample) => void, program = 'local/start.ts') {
  // A place of its own for the file that says where everything is: another `npm start` keeps its own.
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  const thread = new URL(`./soak-thread.mjs?${encodeURIComponent(folder)}`, import.meta.url);
  const options = ['--json', '--port', '0', '--interval', String(intervalSeconds)];
  const child = spawn(execPath, ['--expose-gc', `--import=${thread}`, program, ...options], {
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
    const sample = { second: Math.round(passedSeconds()), ticks: seen.ticks, ...figuresIn(folder) };
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
  // Of the program, once it was asked to stop; none if it ended before.
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

/** What its threads say that they hold; resident memory is of all together. */
function figuresIn(folder: string) {
  type Figures = { readonly heapBytes: number; readonly sockets: number; readonly residentBytes: number };
  const files = readdirSync(folder).filter((name) => /^thread-\d+$/.test(name));
  const threads = files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Figures);
  const sum = (key: keyof Figures) => threads.reduce((total, thread) => total + thread[key], 0);
  const residentBytes = Math.max(0, ...threads.map((thread) => thread.residentBytes));
  const residentMegabytes = Math.round(residentBytes / 1e6);
  return { heapMegabytes: sum('heapBytes') / 1e6, residentMegabytes, sockets: sum('sockets') };
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

/** Apps with a reader each, every one of which asks for its token this often. */
const readers = 10;
const readerPauseMilliseconds = 100;
/** How often an app without a cache reads a secret: 25 a second. */
const readPauseMilliseconds = 40;

/** Lets apps read the tokens of a running `npm start`, more than in production, and somebody leave its console page open. */
function startLoad(file: string, consoleUrl: string) {
  const { secretsManagerUrl, secretAccessKey, connections: configured } = readLocalStore(file);
  const { connections, secretPrefix } = configured;
  const client = new SecretsManagerClient({
    endpoint: secretsManagerUrl,
    region: 'ap-south-1',
    credentials: { accessKeyId: 'local', secretAccessKey },
  });
  const done = { reader: 0, read: 0 };
  const faults: string[] = [];
  const every = (milliseconds: number, kind: keyof typeof done, call: () => Promise<unknown>) =>
    setInterval(async () => {
      try {
        await call();
        done[kind] += 1;
      } catch (fault) {
        faults.push(`${kind}: ${fault}`);
      }
    }, milliseconds);
  const nameOf = (index: number) => connections[index % connections.length]?.name ?? '';
  const timers = Array.from({ length: readers }, (_, index) => {
    const reader = createTokenReader({ connection: nameOf(index), secretPrefix, client });
    return every(readerPauseMilliseconds, 'reader', () => reader.get());
  });
  const readNext = () =>
    client.send(new GetSecretValueCommand({ SecretId: `${secretPrefix}/${nameOf(done.read)}/token` }));
  timers.push(every(readPauseMilliseconds, 'read', readNext));
  const page = get(`${consoleUrl}/events`, (stream) => stream.resume());
  page.on('error', (fault) => {
    if (!page.destroyed) faults.push(`console page: ${fault.message}`);
  });
  return {
    done,
    faults,
    stop() {
      timers.forEach(clearInterval);
      page.destroy();
      client.destroy();
    },
  };
}
