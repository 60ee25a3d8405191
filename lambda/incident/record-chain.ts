import { type SecretVersions, successorOf } from '../aws/secret-versions.ts';
import type { ConnectionRun } from '../run.ts';
import { type IncidentRecord, noRecord, parseRecord, renderRecord } from './record.ts';

/** The staging label of the record. */
export const incidentLabel = 'INCIDENT';

/** Of three overlapping runs each may lose to every write of the others; five tries were enough in every order. */
const mostTries = 5;

/** A record with the VersionId that its successor must name. */
export type KeptRecord = { readonly versionId: string | undefined; readonly record: IncidentRecord };

/** Reads the record beside a token; any other value counts as "nothing ever failed". */
export async function readRecord(versions: SecretVersions, secretId: string): Promise<KeptRecord> {
  const version = await versions.get(secretId, incidentLabel);
  const record = version === undefined ? undefined : parseRecord(version.text);
  return { versionId: version?.versionId, record: record ?? noRecord };
}

/**
 * Changes the record: reads, changes, and writes the successor, which only one run can. The only compare-and-swap.
 * @param change - Pure. Is asked again, with `isContended`, if another run wrote in between; `undefined` changes nothing.
 * @returns The record as it stands; `contended` if other runs wrote every time.
 * @throws RefreshError if Secrets Manager fails; Error if the label no longer follows the chain.
 */
export async function update(
  { versions, secretId, nonce }: Pick<ConnectionRun, 'versions' | 'secretId' | 'nonce'>,
  kept: KeptRecord,
  change: (record: IncidentRecord, isContended: boolean) => IncidentRecord | undefined,
): Promise<KeptRecord & { readonly outcome: 'written' | 'unchanged' | 'contended' }> {
  let at = kept;
  for (let tries = 0; tries < mostTries; tries += 1) {
    const record = change(at.record, tries > 0);
    if (record === undefined) return { ...at, outcome: 'unchanged' };
    const versionId = successorOf(secretId, incidentLabel, at.versionId);
    const text = renderRecord(record, nonce);
    const version = { secretId, clientRequestToken: versionId, text, label: incidentLabel };
    if ((await versions.put(version)) === 'written') return { versionId, record, outcome: 'written' };
    const latest = await readRecord(versions, secretId);
    if (latest.versionId === at.versionId) {
      const advice = `if this lasts, somebody moved it by hand: move it back to version ${versionId}`;
      throw new Error(`the label ${incidentLabel} of ${secretId} has not moved on to its successor; ${advice}`);
    }
    at = latest;
  }
  return { ...at, outcome: 'contended' };
}
