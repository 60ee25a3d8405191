import type { ReadStream, WriteStream } from 'node:tty';
import { Refusal } from '../faults.ts';
import { createPaint, type Paint, wantsColor } from './paint.ts';
import { withProgress } from './progress.ts';
import { createLineReader } from './read-line.ts';

/** The person, or the program, on the other side. */
export type Terminal = {
  /** Results, on standard output. */
  readonly write: (text: string) => void;
  /** One line for the person, on standard error. */
  readonly say: (line: string) => void;
  readonly paint: Paint;
  readonly hasColor: boolean;
  /** Whether standard output can be cleared and drawn again. */
  readonly canRedraw: boolean;
  /** Whether somebody is there to be asked. */
  readonly isInteractive: boolean;
  /** Asks for a line; what is typed is shown. */
  readonly ask: (question: string) => Promise<string>;
  /** Asks for a line; nothing of what is typed is shown. */
  readonly askSecret: (question: string) => Promise<string>;
  /** Asks for yes; anything else means no. */
  readonly confirm: (question: string) => Promise<boolean>;
  /** Runs work, and says what is going on once it takes longer than a second. */
  readonly during: <T>(label: string, work: () => Promise<T>) => Promise<T>;
};

/** Makes the terminal of three streams; questions go to standard error, so that standard output holds results only. */
export function createTerminal(
  streams: { input: ReadStream; output: WriteStream; errors: WriteStream },
  variables: Readonly<Record<string, string | undefined>>,
): Terminal {
  const { input, output, errors } = streams;
  const isInteractive = input.isTTY === true && errors.isTTY === true;
  const hasColor = wantsColor(variables, output.isTTY === true);
  const lines = createLineReader(input);
  const say = (line: string) => void errors.write(`${line}\n`);

  async function read(question: string, echo?: (text: string) => void): Promise<string> {
    if (isInteractive) errors.write(question);
    const line = await lines.next(isInteractive ? echo : undefined).catch((fault: unknown) => {
      if (isInteractive) errors.write('\n');
      if (fault instanceof Refusal) throw new Refusal(`${fault.message}: ${question.trim()}`);
      throw fault;
    });
    if (isInteractive && echo === undefined) errors.write('\n');
    return line.trim();
  }

  return {
    write: (text) => void output.write(text),
    say,
    paint: createPaint(hasColor),
    hasColor,
    canRedraw: output.isTTY === true,
    isInteractive,
    ask: (question) => read(question, (text) => void errors.write(text)),
    askSecret: (question) => read(question),
    confirm: async (question) => /^y(es)?$/i.test(await read(`${question} [y/N] `, (text) => void errors.write(text))),
    during: (label, work) => withProgress((text) => void errors.write(text), errors.isTTY === true, label, work),
  };
}
