import type { SecretText } from '../../lambda/secret-text.ts';

const shownCharacters = 4;

/**
 * A token's prefix and last four characters: enough to tell two tokens apart, useless to anybody else.
 *
 * @returns For example `1000.****ab12`; nothing of a value that has no token's shape.
 */
export function maskToken(token: SecretText): string {
  const [, prefix, tail] = /^(\d{4}\.)[0-9a-f.]{16,}([0-9a-f]{4})$/i.exec(token.reveal()) ?? [];
  return prefix === undefined ? '****' : `${prefix}****${tail?.slice(-shownCharacters)}`;
}
