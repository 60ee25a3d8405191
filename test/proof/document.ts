import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../../docs/reliability.md', import.meta.url);

/**
 * Writes the figures of a run into `docs/reliability.md`, between the two comments that carry the section's name.
 *
 * @param name - E.g. `availability` for `<!-- availability -->` ... `<!-- /availability -->`.
 */
export function writeSection(name: string, text: string): void {
  const document = readFileSync(file, 'utf8');
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/reliability.md has no section ${name}`);
  writeFileSync(file, `${document.slice(0, from + begin.length)}\n${text.trim()}\n${document.slice(to)}`);
}

/** A table in Markdown; columns of numbers are set to the right. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const rule = head.map((_, column) =>
    rows.every((row) => typeof row[column] === 'number') ? '---:' : '---',
  );
  return [head, rule, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
