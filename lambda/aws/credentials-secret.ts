import { createHash } from 'node:crypto';
import { RefreshError } from '../failure.ts';
import { parseObject } from '../parse-object.ts';
import { SecretText } from '../secret-text.ts';
import type { ClientCredentials } from '../zoho/request-token.ts';
import { type SecretVersion, type SecretVersions, successorOf } from './secret-versions.ts';

/** What a refresh needs, as `<secret_prefix>/<name>/credentials` holds it. */
export type Credentials = ClientCredentials & {
  readonly versionId: string;
  /** First 16 hexadecimal digits of the refresh token's SHA-256: names it without giving it away. */
  readonly refreshTokenHash: string;
};

/** The stored credentials; throws {@link RefreshError} `credentials_missing`, or what the store throws. */
export async function readCredentials(versions: SecretVersions, secretId: string): Promise<Credentials> {
  return parseCredentials(secretId, await versions.get(secretId, 'AWSCURRENT'));
}

/** The credentials in a version of the secret; throws `credentials_missing`, naming the field. */
export function parseCredentials(secretId: string, version: SecretVersion | undefined): Credentials {
  if (version === undefined) throw missing(secretId, 'nothing is stored there');
  const fields = parseObject(version.text);
  if (fields === undefined) throw missing(secretId, 'what is stored there is not a JSON object');
  const read = (key: string): string => {
    const value = fields[key];
    const text = typeof value === 'string' ? withoutPasteMarks(value) : '';
    if (text === '') throw missing(secretId, `${key} is missing or empty`);
    return text;
  };
  const refreshToken = read('refresh_token');
  return {
    versionId: version.versionId,
    clientId: read('client_id'),
    clientSecret: new SecretText(read('client_secret')),
    refreshToken: new SecretText(refreshToken),
    refreshTokenHash: createHash('sha256').update(refreshToken).digest('hex').slice(0, 16),
  };
}

/** Values that people paste bring spaces and quotes along; no Zoho value has any. */
function withoutPasteMarks(value: string): string {
  const bare = value.trim().replace(/^(["'])(.*)\1$/s, '$2');
  return bare.trim();
}

function missing(secretId: string, problem: string): RefreshError {
  const form = '{"client_id","client_secret","refresh_token"}';
  return new RefreshError('credentials_missing', `expected ${form} in ${secretId}, but ${problem}`);
}

/**
 * Keeps a refresh token that Zoho issued in place of the stored one, and gives what is stored now. Zoho documents that
 * this never happens. Credentials that somebody changed meanwhile stay: hence the second reading.
 */
export async function replaceRefreshToken(
  versions: SecretVersions,
  secretId: string,
  credentials: Credentials,
  refreshToken: SecretText,
): Promise<Credentials> {
  const current = await versions.get(secretId, 'AWSCURRENT');
  if (current?.versionId !== credentials.versionId) return parseCredentials(secretId, current);
  const versionId = successorOf(secretId, 'AWSCURRENT', credentials.versionId);
  const text = JSON.stringify({
    client_id: credentials.clientId,
    client_secret: credentials.clientSecret.reveal(),
    refresh_token: refreshToken.reveal(),
  });
  // Taken: an overlapping run was given one too, and its is stored; both came from the same grant.
  const outcome = await versions.put({ secretId, clientRequestToken: versionId, text });
  return outcome === 'written' ? parseCredentials(secretId, { versionId, text }) : readCredentials(versions, secretId);
}
