import { type SecretVersions, successorOf } from '../aws/secret-versions.ts';
import { type IncidentRecord, noRecord, parseRecord, renderRecord } from './record.ts';

/** The staging label of the record. */
export const incidentLabel = 'INCIDENT';

/** A record with the VersionId that its successor must name. */
export type StoredRecord = { readonly versionId: string | undefined; readonly record: IncidentRecord };

/** Reads the record of a connection; a value that is none counts as "nothing ever failed". */
export async function readRecord(versions: SecretVersions, secretId: string): Promise<StoredRecord> {
  const version = await versions.get(secretId, incidentLabel);
  const record = version === undefined ? undefined : parseRecord(version.text);
  return { versionId: version?.versionId, record: record ?? noRecord };
}

/** Who writes records, and where. */
export type RecordWriter = {
  readonly versions: SecretVersions;
  readonly tokenSecretId: string;
  readonly nonce: string;
};

/**
 * Writes the successor of a record.
 *
 * @returns `taken` where another run has already written one: it has the word, this run looks again next tick.
 */
export async function writeRecord(
  { versions, tokenSecretId, nonce }: RecordWriter,
  after: StoredRecord,
  record: IncidentRecord,
): Promise<StoredRecord | 'taken'> {
  const versionId = successorOf(tokenSecretId, incidentLabel, after.versionId);
  const text = renderRecord(record, nonce);
  const outcome = await versions.put({
    secretId: tokenSecretId,
    clientRequestToken: versionId,
    text,
    label: incidentLabel,
  });
  return outcome === 'written' ? { versionId, record } : 'taken';
}

/**
 * Makes sure that a place which was taken belongs to another run, and not to a chain that somebody cut.
 *
 * @throws Error where the label INCIDENT still names the predecessor: it was moved by hand, and no alert could ever be
 *   claimed again.
 */
export async function expectSuccessor(
  { versions, tokenSecretId }: RecordWriter,
  after: StoredRecord,
): Promise<void> {
  const current = await versions.get(tokenSecretId, incidentLabel);
  if (current?.versionId !== after.versionId) return;
  const successor = successorOf(tokenSecretId, incidentLabel, after.versionId);
  throw new Error(
    `the label ${incidentLabel} of ${tokenSecretId} has not moved on to its successor; if this lasts, somebody moved it by hand: move it back to version ${successor}`,
  );
}
