import { meantKey } from '../env-file/spelling.ts';
import { quoteWord } from '../faults.ts';

/**
 * Says that a word is unknown and which was meant, e.g. `unknown command "staus"; did you mean status?`.
 *
 * @param kind - What the word should be, e.g. `command`.
 * @param word - As typed; not repeated if it looks like a secret.
 */
export function unknownWord(kind: string, word: string, known: readonly string[]): string {
  const quoted = quoteWord(word);
  const isShown = quoted === `"${word}"`;
  const meant = isShown ? meantKey(word, known) : undefined;
  const hint = meant === undefined ? `expected ${oneOf(known)}` : `did you mean ${meant}?`;
  return `unknown ${kind}${isShown ? ` ${quoted}` : ''}; ${hint}`;
}

/** `salesiq, desk or crm`. */
function oneOf(words: readonly string[]): string {
  return words.join(', ').replace(/, ([^,]+)$/, ' or $1');
}
