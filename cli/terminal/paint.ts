/** Colours for the few words that need one; without colour every word stays as it is. */
export type Paint = {
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
};

const plain = (text: string) => text;

/** Makes the colours; meaning never hangs on them alone: every mark has its word or sign. */
export function createPaint(hasColor: boolean): Paint {
  if (!hasColor) return { good: plain, warn: plain, bad: plain, dim: plain };
  const colored = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`;
  return { good: colored(32), warn: colored(33), bad: colored(31), dim: colored(2) };
}

/**
 * Whether colour is wanted.
 *
 * @see {@link https://no-color.org | NO_COLOR}
 */
export function wantsColor(
  variables: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  return isTerminal && (variables.NO_COLOR ?? '') === '' && variables.TERM !== 'dumb';
}
