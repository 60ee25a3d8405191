import { parseTokenDocument } from '../../lambda/aws/token-document.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import type { IncidentRecord } from '../../lambda/incident/record.ts';
import { readRecord } from '../../lambda/incident/record-chain.ts';
import { parseObject } from '../../lambda/parse-object.ts';
import { tokenSecretId } from '../../lambda/run.ts';
import { isUsable, type StoredToken } from '../../lambda/stored-token.ts';
import { probeToken } from '../../lambda/zoho/probe.ts';
import type { ProbeVerdict } from '../../lambda/zoho/services/service.ts';
import type { Place } from '../place/place.ts';

/** What the token secret of a connection holds at this moment. */
export type Stored = {
  readonly token: StoredToken;
  readonly record: IncidentRecord;
  /** The token document's own fields, for comparison with the configuration; empty if none is stored. */
  readonly fields: Readonly<Record<string, unknown>>;
};

/** Reads a connection's stored token and the record of its incidents. @throws RefreshError */
export async function readStored(
  { versions, connections }: Pick<Place, 'connections' | 'versions'>,
  connection: Connection,
): Promise<Stored> {
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

/** Asks the service about a stored token by one cheap read; `undefined` if there is no living token to ask about. */
export async function probeStored(
  { callZoho, now }: Pick<Place, 'callZoho' | 'now'>,
  connection: Connection,
  { token }: Stored,
): Promise<ProbeVerdict | undefined> {
  const { document } = token;
  if (document === undefined || !isUsable({ ...token, isFoundDead: false }, now())) return undefined;
  return probeToken(callZoho, connection, document.accessToken, document.scopes);
}
