import type { SecretVersions } from '../../lambda/aws/secret-versions.ts';
import { parseTokenDocument } from '../../lambda/aws/token-document.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import type { IncidentRecord } from '../../lambda/incident/record.ts';
import { readRecord } from '../../lambda/incident/record-chain.ts';
import { parseObject } from '../../lambda/parse-object.ts';
import { tokenSecretId } from '../../lambda/run.ts';
import type { StoredToken } from '../../lambda/stored-token.ts';
import type { Place } from '../place/place.ts';

/** What the token secret of a connection holds at this moment. */
export type Stored = {
  readonly token: StoredToken;
  readonly record: IncidentRecord;
  /** The token document's own fields, for comparison with the configuration; empty if none is stored. */
  readonly fields: Readonly<Record<string, unknown>>;
};

/**
 * Reads a connection's stored token and the record of its incidents.
 *
 * @throws RefreshError `secret_store_failed`.
 */
export async function readStored(
  { versions, connections }: Pick<Place, 'connections'> & { readonly versions: SecretVersions },
  connection: Connection,
): Promise<Stored> {
  const secretId = tokenSecretId(connections.secretPrefix, connection);
  const [version, { record }] = await Promise.all([
    versions.get(secretId, 'AWSCURRENT'),
    readRecord(versions, secretId),
  ]);
  const document = version === undefined ? undefined : parseTokenDocument(version.text);
  return {
    token: {
      versionId: version?.versionId ?? '',
      document,
      isFoundDead: version !== undefined && record.dead?.token === version.versionId,
    },
    record,
    fields: (document === undefined ? undefined : parseObject(version?.text ?? '')) ?? {},
  };
}
