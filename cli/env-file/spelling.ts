/** More changes than this and two keys have nothing to do with each other. */
const mostChanges = 2;

/**
 * The known key that was most likely meant by a misspelt one.
 *
 * @param key - E.g. `SALESIQ_ACESS_TOKEN`, `desk-org-id`.
 * @param known - E.g. `['SALESIQ_ACCESS_TOKEN', 'DESK_ORG_ID']`.
 */
export function meantKey(key: string, known: readonly string[]): string | undefined {
  const plain = normalized(key);
  const distances = known.map((candidate) => ({
    candidate,
    distance: changes(plain, normalized(candidate)),
  }));
  const nearest = distances.toSorted((one, other) => one.distance - other.distance)[0];
  return nearest !== undefined && nearest.distance <= mostChanges ? nearest.candidate : undefined;
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
      let least = Math.min(
        (above[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (isSame ? 0 : 1),
      );
      const isSwap = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (isSwap) least = Math.min(least, (rows[row - 2]?.[column - 2] ?? 0) + 1);
      current.push(least);
    }
    rows.push(current);
  }
  return rows[one.length]?.[other.length] ?? 0;
}
