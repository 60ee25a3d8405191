type SourceMap = { readonly sources: readonly string[]; readonly mappings: string };

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * How many bytes of a bundle come from which source file.
 *
 * Each mapping owns the text up to the next one. What no mapping owns is the bundler's own, under the empty name.
 *
 * @see {@link https://tc39.es/ecma426/ | ECMA-426, source map format}
 */
export function bytesBySource(code: string, { sources, mappings }: SourceMap): Map<string, number> {
  const lines = code.split('\n');
  const bytes = new Map<string, number>();
  const add = (source: string, text: string) => bytes.set(source, (bytes.get(source) ?? 0) + Buffer.byteLength(text));
  let sourceIndex = 0;
  for (const [index, line] of mappings.split(';').entries()) {
    const text = `${lines[index] ?? ''}${index < lines.length - 1 ? '\n' : ''}`;
    let column = 0;
    let owned = { from: 0, source: '' };
    for (const segment of line.split(',')) {
      const [columnDelta, sourceDelta] = decodeNumbers(segment);
      if (columnDelta === undefined) continue;
      column += columnDelta;
      add(owned.source, text.slice(owned.from, column));
      sourceIndex += sourceDelta ?? 0;
      owned = { from: column, source: sourceDelta === undefined ? '' : (sources[sourceIndex] ?? '') };
    }
    add(owned.source, text.slice(owned.from));
  }
  return bytes;
}

/** Base-64 numbers of variable length, the lowest bit being the sign. */
function decodeNumbers(text: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const character of text) {
    const digit = digits.indexOf(character);
    value += (digit & 31) << shift;
    shift += 5;
    if ((digit & 32) !== 0) continue;
    numbers.push((value & 1) === 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}
