import { randomUUID } from 'node:crypto';
import type { Credentials } from '../../lambda/aws/credentials-secret.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { credentialsSecretId } from '../../lambda/run.ts';
import type { Place } from '../place/place.ts';

/**
 * Stores proven credentials as the newest version of the connection's credentials secret.
 *
 * The write names no predecessor: what a person has just proved replaces whatever stands there, and that stays under
 * AWSPREVIOUS.
 *
 * @returns Name of the secret.
 * @throws RefreshError `secret_store_failed`.
 */
export async function storeCredentials(
  { versions, connections }: Pick<Place, 'versions' | 'connections'>,
  connection: Connection,
  { clientId, clientSecret, refreshToken }: Pick<Credentials, 'clientId' | 'clientSecret' | 'refreshToken'>,
): Promise<string> {
  const secretId = credentialsSecretId(connections.secretPrefix, connection);
  await versions.put({
    secretId,
    clientRequestToken: randomUUID(),
    text: JSON.stringify({
      client_id: clientId,
      client_secret: clientSecret.reveal(),
      refresh_token: refreshToken.reveal(),
    }),
  });
  return secretId;
}
