import { randomUUID } from 'node:crypto';
import { type Credentials, parseCredentials } from '../../lambda/aws/credentials-secret.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { RefreshError } from '../../lambda/failure.ts';
import { credentialsSecretId } from '../../lambda/run.ts';
import { type Proof, proveToken } from '../../lambda/zoho/prove-token.ts';
import { requestToken } from '../../lambda/zoho/request-token.ts';
import { readTokenAnswer } from '../../lambda/zoho/token-answer.ts';
import type { Place } from '../place/place.ts';

type Store = Pick<Place, 'versions' | 'connections'>;

/** A connection's stored credentials; `undefined` if none, or no complete ones, are stored. @throws RefreshError */
export async function readStoredCredentials(
  { versions, connections }: Store,
  connection: Connection,
): Promise<Credentials | undefined> {
  const secretId = credentialsSecretId(connections.secretPrefix, connection);
  const version = await versions.get(secretId, 'AWSCURRENT');
  try {
    return parseCredentials(secretId, version);
  } catch (fault) {
    if (fault instanceof RefreshError && fault.code === 'credentials_missing') return undefined;
    throw fault;
  }
}

/** Asks Zoho for one access token with credentials that are not stored yet, and judges it as the refresher will. */
export async function proveCredentials(
  place: Pick<Place, 'callZoho'>,
  connection: Connection,
  credentials: Credentials,
): Promise<Proof> {
  const { status, body } = await requestToken(place.callZoho, connection.dataCenter, credentials);
  const token = readTokenAnswer(status, body, [credentials.clientSecret, credentials.refreshToken]);
  return proveToken(place, connection, token);
}

/**
 * The other connection that already has this refresh token: one refresh token belongs to one connection, or both draw
 * on one budget of requests and throttle each other.
 */
export async function findOtherOwner(
  place: Store,
  connection: Connection,
  { refreshToken }: Pick<Credentials, 'refreshToken'>,
): Promise<string | undefined> {
  for (const other of place.connections.connections) {
    if (other.name === connection.name) continue;
    const stored = await readStoredCredentials(place, other);
    if (stored?.refreshToken.reveal() === refreshToken.reveal()) return other.name;
  }
  return undefined;
}

/**
 * Stores proven credentials. The write names no predecessor: what a person has just proved replaces whatever stands
 * there, and that stays under AWSPREVIOUS.
 *
 * @returns Name of the secret.
 */
export async function storeCredentials(
  { versions, connections }: Store,
  connection: Connection,
  { clientId, clientSecret, refreshToken }: Pick<Credentials, 'clientId' | 'clientSecret' | 'refreshToken'>,
): Promise<string> {
  const secretId = credentialsSecretId(connections.secretPrefix, connection);
  const fields = {
    client_id: clientId,
    client_secret: clientSecret.reveal(),
    refresh_token: refreshToken.reveal(),
  };
  await versions.put({ secretId, clientRequestToken: randomUUID(), text: JSON.stringify(fields) });
  return secretId;
}
