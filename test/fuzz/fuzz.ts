import { createRandom, mixSeeds } from '../simulation/random.ts';
import { mutateText } from './mutate-text.ts';
import { type Target, targets } from './targets.ts';

/** No input may keep a parser busy for longer: a tick has others to serve. */
export const longestAnswerMilliseconds = 250;

/** An input that broke a promise. */
export type FuzzFailure = {
  readonly target: string;
  readonly index: number;
  readonly input: string;
  readonly fault: Error;
};

/** How one parser fared. */
export type FuzzResult = {
  readonly target: string;
  readonly inputs: number;
  readonly slowestMilliseconds: number;
  readonly failure: FuzzFailure | undefined;
};

/** Feeds one input, and says how long that took and what was thrown that may not be. */
export function feedOne(target: Target, input: string, seed: number, index: number): Fed {
  const startedAt = performance.now();
  let fault: Error | undefined;
  try {
    target.feed(input, createRandom(mixSeeds(seed, index, 1)));
  } catch (thrown) {
    fault = thrown as Error;
  }
  return { fault, milliseconds: performance.now() - startedAt };
}

type Fed = { readonly fault: Error | undefined; readonly milliseconds: number };

function slowness(milliseconds: number): Error | undefined {
  if (milliseconds <= longestAnswerMilliseconds) return undefined;
  return new Error(`took ${Math.round(milliseconds)} ms, at most ${longestAnswerMilliseconds} are allowed`);
}

/** The input of an index: the same for the same seed, so that a failure can be looked at again. */
export function inputOf(target: Target, seed: number, index: number): string {
  return mutateText(target.samples, createRandom(mixSeeds(seed, index, target.name.length)));
}

/**
 * Feeds every parser with so many inputs in all, and stops each at its first failure.
 *
 * @param onProgress - Called now and then with how many inputs are done.
 */
export function fuzz(
  seed: number,
  inputs: number,
  onProgress: (done: number) => void = () => {},
): FuzzResult[] {
  const each = Math.ceil(inputs / targets.length);
  let done = 0;
  return targets.map((target) => {
    let slowestMilliseconds = 0;
    let failure: FuzzFailure | undefined;
    let index = 0;
    for (; index < each && failure === undefined; index += 1) {
      const input = inputOf(target, seed, index);
      const fed = feedOne(target, input, seed, index);
      // Once the machine may be busy with something else; twice it is the input.
      const isSlow = fed.milliseconds > longestAnswerMilliseconds;
      const again = isSlow ? feedOne(target, input, seed, index) : fed;
      const fault = fed.fault ?? again.fault ?? slowness(again.milliseconds);
      if (fault !== undefined) failure = { target: target.name, index, input, fault };
      slowestMilliseconds = Math.max(slowestMilliseconds, Math.min(fed.milliseconds, again.milliseconds));
      done += 1;
      if (done % 1_000 === 0) onProgress(done);
    }
    return { target: target.name, inputs: index, slowestMilliseconds, failure };
  });
}

/** Inputs whose shape is known to make regular expressions slow; each must be over at once. */
export function feedLongInputs(): { target: string; milliseconds: number }[] {
  const long = ['"', '{', '[', ' ', '1000.', 'a', '\\', '%', '<', 'é', '0'].map((piece) =>
    piece.repeat(200_000),
  );
  return targets.map((target) => {
    const startedAt = performance.now();
    for (const input of long) target.feed(input, createRandom(1));
    return { target: target.name, milliseconds: (performance.now() - startedAt) / long.length };
  });
}
