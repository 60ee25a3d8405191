import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Credentials, parseCredentials } from '../../lambda/aws/credentials-secret.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { quotePath, Refusal, UsageError } from '../faults.ts';
import { keyPrefix, sharedPrefix } from './expected-keys.ts';
import { readTextFile } from './text-file.ts';

/** One assignment of an `.env`, with what is odd about how it is written. */
export type EnvLine = {
  readonly line: number;
  readonly key: string;
  /** What was meant: without quotes, spaces, comments or invisible characters around it. */
  readonly value: string;
  readonly oddities: readonly Words[];
};

type Words = readonly [problem: string, fix: string];

/** An `.env` line by line. */
export type EnvLines = {
  readonly assignments: readonly EnvLine[];
  /** Lines that are neither blank, comment nor assignment. */
  readonly strays: readonly number[];
  /** Texts of comments, for what this program itself writes there. */
  readonly comments: readonly string[];
};

export type EnvFile = EnvLines & {
  readonly name: string;
  /** When it was last written: a token in it is at least as old. */
  readonly changedAt: Date;
};

/** An `.env` has a few dozen lines; more is another file. */
const largestFileBytes = 1024 * 1024;

/** Reads an `.env`; it is never changed. @throws {@link UsageError} or {@link Refusal} if it cannot be read as text. */
export function readEnvFile(name: string, workingFolder: string): EnvFile {
  const path = resolve(workingFolder, name);
  const text = readTextFile(path, name);
  const { mtime, size } = statSync(path);
  if (size > largestFileBytes) throw new UsageError(`${quotePath(name)} is larger than any .env`);
  if (text === undefined) {
    const fix = 'name the .env itself; a text file is saved as UTF-8 by "save as" of an editor';
    throw new Refusal(`${quotePath(name)} is not a text file`, fix);
  }
  return { ...parseEnvLines(text), name, changedAt: mtime };
}

/** What can be odd about a line; programs that read `.env` files disagree about every one of these. */
const oddities = {
  script: [
    'is a line of a script for PowerShell or the Windows command line',
    'write KEY=value, without $env: or set before it',
  ],
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

/** Byte order mark, no-break and zero-width spaces: what copying from a web page brings along. */
const invisible = /[\u00a0\u200b-\u200d\u2060\ufeff]/g;

const spaces = /^\s+|\s+$/g;

/** Takes an `.env` apart. Unlike Node's `parseEnv` it keeps line numbers, and names what is oddly written. */
export function parseEnvLines(text: string): EnvLines {
  const assignments: EnvLine[] = [];
  const strays: number[] = [];
  const comments: string[] = [];
  for (const [index, content] of text.split(/\r?\n|\r/).entries()) {
    const visible = content.replace(invisible, ' ').trim();
    if (visible === '') continue;
    if (visible.startsWith('#')) comments.push(visible.slice(1).trim());
    else if (!visible.includes('=')) strays.push(index + 1);
    else assignments.push(readAssignment(content, index + 1));
  }
  return { assignments, strays, comments };
}

function readAssignment(content: string, line: number): EnvLine {
  const found = new Set<Words>();
  const cut = (text: string, pattern: RegExp, oddity: Words) => {
    const left = text.replace(pattern, '');
    if (left !== text) found.add(oddity);
    return left;
  };
  const visible = cut(content, invisible, oddities.invisible);
  const mark = visible.indexOf('=');
  const written = visible.slice(0, mark);
  const ofScript = written.replace(/^\s*(setx?\s+"?|\$env:)/i, '');
  const key = cut(ofScript.replace(/^\s*export\s+/, ''), spaces, oddities.spaces);
  let value = cut(visible.slice(mark + 1), spaces, oddities.spaces);
  const quoted = /^(["'`])(.*)\1(\s+#.*)?$/s.exec(value);
  if (quoted !== null) {
    found.add(oddities.quotes);
    if (quoted[3] !== undefined) found.add(oddities.comment);
    value = quoted[2] ?? '';
  } else {
    value = cut(value, /\s+#.*$/s, oddities.comment);
    value = cut(value, /^["'`“”‘’]+|["'`“”‘’]+$/g, oddities.unbalanced);
  }
  value = cut(cut(value, spaces, oddities.spaces), /^[=\s]+|[=\s]+$/g, oddities.stray);
  if (/\s/.test(value)) found.add(oddities.inside);
  return { line, key, value, oddities: ofScript === written ? [...found] : [oddities.script] };
}

/** The last assignment of a key that is not empty: the last is what every reader takes. */
export function findLine({ assignments }: EnvLines, key: string): EnvLine | undefined {
  return assignments.findLast((line) => line.key === key && line.value !== '');
}

/** The line of a connection's own key, e.g. `ACCESS_TOKEN`. */
export function ownLine(file: EnvLines, connection: Pick<Connection, 'name'>, suffix: string): EnvLine | undefined {
  return findLine(file, `${keyPrefix(connection)}_${suffix}`);
}

/** The lines that make a connection's credentials: its own client, or else the shared one. */
export function credentialLines(file: EnvLines, connection: Connection) {
  const ofClient = (suffix: string) => ownLine(file, connection, suffix) ?? findLine(file, `${sharedPrefix}_${suffix}`);
  return {
    clientId: ofClient('CLIENT_ID'),
    clientSecret: ofClient('CLIENT_SECRET'),
    refreshToken: ownLine(file, connection, 'REFRESH_TOKEN'),
  };
}

/** A connection's credentials as the file has them; `undefined` if one of the three is missing. */
export function readEnvCredentials(file: EnvFile, connection: Connection): Credentials | undefined {
  const { clientId, clientSecret, refreshToken } = credentialLines(file, connection);
  if (clientId === undefined || clientSecret === undefined || refreshToken === undefined) return undefined;
  const fields = { client_id: clientId.value, client_secret: clientSecret.value, refresh_token: refreshToken.value };
  return parseCredentials(file.name, { versionId: 'file', text: JSON.stringify(fields) });
}
