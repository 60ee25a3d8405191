import type { ConnectionRun } from '../run.ts';
import { isFaultless, storedTokenOf } from '../stored-token.ts';
import { advance, type Finding, worthWriting } from './advance.ts';
import { describeIncident } from './alert.ts';
import { claimed, dueAlert, isYoung, sent } from './due-alert.ts';
import type { AlertState } from './record.ts';
import { type KeptRecord, update } from './record-chain.ts';
import { renderAlert } from './render-alert.ts';

/** Enough for the alert of a crashed run, one of this run, and a good token found in between. */
const mostRounds = 4;

/**
 * Records what a tick found, alerts on-call to what they do not know yet, and gives the alerts that were sent.
 * Each is claimed in the record, published, and marked as sent: of two runs that overlap one claims.
 * @throws Error if an alert could not be claimed or published: then Lambda's error alarm must speak instead.
 */
export async function tell(run: ConnectionRun, kept: KeptRecord, finding: Finding): Promise<AlertState[]> {
  const alerts: AlertState[] = [];
  let at: KeptRecord | undefined = kept;
  let found = finding;
  for (let round = 0; round < mostRounds && at !== undefined; round += 1) {
    const claim = await recordAndClaim(run, at, found);
    ({ found } = claim);
    if (claim.alert === undefined) {
      const { claim: unsent } = claim.kept.record;
      if (unsent === undefined || isYoung(unsent.at, found.now)) return alerts;
      // Claimed, not sent, and its time has not come again: somebody else must be alerted.
      throw new Error(`the alert "${unsent.alert}" of ${run.connection.name} is still not published`);
    }
    at = await publish(run, claim.kept, claim.alert, found);
    alerts.push(claim.alert);
  }
  return alerts;
}

/** One change of the record: what was found, and the claim of the alert that this run has to publish. */
async function recordAndClaim(run: ConnectionRun, kept: KeptRecord, finding: Finding) {
  const isOpening = dueAlert(advance(kept.record, finding), finding) === 'open';
  const looked = isOpening ? await lookAgain(run, finding) : finding;
  const found = looked instanceof Error ? finding : looked;
  let alert: AlertState | undefined;
  const updated = await update(run, kept, (record, isContended) => {
    const after = advance(record, found);
    alert = isContended || looked instanceof Error ? undefined : dueAlert(after, found);
    return alert === undefined ? worthWriting(record, after) : claimed(after, alert, found.now);
  });
  if (looked instanceof Error) throw looked;
  if (updated.outcome === 'contended') run.log('WARN', 'record_contended', { connection: run.connection.name });
  return { kept: updated, found, alert: updated.outcome === 'written' ? alert : undefined };
}

/** Before an incident is opened AWSCURRENT is read again: another run may have stored a good token meanwhile. */
async function lookAgain({ versions, secretId }: ConnectionRun, found: Finding): Promise<Finding | Error> {
  const version = await versions.get(secretId, 'AWSCURRENT').catch((fault: Error) => fault);
  if (version instanceof Error) return version;
  if (version === undefined || version.versionId === found.stored.versionId) return found;
  const stored = storedTokenOf(version);
  return isFaultless(stored, found.now) ? { ...found, stored, failure: undefined } : found;
}

/** Publishes a claimed alert and marks it as sent; `undefined` if that failed: the next run may repeat the alert. */
async function publish(
  run: ConnectionRun,
  kept: KeptRecord,
  alert: AlertState,
  found: Finding,
): Promise<KeptRecord | undefined> {
  const { incident } = kept.record;
  if (incident === undefined) return kept;
  await run.publish(renderAlert(describeIncident(run.connection, alert, incident, found, run.links)));
  try {
    return await update(run, kept, (record) => sent(record, incident, found));
  } catch (fault) {
    const { message } = fault as Error;
    run.log('WARN', 'alert_not_recorded', { connection: run.connection.name, message });
    return undefined;
  }
}
