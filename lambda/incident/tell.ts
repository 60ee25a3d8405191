import type { Connection } from '../connections/read-connections.ts';
import { type Run, tokenSecretId } from '../run.ts';
import { isFaultless, storedTokenOf } from '../stored-token.ts';
import { advance, type Finding, isHealed, isWorthWriting } from './advance.ts';
import { describeIncident } from './alert.ts';
import { claimed, dueAlert, isYoung, sent } from './due-alert.ts';
import type { Incident, IncidentAlertState, IncidentRecord } from './record.ts';
import { type KeptRecord, type RecordChain, update } from './record-chain.ts';
import { renderAlert } from './render-alert.ts';

/** Enough for the alert of a crashed run, one of this run, and a good token found in between. */
const mostRounds = 4;

/** Where a run writes the record of a connection. */
export function chainOf({ versions, secretPrefix, nonce }: Run, connection: Connection): RecordChain {
  return { versions, tokenSecretId: tokenSecretId(secretPrefix, connection), nonce };
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
  let at = kept;
  let found = finding;
  for (let round = 0; round < mostRounds; round += 1) {
    const after = advance(at.record, found);
    const look = await lookBeforeOpening(run, connection, found, dueAlert(after, found));
    if ('stored' in look) {
      found = { ...found, stored: look.stored, failure: undefined };
      continue;
    }
    const claim = await recordAndClaim(run, connection, at, found, look.fault === undefined);
    if (look.fault !== undefined) throw look.fault;
    at = claim.kept;
    if (claim.alert === undefined) break;
    await publish(run, connection, claim, found);
    alerts.push(claim.alert.state);
    const marked = await markSent(run, connection, claim, found);
    if (marked === undefined) return alerts;
    at = marked;
  }
  throwIfUnsent(connection, at.record, found);
  return alerts;
}

/** Records what a call found. It alerts nobody: the next tick does. */
export async function note(
  run: Run,
  connection: Connection,
  kept: KeptRecord,
  finding: Finding,
): Promise<void> {
  await update(chainOf(run, connection), kept, (record) => {
    const after = advance(record, finding);
    return isWorthWriting(record, after) ? after : undefined;
  });
}

/** An alert that this run has claimed, and the incident that it is about. */
type ClaimedAlert = { readonly state: IncidentAlertState; readonly incident: Incident };

/** Before an incident is opened AWSCURRENT is read again: another run may have stored a good token meanwhile. */
async function lookBeforeOpening(
  { versions, secretPrefix }: Run,
  connection: Connection,
  { stored, now }: Finding,
  due: IncidentAlertState | undefined,
): Promise<{ stored: Finding['stored'] } | { fault?: unknown }> {
  if (due !== 'open') return {};
  try {
    const version = await versions.get(tokenSecretId(secretPrefix, connection), 'AWSCURRENT');
    if (version === undefined || version.versionId === stored.versionId) return {};
    const latest = storedTokenOf(version);
    return isFaultless(latest, now) ? { stored: latest } : {};
  } catch (fault) {
    return { fault };
  }
}

/** One change of the record: what was found, and the claim of the alert that is due. Contended, it only records. */
async function recordAndClaim(
  run: Run,
  connection: Connection,
  kept: KeptRecord,
  found: Finding,
  mayClaim: boolean,
): Promise<{ kept: KeptRecord; alert: ClaimedAlert | undefined }> {
  let alert: ClaimedAlert | undefined;
  const updated = await update(chainOf(run, connection), kept, (record, isContended) => {
    const after = advance(record, found);
    const state = mayClaim && !isContended ? dueAlert(after, found) : undefined;
    const { incident } = after;
    alert = state === undefined || incident === undefined ? undefined : { state, incident };
    if (alert !== undefined) return claimed(after, alert.state, { at: found.now, by: run.nonce });
    return isWorthWriting(record, after) ? after : undefined;
  });
  if (updated.outcome === 'contended') {
    run.log('WARN', 'record_contended', { connection: connection.name });
  }
  return { kept: updated, alert: updated.outcome === 'written' ? alert : undefined };
}

async function publish(
  { publish: send, links }: Run,
  connection: Connection,
  { kept, alert }: { kept: KeptRecord; alert: ClaimedAlert | undefined },
  found: Finding,
): Promise<void> {
  if (alert === undefined) return;
  const isOver = isHealed(kept.record, found);
  const event = describeIncident(connection, alert.state, alert.incident, { ...found, isOver }, links);
  await send(renderAlert(event));
}

/** @returns `undefined` if that could not be recorded: then the next run finds the claim, and may repeat the alert. */
async function markSent(
  run: Run,
  connection: Connection,
  { kept, alert }: { kept: KeptRecord; alert: ClaimedAlert | undefined },
  found: Finding,
): Promise<KeptRecord | undefined> {
  try {
    return await update(chainOf(run, connection), kept, (record) =>
      alert === undefined || record.claim?.by !== run.nonce ? undefined : sent(record, alert.incident, found),
    );
  } catch (fault) {
    const { message } = fault as Error;
    run.log('WARN', 'alert_not_recorded', { connection: connection.name, message });
    return undefined;
  }
}

/** An alert is claimed, not sent, and its time has not come again: somebody else must be alerted. */
function throwIfUnsent({ name }: Connection, { claim }: IncidentRecord, { now }: Finding): void {
  if (claim === undefined || isYoung(claim.at, now)) return;
  throw new Error(`the alert "${claim.alert}" of ${name} is still not published`);
}
