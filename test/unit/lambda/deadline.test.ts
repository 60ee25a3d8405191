import { expect, test } from 'vitest';
import { within } from '../../../lambda/deadline.ts';

const ending = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

test('a call that hangs ends after its time', async () => {
  await expect(within(5, new AbortController().signal, ending)).rejects.toThrow('the time is up');
});

test('a call that hangs ends when the run is over', async () => {
  const run = new AbortController();
  const call = within(60_000, run.signal, ending);
  run.abort(new Error('the run is over'));
  await expect(call).rejects.toThrow('the run is over');
});

test('after its answer a call is not ended any more', async () => {
  const signal = await within(5, new AbortController().signal, async (given) => given);
  await new Promise((resolve) => setTimeout(resolve, 15));
  expect(signal.aborted).toBe(false);
});
