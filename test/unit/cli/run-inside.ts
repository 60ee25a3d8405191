import { PassThrough, Writable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { runProgram } from '../../../cli/program.ts';
import { createTerminal } from '../../../cli/terminal/terminal.ts';

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
  } = {},
): Promise<Ran> {
  const { folder = '/nowhere', variables = {}, input = '', hear = () => undefined } = options;
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
  });
  return { code, ...said };
}
