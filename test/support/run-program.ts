import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';
import { text } from 'node:stream/consumers';

/** How a program ended, and what it said. */
export type Ended = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

/** Runs a program to its end, while the stand-ins of this process go on answering; no variable comes along by itself. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { env: Readonly<Record<string, string | undefined>> },
): Promise<Ended> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status: child.exitCode, stdout, stderr };
}

/** @throws Error with what the program said last, unless it ended well. */
export async function must(running: Promise<Ended>): Promise<Ended> {
  const ended = await running;
  const { status, stdout, stderr } = ended;
  if (status !== 0) throw new Error(`ended with ${status}\n${stdout.slice(-4_000)}\n${stderr.slice(-4_000)}`);
  return ended;
}

/** Where a program of the PATH is; `undefined` if it is nowhere. */
export function findProgram(name: string): string | undefined {
  const places = (env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  return places.find((place) => existsSync(place));
}
