import { hash, randomBytes, randomInt } from 'node:crypto';

/** Values in Zoho's shapes that were never anybody's: random, so that no test can lean on one of them. */

/** Kinds of client by their prefix: `1000.` is user-level, `1005.` organisation-level. */
export type Prefix = '1000.' | '1005.';

/** A token or grant code in Zoho's shape: `1000.<32 hex>.<32 hex>`. */
export function madeUpToken(prefix: string): string {
  return `${prefix}${madeUpHex(16)}.${madeUpHex(16)}`;
}

/** A client id in Zoho's shape, `1000.` and 30 capital letters or digits. */
export function madeUpClientId(prefix: Prefix): string {
  return prefix + madeUpHex(15).toUpperCase();
}

/** As many random bytes as asked for, written as hex; `21` make a client secret. */
export function madeUpHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

/** A numeric record id as SalesIQ and Desk use it, e.g. `2782000000123456`. */
export function madeUpRecordId(): string {
  return `2782000${randomInt(100_000_000, 999_999_999)}`;
}

/** The first 16 hex digits of a refresh token's SHA-256: tells refresh tokens apart without showing them. */
export function fingerprint(refreshToken: string): string {
  return hash('sha256', refreshToken).slice(0, 16);
}
