import { PassThrough } from 'node:stream';
import type { ReadStream } from 'node:tty';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Interrupted, Refusal } from '../../../cli/faults.ts';
import { createLineReader, createPaint, renderTable, wantsColor, withProgress } from '../../../cli/terminal.ts';

test('colour is wanted by a terminal, unless NO_COLOR or TERM says otherwise', () => {
  for (const variables of [{}, { NO_COLOR: '' }]) expect(wantsColor(variables, true)).toBe(true);
  for (const variables of [{ NO_COLOR: '1' }, { NO_COLOR: 'anything' }, { TERM: 'dumb' }])
    expect(wantsColor(variables, true)).toBe(false);
  expect(wantsColor({}, false)).toBe(false);
});

test('columns stand in line whatever their colour', () => {
  const { bad } = createPaint(true);
  const rows = [
    { A: bad('x'), B: 'y' },
    { A: 'long', B: '' },
  ];
  expect(renderTable(rows)).toEqual(['A     B', `${bad('x')}     y`, 'long']);
});

/** A terminal's input, with what was asked of it. */
function input(isTTY: boolean) {
  const modes: boolean[] = [];
  const stream = Object.assign(new PassThrough(), {
    isTTY,
    setRawMode: (mode: boolean) => modes.push(mode),
  }) as unknown as ReadStream & PassThrough;
  return { stream, modes };
}

test('a typed line is echoed by the program alone, and nothing of a secret', async () => {
  const { stream, modes } = input(true);
  const nextLine = createLineReader(stream);
  let shown = '';
  const asked = nextLine((text) => {
    shown += text;
  });
  stream.write('ab\u007fc\u001b[D\u001b[3~d\r');
  expect(await asked).toBe('acd');
  expect(shown).toBe('ab\b \bcd\r\n');
  const secret = nextLine();
  stream.write('hidden\u0015shown\r');
  expect(await secret).toBe('shown');
  expect(modes).toEqual([true, false, true, false]);
});

test('what is pasted ahead answers the next question', async () => {
  const { stream } = input(true);
  const nextLine = createLineReader(stream);
  stream.write('one\rtwo\r');
  expect([await nextLine(), await nextLine()]).toEqual(['one', 'two']);
});

test('Ctrl-C ends the question and gives the terminal back', async () => {
  const { stream, modes } = input(true);
  const asked = createLineReader(stream)();
  stream.write('half\u0003');
  await expect(asked).rejects.toThrow(Interrupted);
  expect(modes).toEqual([true, false]);
});

test('a pipe is read line by line, and its end does not count as an answer', async () => {
  const { stream, modes } = input(false);
  const nextLine = createLineReader(stream);
  stream.end('one\r\ntwo');
  expect([await nextLine(), await nextLine()]).toEqual(['one', 'two']);
  await expect(nextLine()).rejects.toThrow(Refusal);
  expect(modes).toEqual([]);
});

test.each([
  [true, '\rasking ... 1 s\rasking ... 2 s'],
  [false, 'asking ...\n'],
])('work of more than a second shows that it goes on (terminal: %s)', async (isTerminal, expected) => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let shown = '';
  const { promise, resolve } = Promise.withResolvers<string>();
  const write = (text: string) => {
    shown += text;
  };
  const worked = withProgress(write, isTerminal, 'asking', () => promise);
  await vi.advanceTimersByTimeAsync(999);
  expect(shown).toBe('');
  await vi.advanceTimersByTimeAsync(1_002);
  expect(shown).toBe(expected);
  resolve('done');
  expect(await worked).toBe('done');
  expect(shown.endsWith(isTerminal ? '\r' : '\n')).toBe(true);
});
