import { PassThrough, Writable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { createInterrupts, type Interrupts } from '../../cli/interrupts.ts';
import { runProgram } from '../../cli/program.ts';
import { createTerminal } from '../../cli/terminal/terminal.ts';

/** What became of one run of the program. */
export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs `zoho-tokens` in this process, without a terminal: a process of its own takes a second to start. */
export async function runInside(
  rawArguments: readonly string[],
  options: {
    readonly folder?: string;
    readonly variables?: Readonly<Record<string, string>>;
    /** All of standard input. */
    readonly input?: string;
    /** Is told everything that is said, while it is said. */
    readonly hear?: (text: string) => void;
    /** Plays Ctrl-C for commands that hold it. */
    readonly interrupts?: Interrupts;
  } = {},
): Promise<Ran> {
  const { folder = '/nowhere', variables = {}, input = '', hear = () => undefined } = options;
  const { hold } = options.interrupts ?? createInterrupts();
  const said = { stdout: '', stderr: '' };
  const into = (name: keyof typeof said) =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        said[name] += chunk.toString('utf8');
        hear(chunk.toString('utf8'));
        done();
      },
    }) as unknown as WriteStream;
  const stdin = new PassThrough();
  stdin.end(input);
  const streams = { input: stdin as unknown as ReadStream, output: into('stdout'), errors: into('stderr') };
  const code = await runProgram(rawArguments, {
    terminal: createTerminal(streams, variables),
    variables,
    workingFolder: folder,
    wantsJson: rawArguments.includes('--json'),
    holdInterrupts: hold,
  });
  return { code, ...said };
}

/** A run that goes on, and what it has said so far. */
export type Running = {
  readonly ended: Promise<Ran>;
  /** Resolves with the first match in what it says. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
};

/** The same, and does not wait for its end. */
export function startInside(...[rawArguments, options]: Parameters<typeof runInside>): Running {
  let said = '';
  const waiting = new Set<() => void>();
  const hear = (text: string) => {
    said += text;
    for (const look of waiting) look();
  };
  const ended = runInside(rawArguments, { ...options, hear });
  return { ended, says: (pattern) => hearing(pattern, () => said, waiting, ended) };
}

/** Resolves with the first match in what somebody says, and fails if they end before. */
export function hearing(
  pattern: RegExp,
  said: () => string,
  waiting: Set<() => void>,
  ended: Promise<unknown>,
): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const found = pattern.exec(said());
      if (found === null) return;
      waiting.delete(look);
      resolve(found);
    };
    waiting.add(look);
    look();
    ended.then(() => reject(new Error(`it never said ${pattern}: ${said()}`)), reject);
  });
}

/** Runs work while this process has the environment variables that a process of its own would have. */
export async function withVariables<T>(
  variables: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> {
  const before = { ...process.env };
  const away = Object.keys(before).filter((name) => /^AWS_|^HOME$/.test(name));
  for (const name of away) delete process.env[name];
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
    Object.assign(process.env, before);
  }
}
