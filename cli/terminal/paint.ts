import { stripVTControlCharacters, styleText } from 'node:util';

/** Colours for the few words that need one; without colour every word stays as it is. */
export type Paint = ReturnType<typeof createPaint>;

/** Makes the colours; meaning never hangs on them alone: every mark has its word or sign. */
export function createPaint(hasColor: boolean) {
  const colored = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    hasColor ? styleText(format, text, { validateStream: false }) : text;
  return { good: colored('green'), warn: colored('yellow'), bad: colored('red'), dim: colored('dim') };
}

/** Whether colour is wanted. @see {@link https://no-color.org | NO_COLOR} */
export function wantsColor(variables: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  return isTerminal && (variables.NO_COLOR ?? '') === '' && variables.TERM !== 'dumb';
}

/** A table as lines, columns two spaces apart; cells may be coloured. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => widthOf(row[column]))));
  return all.map((row) => {
    const cells = row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)));
    return cells.join('  ').trimEnd();
  });
}

function widthOf(cell = ''): number {
  return stripVTControlCharacters(cell).length;
}
