import type { Connection } from './connections/read-connections.ts';
import { readRecord, type StoredRecord } from './incident/record-chain.ts';
import { type Run, tokenSecretId } from './run.ts';
import { type StoredToken, storedTokenOf } from './stored-token.ts';

/** What is stored of a connection; each half may be unreadable for itself. */
export type Seen = {
  readonly stored: StoredToken | undefined;
  readonly record: StoredRecord | undefined;
  /** Why a half is missing. */
  readonly fault: unknown;
};

/** Reads the stored token and the record: the two calls of a healthy tick. */
export async function look(run: Run, connection: Connection): Promise<Seen> {
  const secretId = tokenSecretId(run.secretPrefix, connection);
  const [token, record] = await Promise.allSettled([
    run.versions.get(secretId, 'AWSCURRENT'),
    readRecord(run.versions, secretId),
  ]);
  const known = record.status === 'fulfilled' ? record.value : undefined;
  const fault =
    token.status === 'rejected' ? token.reason : record.status === 'rejected' ? record.reason : undefined;
  if (token.status === 'rejected') return { stored: undefined, record: known, fault };
  const versionId = token.value?.versionId;
  const { incident, healing } = known?.record ?? {};
  const deadVersions = [incident?.deadVersion, healing?.deadVersion];
  return {
    stored:
      token.value === undefined
        ? { versionId, document: undefined, isFoundDead: false }
        : { ...storedTokenOf(token.value), isFoundDead: deadVersions.includes(token.value.versionId) },
    record: known,
    fault,
  };
}
