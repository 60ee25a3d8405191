import type { Credentials } from '../../lambda/aws/credentials-secret.ts';
import type { TokenDocument } from '../../lambda/aws/token-document.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { services } from '../../lambda/zoho/services.ts';
import { Refusal } from '../faults.ts';
import type { EnvLines } from './env-file.ts';
import { keyPrefix, sharedPrefix } from './expected-keys.ts';

export type EnvSource = {
  readonly connection: Connection;
  /** `undefined` if nothing is stored yet. */
  readonly document: TokenDocument | undefined;
  /** `undefined` if they are not wanted, not stored, or cannot be read. */
  readonly credentials: Credentials | undefined;
};

const rule = `# ${'═'.repeat(61)}`;

export function expiryComment(key: string, expiresAt: Date): string {
  return `${key} expires ${expiresAt.toISOString()}`;
}

/** When a token ends by the comment that `env` wrote. */
export function writtenExpiry({ comments }: EnvLines, key: string): Date | undefined {
  const mark = `${key} expires `;
  const written = comments.findLast((comment) => comment.startsWith(mark))?.slice(mark.length);
  const expiry = new Date(written ?? '');
  return Number.isNaN(expiry.getTime()) ? undefined : expiry;
}

/** An `.env` in the guide's template, with its secrets. @throws {@link Refusal} for a value that would break its line. */
export function renderEnv(sources: readonly EnvSource[], now: Date): string {
  const clients = sources.map(({ credentials }) => `${credentials?.clientId} ${credentials?.clientSecret.reveal()}`);
  const sharesClient = new Set(clients).size === 1;
  const shared = sharesClient ? sources[0]?.credentials : undefined;
  const lines = [
    `# Written by \`zoho-tokens env\` on ${now.toISOString()}, for local development only.`,
    '# Access tokens live one hour: write this file again instead of refreshing with the tokens in it.',
    ...sources.flatMap((source) => ['', ...renderConnection(source, !sharesClient)]),
  ];
  if (shared !== undefined) {
    lines.push('', rule, '# OAUTH CLIENT CREDENTIALS (for Auto-Refresh)', rule);
    lines.push(...renderClient(sharedPrefix, shared));
  }
  return `${lines.join('\n')}\n`;
}

function renderConnection({ connection, document, credentials }: EnvSource, hasOwnClient: boolean): string[] {
  const prefix = keyPrefix(connection);
  const { title, operations } = services[connection.service];
  const lines = [rule, `# ${connection.name.toUpperCase()} TOKENS (${title}: ${operations})`, rule];
  if (document === undefined) lines.push(`# ${prefix}_ACCESS_TOKEN: nothing is stored yet`);
  else {
    lines.push(`# ${expiryComment(`${prefix}_ACCESS_TOKEN`, document.expiresAt)}`);
    lines.push(assignment(`${prefix}_ACCESS_TOKEN`, document.accessToken.reveal()));
  }
  if (credentials !== undefined) lines.push(assignment(`${prefix}_REFRESH_TOKEN`, credentials.refreshToken.reveal()));
  for (const [setting, value] of Object.entries(connection.settings))
    lines.push(assignment(`${prefix}_${setting.toUpperCase()}`, value));
  if (credentials !== undefined && hasOwnClient) lines.push(...renderClient(prefix, credentials));
  return lines;
}

function renderClient(prefix: string, { clientId, clientSecret }: Credentials): string[] {
  return [assignment(`${prefix}_CLIENT_ID`, clientId), assignment(`${prefix}_CLIENT_SECRET`, clientSecret.reveal())];
}

function assignment(key: string, value: string): string {
  if (/^[\w.+/@:-]+$/.test(value)) return `${key}=${value}`;
  throw new Refusal(
    `the stored value for ${key} has characters that no value of Zoho has`,
    'store it again with `npx --no-install zoho-tokens authorize`',
  );
}

/** Writes the assignments of one `.env` into another: where a key stands, or at the end. Other lines stay as they are. */
export function mergeEnv(before: string, written: string): string {
  const fresh = new Map<string, string[]>();
  let note: string[] = [];
  for (const line of written.split('\n')) {
    const key = keyOf(line);
    if (key !== undefined) fresh.set(key, [...note, line]);
    note = notedKey(line) === undefined ? [] : [line];
  }
  // The note beside a token is true of that token only: it goes, and another stands before the new one.
  const lines = before.split(/\r?\n/).filter((line) => !fresh.has(notedKey(line) ?? ''));
  const keys = lines.map((line) => keyOf(line) ?? '');
  const merged = lines.flatMap((line, index) => {
    const replacement = fresh.get(keyOf(line) ?? '') ?? [line];
    // Of a key that is there twice, the last one counts: both get the new value.
    return keys.lastIndexOf(keys[index] ?? '') === index ? replacement : replacement.slice(-1);
  });
  const added = [...fresh].filter(([key]) => !keys.includes(key)).flatMap(([, assigned]) => assigned);
  while (merged.at(-1) === '') merged.pop();
  return `${[...merged, ...(added.length === 0 ? [] : ['', ...added])].join('\n')}\n`;
}

function keyOf(line: string): string | undefined {
  return /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(line)?.[1];
}

function notedKey(line: string): string | undefined {
  return /^# (\w+) expires \d{4}-/.exec(line)?.[1];
}
