import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Writes the figures of a run into a document, between the two comments that carry the section's name.
 *
 * @param document - In `docs/`, e.g. `reliability.md`.
 * @param name - E.g. `availability` for `<!-- availability -->` ... `<!-- /availability -->`.
 * @param close - What the second comment says, if it is not the name.
 */
export function writeSection(document: string, name: string, text: string, close = `/${name}`): void {
  const file = new URL(`../../docs/${document}`, import.meta.url);
  const written = readFileSync(file, 'utf8');
  const begin = `<!-- ${name} -->\n`;
  const from = written.indexOf(begin);
  const to = written.indexOf(`<!-- ${close} -->`, from);
  if (from < 0 || to < 0) throw new Error(`docs/${document} has no section ${name}`);
  writeFileSync(file, `${written.slice(0, from + begin.length)}${text}\n${written.slice(to)}`);
}

/** A table in Markdown; columns of numbers are set to the right. */
export function renderTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const rule = head.map((_, column) => (rows.every((row) => typeof row[column] === 'number') ? '---:' : '---'));
  return [head, rule, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
