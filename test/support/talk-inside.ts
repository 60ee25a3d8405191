import { PassThrough, Writable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { createInterrupts } from '../../cli/interrupts.ts';
import { runProgram } from '../../cli/program.ts';
import { createTerminal } from '../../cli/terminal/terminal.ts';

/** A question as the terminal shows it, and what is typed then. */
export type Answer = { readonly question: string; readonly typed: string };

/** What a person saw, what came of it, and the questions that never came. */
export type Talked = { readonly shown: string; readonly code: number; readonly unasked: readonly string[] };

/** Runs `zoho-tokens` in this process as on a terminal at which somebody answers: a real one takes a second to start. */
export async function talkInside(
  rawArguments: readonly string[],
  { folder, variables }: { readonly folder: string; readonly variables: Readonly<Record<string, string>> },
  answers: readonly Answer[],
): Promise<Talked> {
  let shown = '';
  let seen = 0;
  const left = [...answers];
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const answer = () => {
    const [next] = left;
    const at = next === undefined ? -1 : shown.indexOf(next.question, seen);
    if (next === undefined || at < 0) return;
    left.shift();
    seen = at + next.question.length;
    // The question stands before the terminal is switched to raw.
    setImmediate(() => input.write(`${next.typed}\r`));
  };
  const screen = () =>
    Object.assign(
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          shown += chunk.toString('utf8');
          answer();
          done();
        },
      }),
      { isTTY: true },
    ) as unknown as WriteStream;
  const streams = { input: input as unknown as ReadStream, output: screen(), errors: screen() };
  const code = await runProgram(rawArguments, {
    terminal: createTerminal(streams, { ...variables, NO_COLOR: '1' }),
    variables,
    workingFolder: folder,
    wantsJson: false,
    holdInterrupts: createInterrupts().hold,
  });
  return { shown: withoutProgress(shown), code, unasked: left.map(({ question }) => question) };
}

/** What stands on the terminal at the end: the line that says what is going on has been wiped. */
function withoutProgress(shown: string): string {
  return shown.replaceAll('\r\n', '\n').replace(/\r[^\n]*\r/g, '');
}
