import { PassThrough, Writable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { runProgram } from '../../cli/program.ts';
import { createTerminal } from '../../cli/terminal.ts';

/** What became of one run of the program. */
export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** A question as the terminal shows it, and what is typed then. */
export type Answer = { readonly question: string; readonly typed: string };

/**
 * Runs `zoho-tokens` in this process: one of its own takes a second to start.
 *
 * @param options - `input`: all of standard input. `answers`: instead of it somebody sits at a terminal. `hasEnvironment`: this
 *   process has the variables meanwhile that a process of its own would have, for the SDK.
 * @returns `shown`: what a person saw; `unasked`: questions that never came.
 */
export async function runInside(
  rawArguments: readonly string[],
  options: {
    readonly folder?: string;
    readonly variables?: Readonly<Record<string, string>>;
    readonly input?: string;
    readonly answers?: readonly Answer[];
    readonly hasEnvironment?: boolean;
  } = {},
): Promise<Ran & { readonly shown: string; readonly unasked: readonly string[] }> {
  const { folder = '/nowhere', variables = {}, input = '', answers } = options;
  const isTTY = answers !== undefined;
  const said = { stdout: '', stderr: '' };
  let shown = '';
  let seen = 0;
  const left = [...(answers ?? [])];
  const stdin = Object.assign(new PassThrough(), { isTTY, setRawMode: () => undefined });
  if (!isTTY) stdin.end(input);
  const answer = () => {
    const [next] = left;
    const at = next === undefined ? -1 : shown.indexOf(next.question, seen);
    if (next === undefined || at < 0) return;
    left.shift();
    seen = at + next.question.length;
    // The question stands before the terminal is switched to raw.
    setImmediate(() => stdin.write(`${next.typed}\r`));
  };
  const into = (name: keyof typeof said) => {
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        said[name] += chunk.toString('utf8');
        shown += chunk.toString('utf8');
        answer();
        done();
      },
    });
    return Object.assign(stream, { isTTY }) as unknown as WriteStream;
  };
  const streams = { input: stdin as unknown as ReadStream, output: into('stdout'), errors: into('stderr') };
  const run = () =>
    runProgram(rawArguments, {
      terminal: createTerminal(streams, isTTY ? { ...variables, NO_COLOR: '1' } : variables),
      variables,
      workingFolder: folder,
      wantsJson: rawArguments.includes('--json'),
      holdInterrupts: () => ({ signal: new AbortController().signal, release: () => undefined }),
    });
  const code = await (options.hasEnvironment ? withVariables(variables, run) : run());
  // What stands on the terminal at the end: the line that says what is going on has been wiped.
  shown = shown.replaceAll('\r\n', '\n').replace(/\r[^\n]*\r/g, '');
  return { code, ...said, shown, unasked: left.map(({ question }) => question) };
}

async function withVariables<T>(variables: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
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
