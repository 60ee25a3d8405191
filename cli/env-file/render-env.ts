import type { Credentials } from '../../lambda/aws/credentials-secret.ts';
import type { TokenDocument } from '../../lambda/aws/token-document.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { services } from '../../lambda/zoho/services.ts';
import { Refusal } from '../faults.ts';
import { keyPrefix, sharedClientId, sharedClientSecret } from './expected-keys.ts';
import { expiryComment } from './expiry-comment.ts';

/** What an `.env` is written from. */
export type EnvSource = {
  readonly connection: Connection;
  /** `undefined` if nothing is stored yet. */
  readonly document: TokenDocument | undefined;
  /** `undefined` if they are not wanted, not stored, or cannot be read. */
  readonly credentials: Credentials | undefined;
};

const rule = `# ${'═'.repeat(61)}`;

/**
 * Writes an `.env` in the guide's template. It holds secrets: only for a file of mode 600, or if somebody asked for it on standard output.
 *
 * @throws {@link Refusal} for a stored value that would break out of its line.
 */
export function renderEnv(sources: readonly EnvSource[], now: Date): string {
  const sharesClient =
    new Set(sources.map(({ credentials }) => `${credentials?.clientId} ${credentials?.clientSecret.reveal()}`)).size ===
    1;
  const lines = [
    `# Written by \`zoho-tokens env\` on ${now.toISOString()}, for local development only.`,
    '# Access tokens live one hour: write this file again instead of refreshing with the tokens in it.',
  ];
  for (const source of sources) lines.push('', ...renderConnection(source, !sharesClient));
  const shared = sharesClient ? sources[0]?.credentials : undefined;
  if (shared !== undefined) {
    lines.push('', rule, '# OAUTH CLIENT CREDENTIALS (for Auto-Refresh)', rule);
    lines.push(assignment(sharedClientId, shared.clientId));
    lines.push(assignment(sharedClientSecret, shared.clientSecret.reveal()));
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
  if (credentials !== undefined) {
    lines.push(assignment(`${prefix}_REFRESH_TOKEN`, credentials.refreshToken.reveal()));
  }
  for (const [setting, value] of Object.entries(connection.settings)) {
    lines.push(assignment(`${prefix}_${setting.toUpperCase()}`, value));
  }
  if (credentials !== undefined && hasOwnClient) {
    lines.push(assignment(`${prefix}_CLIENT_ID`, credentials.clientId));
    lines.push(assignment(`${prefix}_CLIENT_SECRET`, credentials.clientSecret.reveal()));
  }
  return lines;
}

function assignment(key: string, value: string): string {
  if (!/^[\w.+/@:-]+$/.test(value)) {
    throw new Refusal(
      `the stored value for ${key} has characters that no value of Zoho has`,
      'store it again with `npx --no-install zoho-tokens authorize`',
    );
  }
  return `${key}=${value}`;
}
