import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));
const pty = fileURLToPath(new URL('./in-terminal.py', import.meta.url));

/** Where and how the program runs; no variable of the machine comes along but those named. */
export type Surroundings = {
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
};

/** Starts `zoho-tokens` without a terminal. @param input - All of standard input. */
export function startProgram(rawArguments: readonly string[], { folder, variables }: Surroundings, input = '') {
  const child = spawn(execPath, [main, ...rawArguments], { cwd: folder, env: variables });
  const said = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  const hear = (name: keyof typeof said) => (chunk: Buffer) => {
    said[name] += chunk.toString('utf8');
    for (const look of waiting) look();
  };
  child.stdout.on('data', hear('stdout'));
  child.stderr.on('data', hear('stderr'));
  child.stdin.end(input);
  const ended = once(child, 'close').then(([code]) => ({ code: (code as number | null) ?? -1, ...said }));
  return {
    ended,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** Resolves with the first match in what it says, and fails if it ends before. */
    says: (pattern: RegExp) =>
      new Promise<RegExpExecArray>((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(said.stdout + said.stderr);
          if (found !== null) resolve(found);
        };
        waiting.add(look);
        look();
        ended.then(({ stdout, stderr }) => reject(new Error(`it never said ${pattern}: ${stdout}${stderr}`)), reject);
      }),
  };
}

/** One question of a dialogue: what the terminal shows, and what is typed then. */
export type DialogStep = { readonly wait: string; readonly send: string };
export type TerminalRan = {
  /** Everything that a person would have seen. */
  readonly shown: string;
  readonly code: number;
  /** Questions that never came. */
  readonly unanswered: readonly string[];
  /** Of all processes of the machine while the questions were answered. */
  readonly commandLines: readonly string[];
};

const longestSeconds = 25;

/** Runs `zoho-tokens` in a pseudo-terminal; `program` is another one's file, `seconds` the longest that it may take. */
export async function runInTerminal(
  rawArguments: readonly string[],
  { folder, variables }: Surroundings,
  dialog: readonly DialogStep[],
  { program = main, seconds = longestSeconds } = {},
): Promise<TerminalRan> {
  const job = {
    program: [execPath, program, ...rawArguments],
    folder,
    variables: { TERM: 'xterm', ...variables },
    dialog,
    seconds,
  };
  const child = spawn('python3', [pty], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(job));
  return JSON.parse(await text(child.stdout)) as TerminalRan;
}

/** Whether this machine has what a pseudo-terminal takes: Python 3.9, with its module `pty`. */
export const hasPseudoTerminal = spawnSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode']).status === 0;

/** Said in a test's title where it is left out. */
export const withoutTerminal = hasPseudoTerminal ? '' : ' (LEFT OUT: this machine has no python3 with pty)';
