import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';

/** Environment variables of a program that the test starts. */
export type Variables = Readonly<Record<string, string>>;

/** A finished program. */
export type Finished = { readonly status: number; readonly output: string };

/** The PATH of whoever runs the test: programs are found there. */
export const searchPath = env.PATH ?? '';

/**
 * Finds a program that npm does not install.
 *
 * @param install - What installs it, for the message.
 * @throws where it is not on the PATH.
 */
export function findProgram(name: string, install: string): string {
  for (const folder of searchPath.split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // the next folder of the path
    }
  }
  throw new Error(`${name} is not on the PATH; install it with: ${install}`);
}

/**
 * Runs a program to its end.
 *
 * @param folder - Its working folder; this process's own unless given.
 * @returns Its exit code and what it wrote on both streams.
 */
export function run(
  command: string,
  args: readonly string[],
  variables: Variables,
  folder?: string,
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      env: { ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(folder === undefined ? {} : { cwd: folder }),
    });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (status) => resolve({ status: status ?? -1, output }));
  });
}

/** Runs a program that has to succeed; its last lines are the error's message where it does not. */
export async function runToSuccess(command: string, args: readonly string[], variables: Variables): Promise<string> {
  const { status, output } = await run(command, args, variables);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${output.slice(-4_000)}`);
  return output;
}
