import { type Credentials, parseCredentials } from '../../lambda/aws/credentials-secret.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { credentialLines, type EnvFile } from './env-file.ts';

/** A connection's credentials as the file has them; `undefined` if one of the three is missing. */
export function readEnvCredentials(file: EnvFile, connection: Connection): Credentials | undefined {
  const { clientId, clientSecret, refreshToken } = credentialLines(file, connection);
  if (clientId === undefined || clientSecret === undefined || refreshToken === undefined) return undefined;
  const text = JSON.stringify({
    client_id: clientId.value,
    client_secret: clientSecret.value,
    refresh_token: refreshToken.value,
  });
  return parseCredentials(file.name, { versionId: 'file', text });
}
