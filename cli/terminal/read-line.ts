import type { ReadStream } from 'node:tty';
import { Interrupted, Refusal } from '../faults.ts';

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
