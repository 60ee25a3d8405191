import type { Connection } from '../connections/read-connections.ts';
import { type Run, tokenSecretId } from '../run.ts';
import { isFaultless, type StoredToken, storedTokenOf } from '../stored-token.ts';
import { advance, type Finding, worthWriting } from './advance.ts';
import { describeIncident } from './alert.ts';
import { claimed, dueAlert, isYoung, sent } from './due-alert.ts';
import type { IncidentAlertState } from './record.ts';
import { type KeptRecord, type RecordChain, update } from './record-chain.ts';
import { renderAlert } from './render-alert.ts';

/** Enough for the alert of a crashed run, one of this run, and a good token found in between. */
const mostRounds = 4;

/** Where a run writes the record of a connection. */
export function chainOf({ versions, secretPrefix, nonce }: Run, connection: Connection): RecordChain {
  return { versions, tokenSecretId: tokenSecretId(secretPrefix, connection), nonce };
}

/** Records what a call found. It alerts nobody: the next tick does. */
export async function note(
  run: Run,
  connection: Connection,
  kept: KeptRecord,
  finding: Finding,
): Promise<void> {
  await update(chainOf(run, connection), kept, (record) => worthWriting(record, advance(record, finding)));
}

/**
 * Records what a tick found, and alerts on-call to what they do not know yet.
 *
 * Each alert is claimed in the record, published, and marked as sent: of two runs that overlap one claims.
 *
 * @returns The alerts that were sent, for the log line.
 * @throws Error if an alert could not be claimed or published: then Lambda's error alarm must speak instead.
 */
export async function tell(
  run: Run,
  connection: Connection,
  kept: KeptRecord,
  finding: Finding,
): Promise<IncidentAlertState[]> {
  const alerts: IncidentAlertState[] = [];
  let at: KeptRecord | undefined = kept;
  let found = finding;
  for (let round = 0; round < mostRounds && at !== undefined; round += 1) {
    const isOpening = dueAlert(advance(at.record, found), found) === 'open';
    const good = isOpening
      ? await goodTokenMeanwhile(run, connection, found).catch((fault: Error) => fault)
      : undefined;
    if (good !== undefined && !(good instanceof Error))
      found = { ...found, stored: good, failure: undefined };
    const claim: Claimed = await recordAndClaim(run, connection, at, found, !(good instanceof Error));
    if (good instanceof Error) throw good;
    if (claim.alert === undefined) {
      throwIfUnsent(connection, claim.kept, found);
      return alerts;
    }
    at = await publish(run, connection, claim.kept, claim.alert, found);
    alerts.push(claim.alert);
  }
  return alerts;
}

/** Before an incident is opened AWSCURRENT is read again: another run may have stored a good token meanwhile. */
async function goodTokenMeanwhile(
  run: Run,
  connection: Connection,
  found: Finding,
): Promise<StoredToken | undefined> {
  const version = await run.versions.get(tokenSecretId(run.secretPrefix, connection), 'AWSCURRENT');
  if (version === undefined || version.versionId === found.stored.versionId) return undefined;
  const latest = storedTokenOf(version);
  return isFaultless(latest, found.now) ? latest : undefined;
}

type Claimed = { readonly kept: KeptRecord; readonly alert: IncidentAlertState | undefined };

/** One change of the record: what was found, and the claim of the alert that is due. Contended, it only records. */
async function recordAndClaim(
  run: Run,
  connection: Connection,
  kept: KeptRecord,
  found: Finding,
  mayClaim: boolean,
): Promise<Claimed> {
  let alert: IncidentAlertState | undefined;
  const updated = await update(chainOf(run, connection), kept, (record, isContended) => {
    const after = advance(record, found);
    alert = mayClaim && !isContended ? dueAlert(after, found) : undefined;
    if (alert !== undefined) return claimed(after, alert, { at: found.now, by: run.nonce });
    return worthWriting(record, after);
  });
  if (updated.outcome === 'contended') run.log('WARN', 'record_contended', { connection: connection.name });
  return { kept: updated, alert: updated.outcome === 'written' ? alert : undefined };
}

/**
 * Publishes a claimed alert and marks it as sent.
 *
 * @returns `undefined` if it could not be marked: then the next run finds the claim, and may repeat the alert.
 */
async function publish(
  run: Run,
  connection: Connection,
  kept: KeptRecord,
  alert: IncidentAlertState,
  found: Finding,
): Promise<KeptRecord | undefined> {
  const { incident } = kept.record;
  if (incident === undefined) return kept;
  await run.publish(renderAlert(describeIncident(connection, alert, incident, found, run.links)));
  try {
    return await update(chainOf(run, connection), kept, (record) =>
      record.claim?.by === run.nonce ? sent(record, incident, found) : undefined,
    );
  } catch (fault) {
    const { message } = fault as Error;
    run.log('WARN', 'alert_not_recorded', { connection: connection.name, message });
    return undefined;
  }
}

/** An alert is claimed, not sent, and its time has not come again: somebody else must be alerted. */
function throwIfUnsent({ name }: Connection, { record: { claim } }: KeptRecord, { now }: Finding): void {
  if (claim === undefined || isYoung(claim.at, now)) return;
  throw new Error(`the alert "${claim.alert}" of ${name} is still not published`);
}
