/** One assignment of an `.env`, with what is odd about how it is written. */
export type EnvLine = {
  /** Counted from 1. */
  readonly line: number;
  readonly key: string;
  /** What was meant: without quotes, spaces, comments or invisible characters around it. */
  readonly value: string;
  readonly oddities: readonly Words[];
};

type Words = readonly [problem: string, fix: string];

/** What people take for an `.env`, and how to make one of it: any further finding would be noise. */
export const strangers: Readonly<Record<'binary' | 'PowerShell' | 'batch', Words>> = {
  binary: ['is not a text file', 'name the .env itself; a text file is saved as UTF-8 by "save as" of an editor'],
  PowerShell: [
    'is a PowerShell script: it sets $env:KEY, and no reader of .env files knows that',
    'write each line as KEY=value, without $env: and without quotes',
  ],
  batch: [
    'is a script of the Windows command line: it says set KEY=value',
    'write each line as KEY=value, without set',
  ],
};

/** How a line can be written wrong, and how that ends; programs that read `.env` files disagree about every one of these. */
const oddities = {
  spaces: ['has spaces around the key or the value', 'write KEY=value without spaces'],
  quotes: [
    'has quotes around the value: some programs take them as a part of it',
    'take the quotes away; no value of Zoho has any',
  ],
  unbalanced: ['has a quote on one side of the value', 'take the quote away'],
  stray: ['has a stray = at an end of the value', 'keep one = between key and value'],
  comment: [
    'has a comment behind the value: some programs take it as a part of it',
    'put the comment on a line of its own',
  ],
  invisible: ['has an invisible character, as copying from a web page brings along', 'type the line again'],
  inside: ['has a space inside the value', 'copy the value again, whole and in one piece'],
} as const satisfies Readonly<Record<string, Words>>;

export type EnvKind = 'env' | keyof typeof strangers;

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
  const found = new Set<Words>();
  const visible = content.replace(invisible, '');
  if (visible !== content) found.add(oddities.invisible);
  const mark = visible.indexOf('=');
  const left = visible.slice(0, mark).replace(/^\s*export\s+/, '');
  const right = visible.slice(mark + 1);
  if (left !== left.trim() || right !== right.trim()) found.add(oddities.spaces);
  let value = right.trim();
  const quoted = /^(["'`])(.*)\1(\s+#.*)?$/s.exec(value);
  if (quoted !== null) {
    found.add(oddities.quotes);
    if (quoted[3] !== undefined) found.add(oddities.comment);
    value = quoted[2] ?? '';
    if (value !== value.trim()) found.add(oddities.spaces);
  } else {
    const commented = /^(.*?)\s+#.*$/s.exec(value);
    if (commented !== null) {
      found.add(oddities.comment);
      value = commented[1] ?? '';
    }
    if (/^["'`“”‘’]|["'`“”‘’]$/.test(value)) found.add(oddities.unbalanced);
    value = value.replace(/^["'`“”‘’]+|["'`“”‘’]+$/g, '');
  }
  value = value.trim();
  if (/^=|=$/.test(value)) found.add(oddities.stray);
  value = value.replace(/^[=\s]+|[=\s]+$/g, '');
  if (/\s/.test(value)) found.add(oddities.inside);
  return { line, key: left.trim(), value, oddities: [...found] };
}
