import { quoteWord } from './faults.ts';

/** More changes than this and two words have nothing to do with each other. */
const mostChanges = 2;

/** The known word that was most likely meant by a misspelt one, e.g. `DESK_ORG_ID` by `desk-orgid`. */
export function meantKey(key: string, known: readonly string[]): string | undefined {
  const plain = normalized(key);
  const distances = known.map((candidate) => ({ candidate, distance: changes(plain, normalized(candidate)) }));
  const [nearest] = distances.toSorted((one, other) => one.distance - other.distance);
  return nearest !== undefined && nearest.distance <= mostChanges ? nearest.candidate : undefined;
}

/** E.g. `unknown command "staus"; did you mean status?`; a word that looks like a secret is not repeated. */
export function unknownWord(kind: string, word: string, known: readonly string[]): string {
  const quoted = quoteWord(word);
  const isShown = quoted === `"${word}"`;
  const meant = isShown ? meantKey(word, known) : undefined;
  const all = known.join(', ').replace(/, ([^,]+)$/, ' or $1');
  const hint = meant === undefined ? `expected ${all}` : `did you mean ${meant}?`;
  return `unknown ${kind}${isShown ? ` ${quoted}` : ''}; ${hint}`;
}

function normalized(key: string): string {
  return key.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

/** How many letters must be added, taken away, changed or swapped with their neighbour. */
function changes(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= one.length; row += 1) {
    const above = rows[row - 1] ?? [];
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const added = (above[column] ?? 0) + 1;
      const taken = (current[column - 1] ?? 0) + 1;
      const changed = (above[column - 1] ?? 0) + (isSame ? 0 : 1);
      const isSwap = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const swapped = isSwap ? (rows[row - 2]?.[column - 2] ?? 0) + 1 : changed;
      current.push(Math.min(added, taken, changed, swapped));
    }
    rows.push(current);
  }
  return rows[one.length]?.[other.length] ?? 0;
}
