import { randomUUID } from 'node:crypto';
import { type Credentials, parseCredentials } from '../../lambda/aws/credentials-secret.ts';
import { parseTokenDocument } from '../../lambda/aws/token-document.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { RefreshError } from '../../lambda/failure.ts';
import type { IncidentRecord } from '../../lambda/incident/record.ts';
import { readRecord } from '../../lambda/incident/record-chain.ts';
import { parseObject } from '../../lambda/parse-object.ts';
import { credentialsSecretId, tokenSecretId } from '../../lambda/run.ts';
import type { SecretText } from '../../lambda/secret-text.ts';
import { isUsable, type StoredToken } from '../../lambda/stored-token.ts';
import { probeToken } from '../../lambda/zoho/probe.ts';
import { proveToken } from '../../lambda/zoho/prove-token.ts';
import { requestToken } from '../../lambda/zoho/request-token.ts';
import { readTokenAnswer } from '../../lambda/zoho/token-answer.ts';
import type { Place } from '../place/place.ts';

type Store = Pick<Place, 'versions' | 'connections'>;

/** What the token secret of a connection holds at this moment. */
export type Stored = {
  readonly token: StoredToken;
  readonly record: IncidentRecord;
  /** The token document's own fields, for comparison with the configuration; empty if none is stored. */
  readonly fields: Readonly<Record<string, unknown>>;
};

/** Reads a connection's stored token and the record of its incidents. @throws RefreshError */
export async function readStored({ versions, connections }: Store, connection: Connection): Promise<Stored> {
  const secretId = tokenSecretId(connections.secretPrefix, connection);
  const both = [versions.get(secretId, 'AWSCURRENT'), readRecord(versions, secretId)] as const;
  const [version, { record }] = await Promise.all(both);
  const document = version === undefined ? undefined : parseTokenDocument(version.text);
  const isFoundDead = version !== undefined && record.dead?.token === version.versionId;
  return {
    token: { versionId: version?.versionId ?? '', document, isFoundDead },
    record,
    fields: (document === undefined ? undefined : parseObject(version?.text ?? '')) ?? {},
  };
}

/** Asks the service about the stored token by one cheap read; `undefined` if that token is not usable anyway. */
export async function probeStored({ callZoho, now }: Place, connection: Connection, { token }: Stored) {
  const { document } = token;
  if (document === undefined || !isUsable({ ...token, isFoundDead: false }, now())) return undefined;
  return probeToken(callZoho, connection, document.accessToken, document.scopes);
}

/** A connection's stored credentials; `undefined` if none, or no complete ones, are stored. @throws RefreshError */
export async function readStoredCredentials(place: Store, connection: Connection): Promise<Credentials | undefined> {
  const secretId = credentialsSecretId(place.connections.secretPrefix, connection);
  const version = await place.versions.get(secretId, 'AWSCURRENT');
  try {
    return parseCredentials(secretId, version);
  } catch (fault) {
    if (fault instanceof RefreshError && fault.code === 'credentials_missing') return undefined;
    throw fault;
  }
}

/** Asks Zoho for one access token with credentials that are not stored yet, and judges it as the refresher will. */
export async function proveCredentials(zoho: Pick<Place, 'callZoho'>, connection: Connection, own: Credentials) {
  const { status, body } = await requestToken(zoho.callZoho, connection.dataCenter, own);
  const token = readTokenAnswer(status, body, [own.clientSecret, own.refreshToken]);
  return proveToken(zoho, connection, token);
}

/** The other connection that has this refresh token: the two would share one budget of requests. */
export async function findOtherOwner(place: Store, { name }: Connection, refreshToken: SecretText) {
  for (const other of place.connections.connections) {
    const stored = other.name === name ? undefined : await readStoredCredentials(place, other);
    if (stored?.refreshToken.reveal() === refreshToken.reveal()) return other.name;
  }
  return undefined;
}

/** Stores proven credentials, whatever stands there: that stays under AWSPREVIOUS. @returns The name of the secret. */
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
