import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

/** How a program stood at one moment. */
export type Sample = {
  readonly second: number;
  readonly residentMegabytes: number;
  readonly sockets: number;
  readonly ticks: number;
};

/** What a soak came to. */
export type Soaked = {
  readonly minutes: number;
  readonly intervalSeconds: number;
  readonly ticks: number;
  readonly failedTicks: number;
  readonly samples: readonly Sample[];
  /** Real milliseconds between two ticks, in order. */
  readonly gaps: readonly number[];
  readonly exitCode: number | null;
};

const sampleSeconds = 5;

/**
 * Runs `npm start` with a tick every second instead of every five minutes, and watches it from outside.
 *
 * Memory and sockets are read from `/proc`, so this runs on Linux only.
 */
export async function soak(options: {
  minutes: number;
  intervalSeconds: number;
  onSample: (sample: Sample) => void;
}): Promise<Soaked> {
  const { minutes, intervalSeconds, onSample } = options;
  const program = spawn(
    execPath,
    ['local/start.ts', '--json', '--port', '0', '--interval', String(intervalSeconds)],
    {
      cwd: new URL('../..', import.meta.url),
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const pid = program.pid ?? 0;
  const gaps: number[] = [];
  let ticks = 0;
  let failedTicks = 0;
  let lastTickAt: number | undefined;
  createInterface({ input: program.stdout }).on('line', (line) => {
    const now = performance.now();
    if (lastTickAt !== undefined) gaps.push(now - lastTickAt);
    lastTickAt = now;
    ticks += 1;
    const report = JSON.parse(line) as { error: string | null };
    if (report.error !== null) failedTicks += 1;
  });
  const samples: Sample[] = [];
  const startedAt = performance.now();
  while (performance.now() - startedAt < minutes * 60_000 && program.exitCode === null) {
    await wait(sampleSeconds * 1_000);
    const sample = {
      second: Math.round((performance.now() - startedAt) / 1_000),
      residentMegabytes: residentMegabytes(pid),
      sockets: openSockets(pid),
      ticks,
    };
    samples.push(sample);
    onSample(sample);
  }
  if (program.exitCode === null) {
    const gone = once(program, 'exit');
    program.kill('SIGTERM');
    await gone;
  }
  return { minutes, intervalSeconds, ticks, failedTicks, samples, gaps, exitCode: program.exitCode };
}

/** The soak in a few figures: its first tenth after warming up against its last. */
export function summarize({ samples, gaps, intervalSeconds }: Soaked) {
  const tenth = Math.max(1, Math.floor(samples.length / 10));
  const early = samples.slice(tenth, 2 * tenth);
  const late = samples.slice(-tenth);
  const gapTenth = Math.max(1, Math.floor(gaps.length / 10));
  const lateness = gaps.map((gap) => gap - intervalSeconds * 1_000);
  return {
    megabytes: [
      median(early.map((sample) => sample.residentMegabytes)),
      median(late.map((sample) => sample.residentMegabytes)),
    ] as const,
    mostMegabytes: Math.max(...samples.map((sample) => sample.residentMegabytes)),
    sockets: [
      median(early.map((sample) => sample.sockets)),
      median(late.map((sample) => sample.sockets)),
    ] as const,
    mostSockets: Math.max(...samples.map((sample) => sample.sockets)),
    /** What a tick takes beyond the interval: it would grow if timers drifted or work piled up. */
    tickMilliseconds: [
      median(lateness.slice(gapTenth, 2 * gapTenth)),
      median(lateness.slice(-gapTenth)),
    ] as const,
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function residentMegabytes(pid: number): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(kilobytes) / 1_024);
  } catch {
    return 0;
  }
}

function openSockets(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).filter((entry) => isSocket(`/proc/${pid}/fd/${entry}`)).length;
  } catch {
    return 0;
  }
}

function isSocket(link: string): boolean {
  try {
    return readlinkSync(link).startsWith('socket:');
  } catch {
    return false;
  }
}
