import { nothingStoredYet, writeFirstVersion } from './aws/secret-versions.ts';
import type { Connection } from './connections/read-connections.ts';
import { RefreshError } from './failure.ts';
import { noRecord } from './incident/record.ts';
import { type KeptRecord, readRecord } from './incident/record-chain.ts';
import { type Run, tokenSecretId } from './run.ts';
import { type StoredToken, storedTokenOf } from './stored-token.ts';

/** What is stored of a connection. */
export type Seen = {
  readonly stored: StoredToken;
  readonly kept: KeptRecord;
  /** Why the record could not be read; it then counts as none. */
  readonly fault?: RefreshError | undefined;
};

/**
 * Reads the stored token and the record side by side: the two calls of a healthy tick.
 *
 * A secret without any version gets its first one here, before anything else is written.
 *
 * @throws {@link RefreshError} `secret_store_failed`, `secret_store_refused` if the token cannot be read.
 */
export async function look(run: Run, connection: Connection): Promise<Seen> {
  const secretId = tokenSecretId(run.secretPrefix, connection);
  const [token, record] = await Promise.allSettled([
    run.versions.get(secretId, 'AWSCURRENT'),
    readRecord(run.versions, secretId),
  ]);
  if (token.status === 'rejected') throw token.reason;
  const version = token.value ?? {
    versionId: await writeFirstVersion(run.versions, secretId),
    text: nothingStoredYet,
  };
  const stored = storedTokenOf(version);
  if (record.status === 'fulfilled') {
    const isFoundDead = record.value.record.dead?.token === version.versionId;
    return { stored: { ...stored, isFoundDead }, kept: record.value };
  }
  if (!(record.reason instanceof RefreshError)) throw record.reason;
  return { stored, kept: { versionId: undefined, record: noRecord }, fault: record.reason };
}
