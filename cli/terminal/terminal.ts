import type { ReadStream, WriteStream } from 'node:tty';
import { Refusal } from '../faults.ts';
import { createPaint, wantsColor } from './paint.ts';
import { createLineReader } from './read-line.ts';

export type Terminal = ReturnType<typeof createTerminal>;

/** Makes the terminal of three streams; questions go to standard error, so that standard output holds results only. */
export function createTerminal(
  { input, output, errors }: { input: ReadStream; output: WriteStream; errors: WriteStream },
  variables: Readonly<Record<string, string | undefined>>,
) {
  const isInteractive = input.isTTY === true && errors.isTTY === true;
  const hasColor = wantsColor(variables, output.isTTY === true);
  const lines = createLineReader(input);
  const show = (text: string) => void errors.write(text);

  async function read(question: string, echo?: (text: string) => void): Promise<string> {
    if (isInteractive) show(question);
    const line = await lines.next(isInteractive ? echo : undefined).catch((fault: unknown) => {
      if (isInteractive) show('\n');
      if (fault instanceof Refusal) throw new Refusal(`${fault.message}: ${question.trim()}`);
      throw fault;
    });
    if (isInteractive && echo === undefined) show('\n');
    return line.trim();
  }

  return {
    /** Results, on standard output. */
    write: (text: string) => void output.write(text),
    /** One line for the person, on standard error. */
    say: (line: string) => show(`${line}\n`),
    paint: createPaint(hasColor),
    hasColor,
    /** Whether standard output can be cleared and drawn again. */
    canRedraw: output.isTTY === true,
    /** Whether somebody is there to be asked. */
    isInteractive,
    /** Asks for a line; what is typed is shown. */
    ask: (question: string) => read(question, show),
    /** Asks for a line; nothing of what is typed is shown. */
    askSecret: (question: string) => read(question),
    /** Asks for yes; anything else means no. */
    confirm: async (question: string) => /^y(es)?$/i.test(await read(`${question} [y/N] `, show)),
    /** Runs work, and says what is going on once it takes longer than a second. */
    during: <T>(label: string, work: () => Promise<T>) => withProgress(show, errors.isTTY === true, label, work),
  };
}

/** Work that is shorter needs no word, which would only flicker; after that the seconds count. */
const stepMilliseconds = 1_000;

/** @param isTerminal - Whether one line can be rewritten; otherwise it is printed once. */
export async function withProgress<T>(
  show: (text: string) => void,
  isTerminal: boolean,
  label: string,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  let shown = false;
  const timer = setInterval(() => {
    if (shown && !isTerminal) return;
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    show(isTerminal ? `\r${label} ... ${seconds} s` : `${label} ...\n`);
    shown = true;
  }, stepMilliseconds);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (shown && isTerminal) show(`\r${' '.repeat(label.length + 12)}\r`);
  }
}
