/** One assignment of an `.env`, with what is odd about how it is written. */
export type EnvLine = {
  /** Counted from 1. */
  readonly line: number;
  readonly key: string;
  /** What was meant: without quotes, spaces, comments or invisible characters around it. */
  readonly value: string;
  readonly oddities: readonly LineOddity[];
};

/** How a line can be written wrong; programs that read `.env` files disagree about every one of these. */
export type LineOddity =
  | 'spaces'
  | 'quotes'
  | 'unbalanced quote'
  | 'stray ='
  | 'comment behind the value'
  | 'invisible character'
  | 'space inside';

/** What a file is: an `.env`, or something that people take for one. */
export type EnvKind = 'env' | 'PowerShell' | 'batch' | 'binary';

/** An `.env` line by line. */
export type EnvLines = {
  readonly kind: EnvKind;
  readonly assignments: readonly EnvLine[];
  /** Lines that are neither blank, comment nor assignment. */
  readonly strays: readonly number[];
  /** Texts of comments, for what this program itself writes there. */
  readonly comments: readonly string[];
};

/** Byte order mark, no-break and zero-width spaces: what copying from a web page brings along. */
const invisible = /[\u00a0\u200b-\u200d\u2060\ufeff]/g;

/**
 * Takes an `.env` apart.
 *
 * Unlike Node's `parseEnv` it keeps line numbers, and repairs and names what a more forgiving reader would pass over.
 */
export function parseEnvLines(text: string): EnvLines {
  const assignments: EnvLine[] = [];
  const strays: number[] = [];
  const comments: string[] = [];
  for (const [index, raw] of text.split(/\r?\n|\r/).entries()) {
    // A byte order mark at the very start is the editor's doing and does no harm here.
    const content = index === 0 ? raw.replace(/^\ufeff/, '') : raw;
    const visible = content.replace(invisible, ' ').trim();
    if (visible === '') continue;
    if (visible.startsWith('#')) comments.push(visible.slice(1).trim());
    else if (!visible.includes('=')) strays.push(index + 1);
    else assignments.push(readAssignment(content, index + 1));
  }
  return { kind: kindOf(assignments), assignments, strays, comments };
}

function kindOf(assignments: readonly EnvLine[]): EnvKind {
  const isMostly = (pattern: RegExp) =>
    2 * assignments.filter(({ key }) => pattern.test(key)).length > assignments.length;
  if (isMostly(/^\$env:/i)) return 'PowerShell';
  return isMostly(/^setx?\s+\w/i) ? 'batch' : 'env';
}

function readAssignment(content: string, line: number): EnvLine {
  const oddities = new Set<LineOddity>();
  const visible = content.replace(invisible, '');
  if (visible !== content) oddities.add('invisible character');
  const mark = visible.indexOf('=');
  const left = visible.slice(0, mark).replace(/^\s*export\s+/, '');
  const right = visible.slice(mark + 1);
  if (left !== left.trim() || right !== right.trim()) oddities.add('spaces');
  let value = right.trim();
  const quoted = /^(["'`])(.*)\1(\s+#.*)?$/s.exec(value);
  if (quoted !== null) {
    oddities.add('quotes');
    if (quoted[3] !== undefined) oddities.add('comment behind the value');
    value = quoted[2] ?? '';
    if (value !== value.trim()) oddities.add('spaces');
  } else {
    const commented = /^(.*?)\s+#.*$/s.exec(value);
    if (commented !== null) {
      oddities.add('comment behind the value');
      value = commented[1] ?? '';
    }
    if (/^["'`“”‘’]|["'`“”‘’]$/.test(value)) oddities.add('unbalanced quote');
    value = value.replace(/^["'`“”‘’]+|["'`“”‘’]+$/g, '');
  }
  value = value.trim();
  if (/^=|=$/.test(value)) oddities.add('stray =');
  value = value.replace(/^[=\s]+|[=\s]+$/g, '');
  if (/\s/.test(value)) oddities.add('space inside');
  return { line, key: left.trim(), value, oddities: [...oddities] };
}
