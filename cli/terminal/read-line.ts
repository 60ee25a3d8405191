import type { ReadStream } from 'node:tty';
import { Interrupted, Refusal } from '../faults.ts';

const ctrlC = '\u0003';
const ctrlD = '\u0004';
const ctrlU = '\u0015';
const backspaces = ['\u0008', '\u007f'];

/**
 * Reads lines of standard input, one per question.
 *
 * On a terminal it reads raw, so that the terminal itself never echoes a secret, and keeps what was typed or pasted
 * ahead for the next question. Input that is not a terminal (a pipe) is read line by line.
 */
export function createLineReader(input: ReadStream) {
  let pending = '';
  let hasEnded = false;
  let wake = () => {};
  let isListening = false;

  function listen(): void {
    if (isListening) return;
    isListening = true;
    input.setEncoding('utf8');
    input.on('data', (chunk) => {
      pending += chunk;
      wake();
    });
    const end = () => {
      hasEnded = true;
      wake();
    };
    input.once('end', end).once('error', end);
  }

  return {
    /**
     * The next line, without its line break.
     *
     * @param echo - Takes what is to be shown of the typed characters; nothing is shown if it is left out.
     * @throws {@link Interrupted} on Ctrl-C, {@link Refusal} if the input ends first.
     */
    async next(echo: (text: string) => void = () => {}): Promise<string> {
      const isRaw = input.isTTY === true;
      if (isRaw) input.setRawMode(true);
      listen();
      input.resume();
      let line = '';
      try {
        for (;;) {
          while (pending !== '') {
            const { key, rest } = takeKey(pending, isRaw);
            pending = rest;
            if (key === '\n' || key === '\r') {
              if (key === '\r' && pending.startsWith('\n')) pending = pending.slice(1);
              if (isRaw) echo('\r\n');
              return line;
            }
            if (isRaw && key === ctrlC) throw new Interrupted('stopped');
            if (isRaw && key === ctrlD && line === '') throw new Refusal('the input ended before an answer');
            const left = isRaw ? edited(line, key) : line + key;
            if (left.length < line.length) echo('\b \b'.repeat(line.length - left.length));
            else echo(left.slice(line.length));
            line = left;
          }
          if (hasEnded && line === '') throw new Refusal('the input ended before an answer');
          if (hasEnded) return line;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        if (isRaw) input.setRawMode(false);
        input.pause();
      }
    },
  };
}

/** The line after a key; arrows and other control sequences change nothing. */
function edited(line: string, key: string): string {
  if (backspaces.includes(key)) return line.slice(0, -1);
  if (key === ctrlU) return '';
  return key < ' ' || key.length > 1 ? line : line + key;
}

/** Takes one character, or on a terminal one whole escape sequence such as that of an arrow key. */
function takeKey(text: string, isRaw: boolean): { key: string; rest: string } {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what begins a sequence
  const sequence = isRaw ? /^\u001b(\[[0-9;]*[ -/]*[@-~]|O.)?/.exec(text)?.[0] : undefined;
  const key = sequence === undefined || sequence === '' ? text.charAt(0) : sequence;
  return { key, rest: text.slice(key.length) };
}
