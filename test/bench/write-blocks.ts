/**
 * Puts generated text between the marks of a document: `<!-- bench NAME -->` and `<!-- /bench -->`.
 *
 * @throws Error for a name that has no marks.
 */
export function writeBlocks(document: string, blocks: ReadonlyMap<string, string>): string {
  let written = document;
  for (const [name, text] of blocks) {
    const start = `<!-- bench ${name} -->\n`;
    const end = '<!-- /bench -->';
    const from = written.indexOf(start);
    const to = written.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`docs/performance.md has no marks for ${name}`);
    written = `${written.slice(0, from + start.length)}\n${text}\n\n${written.slice(to)}`;
  }
  return written;
}
