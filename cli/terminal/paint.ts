import { styleText } from 'node:util';

/** Colours for the few words that need one; without colour every word stays as it is. */
export type Paint = Readonly<Record<'good' | 'warn' | 'bad' | 'dim', (text: string) => string>>;

/** Makes the colours; meaning never hangs on them alone: every mark has its word or sign. */
export function createPaint(hasColor: boolean): Paint {
  const colored = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    hasColor ? styleText(format, text, { validateStream: false }) : text;
  return { good: colored('green'), warn: colored('yellow'), bad: colored('red'), dim: colored('dim') };
}

/**
 * Whether colour is wanted.
 *
 * @see {@link https://no-color.org | NO_COLOR}
 */
export function wantsColor(variables: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  return isTerminal && (variables.NO_COLOR ?? '') === '' && variables.TERM !== 'dumb';
}
