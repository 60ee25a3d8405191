import type { ReadStream, WriteStream } from 'node:tty';
import { stripVTControlCharacters, styleText } from 'node:util';
import { Interrupted, Refusal } from './faults.ts';

export type Terminal = ReturnType<typeof createTerminal>;

/** Makes the terminal of three streams; questions go to standard error, so that standard output holds results only. */
export function createTerminal(
  { input, output, errors }: { input: ReadStream; output: WriteStream; errors: WriteStream },
  variables: Readonly<Record<string, string | undefined>>,
) {
  const isInteractive = input.isTTY === true && errors.isTTY === true;
  const hasColor = wantsColor(variables, output.isTTY === true);
  const nextLine = createLineReader(input);
  const show = (text: string) => void errors.write(text);

  async function read(question: string, echo?: (text: string) => void): Promise<string> {
    if (isInteractive) show(question);
    const line = await nextLine(isInteractive ? echo : undefined).catch((fault: unknown) => {
      if (isInteractive) show('\n');
      if (fault instanceof Refusal) throw new Refusal(`${fault.message}: ${question.trim()}`);
      throw fault;
    });
    if (isInteractive && echo === undefined) show('\n');
    return line.trim();
  }

  return {
    write: (text: string) => void output.write(text),
    /** One line for the person, on standard error. */
    say: (line: string) => show(`${line}\n`),
    paint: createPaint(hasColor),
    hasColor,
    canRedraw: output.isTTY === true,
    isInteractive,
    ask: (question: string) => read(question, show),
    /** Asks for a line, and shows nothing of what is typed. */
    askSecret: (question: string) => read(question),
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

export type Paint = ReturnType<typeof createPaint>;

/** Makes the colours; meaning never hangs on them alone: every mark has its word or sign. */
export function createPaint(hasColor: boolean) {
  const colored = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    hasColor ? styleText(format, text, { validateStream: false }) : text;
  return { good: colored('green'), warn: colored('yellow'), bad: colored('red'), dim: colored('dim') };
}

/** Whether colour is wanted. @see {@link https://no-color.org | NO_COLOR} */
export function wantsColor(variables: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  return isTerminal && (variables.NO_COLOR ?? '') === '' && variables.TERM !== 'dumb';
}

/** A table as lines, each column under its key and two spaces apart; cells may be coloured. */
export function renderTable(rows: readonly Readonly<Record<string, string>>[]): string[] {
  const head = Object.keys(rows[0] ?? {});
  const all = [head, ...rows.map((row) => Object.values(row))];
  const widths = head.map((_, column) => Math.max(...all.map((row) => widthOf(row[column]))));
  return all.map((row) => {
    const cells = row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)));
    return cells.join('  ').trimEnd();
  });
}

function widthOf(cell = ''): number {
  return stripVTControlCharacters(cell).length;
}

const ctrlC = '\u0003';
const ctrlD = '\u0004';
const ctrlU = '\u0015';
const backspaces = ['\u0008', '\u007f'];
/** On a terminal, one whole escape sequence such as that of an arrow key, or one character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what begins a sequence
const rawKey = /\u001b(?:\[[0-9;]*[ -/]*[@-~]|O.)?|./gs;

/**
 * Reads lines of standard input, one per question.
 *
 * On a terminal it reads raw, so that the terminal itself never echoes a secret, and keeps what was typed or pasted
 * ahead for the next question. Input that is not a terminal (a pipe) is read line by line.
 *
 * @returns Reads the next line; what is typed is shown by `echo`, or not at all.
 */
export function createLineReader(input: ReadStream) {
  const isRaw = input.isTTY === true;
  const keys = keysOf(input, isRaw ? rawKey : /./gs);
  let isAfterReturn = false;

  async function read(echo: (text: string) => void): Promise<string> {
    for (let line = ''; ; ) {
      const { value: key = '', done } = await keys.next();
      if (done && line !== '') return line;
      if (done || (isRaw && key === ctrlD && line === '')) throw new Refusal('the input ended before an answer');
      const isRestOfLineBreak = isAfterReturn && key === '\n';
      isAfterReturn = key === '\r';
      if (isRestOfLineBreak) continue;
      if (isRaw && key === ctrlC) throw new Interrupted('stopped');
      if (key === '\n' || key === '\r') {
        if (isRaw) echo('\r\n');
        return line;
      }
      const left = isRaw ? edited(line, key) : line + key;
      echo(left.length < line.length ? '\b \b'.repeat(line.length - left.length) : left.slice(line.length));
      line = left;
    }
  }

  return async (echo: (text: string) => void = () => {}): Promise<string> => {
    if (isRaw) input.setRawMode(true);
    return read(echo).finally(() => {
      if (isRaw) input.setRawMode(false);
    });
  };
}

/** What is typed, key by key; input that breaks off ends like any other. */
async function* keysOf(input: ReadStream, key: RegExp): AsyncGenerator<string, undefined> {
  try {
    for await (const chunk of input.setEncoding('utf8')) yield* String(chunk).match(key) ?? [];
  } catch {
    return;
  }
}

/** The line after a key; arrows and other control sequences change nothing. */
function edited(line: string, key: string): string {
  if (backspaces.includes(key)) return line.slice(0, -1);
  if (key === ctrlU) return '';
  return key < ' ' || key.length > 1 ? line : line + key;
}
