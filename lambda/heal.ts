import { type Acted, attempt } from './attempt.ts';
import type { Credentials } from './aws/credentials-secret.ts';
import { writeFirstVersion } from './aws/secret-versions.ts';
import { configurationHash } from './aws/token-document.ts';
import type { Connection } from './connections/read-connections.ts';
import { rememberThrottle } from './environment-memory.ts';
import { judgeIncident } from './incident/judge-incident.ts';
import { type IncidentRecord, throttledAnew } from './incident/record.ts';
import { type RecordWriter, readRecord, type StoredRecord, writeRecord } from './incident/record-chain.ts';
import type { Run } from './run.ts';
import { isUsable, type StoredToken, storedTokenOf } from './stored-token.ts';

/** What a healing begins with. */
export type Healing = {
  /** The record that it follows. */
  readonly at: StoredRecord;
  readonly stored: StoredToken;
  readonly credentials: Credentials;
  /** When earlier healings asked Zoho, as far as they still count. */
  readonly askedAt: readonly Date[];
};

/**
 * Asks Zoho between the ticks, if this run wins the next record: of a thousand that want to, one does.
 *
 * @returns What became of it; `undefined` where another run has won.
 */
export async function heal(
  run: Run,
  connection: Connection,
  writer: RecordWriter,
  { at, stored, credentials, askedAt }: Healing,
): Promise<Acted | undefined> {
  const now = run.now();
  const versionId = stored.versionId ?? (await writeFirstVersion(writer.versions, writer.tokenSecretId));
  const won = await writeRecord(writer, at, {
    ...at.record,
    state: 'healing',
    healing: { at: now, deadVersion: stored.isFoundDead ? stored.versionId : undefined },
    askedAt: [...askedAt, now],
  });
  if (won === 'taken') return undefined;

  // The token and the record were read side by side: a run that healed in between shows only now.
  const latest = await writer.versions.get(writer.tokenSecretId, 'AWSCURRENT');
  const before =
    latest === undefined || latest.versionId === versionId ? { ...stored, versionId } : storedTokenOf(latest);
  const isHealedMeanwhile = before.versionId !== versionId && isUsable(before, now);
  const healed: Acted = isHealedMeanwhile
    ? { outcome: 'fresh', code: null, stored: before }
    : await attempt(run, connection, before, credentials);
  rememberThrottle(run.memory.of(connection.name), at.record, healed.failure, run.now());
  await recordHealing(run, connection, writer, won, healed);
  return healed;
}

/** A run that heard Zoho ask for silence may have written that over the healing: then its word is kept. */
const mostClosings = 3;

async function recordHealing(
  run: Run,
  connection: Connection,
  writer: RecordWriter,
  won: StoredRecord,
  healed: Acted,
): Promise<void> {
  let at = won;
  for (let tries = 0; tries < mostClosings; tries += 1) {
    const closing = await writeRecord(writer, at, afterHealing(run, connection, at.record, healed));
    if (closing !== 'taken') return;
    at = await readRecord(writer.versions, writer.tokenSecretId);
    if (at.record.healing?.at.getTime() !== won.record.healing?.at.getTime()) break;
  }
  run.log('WARN', 'healing_not_recorded', { connection: connection.name });
}

/** The record that the next tick goes on from: it tells what is to be told. */
function afterHealing(
  run: Run,
  connection: Connection,
  healing: IncidentRecord,
  { stored, failure }: Acted,
): IncidentRecord {
  const now = run.now();
  const situation = { now, slot: now, configuration: configurationHash(connection), stored, failure };
  const standing = healing.incident;
  const judged = failure === undefined ? undefined : judgeIncident(standing, situation);
  // A passing fault while the stored token still works is left to the ticks to find.
  const isKept = judged !== undefined && (standing !== undefined || judged.isWorthRecording);
  const incident = isKept ? judged.incident : failure === undefined ? openOf(standing) : undefined;
  const hash = failure?.throttledRefreshToken;
  return {
    ...healing,
    state: incident === undefined ? 'closed' : incident.openedAt === undefined ? 'failing' : 'open',
    incident,
    healing: undefined,
    throttle: hash === undefined ? healing.throttle : throttledAnew(healing, hash, now),
  };
}

/** An incident of which on-call was told stays open until the next tick tells that it is over. */
function openOf(incident: IncidentRecord['incident']): IncidentRecord['incident'] {
  return incident?.openedAt === undefined ? undefined : incident;
}
