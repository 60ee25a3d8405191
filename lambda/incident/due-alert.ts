import { type FailureKind, failureRow } from '../failure.ts';
import {
  functionTimeoutMilliseconds,
  publishRetryMilliseconds,
  reminderMilliseconds,
  tickPrecisionMilliseconds,
} from '../settings.ts';
import { type LifeLine, lifeLineOf, lifeLines } from '../stored-token.ts';
import { type Finding, isHealed } from './advance.ts';
import type { Claim, Incident, IncidentAlertState, IncidentRecord } from './record.ts';

/** Whether a run that wrote at that time may still be at work. */
export function isYoung(at: Date, now: Date): boolean {
  return Math.abs(now.getTime() - at.getTime()) <= functionTimeoutMilliseconds;
}

/**
 * The alert that this run should claim now: what on-call does not know yet, or what a crashed run left unsent.
 *
 * Pure. A young claim belongs to a run that may be publishing, so nothing is due beside it.
 *
 * @param record - As {@link advance} has made it.
 */
export function dueAlert(record: IncidentRecord, finding: Finding): IncidentAlertState | undefined {
  const { claim } = record;
  if (claim === undefined) return newsOf(record, finding);
  if (isYoung(claim.at, finding.now) || !isRetryDue(claim, finding.now)) return undefined;
  if (claim.alert === 'resolved') return 'resolved';
  return newsOf(record, finding) ?? (isHealed(record, finding) ? 'resolved' : claim.alert);
}

/** A claim that is not sent is taken over once by the next tick, then every half hour. */
function isRetryDue({ at, claims }: Claim, now: Date): boolean {
  const age = Math.abs(now.getTime() - at.getTime());
  return claims === 1 || age >= publishRetryMilliseconds - tickPrecisionMilliseconds;
}

/** What the incident has come to since on-call was last alerted. */
function newsOf(record: IncidentRecord, finding: Finding): IncidentAlertState | undefined {
  const { incident } = record;
  if (incident === undefined) return undefined;
  const { told } = incident;
  if (isHealed(record, finding)) return told === undefined ? undefined : 'resolved';
  const { kind } = failureRow(incident.code);
  const needsPerson = kind === 'operator' || kind === 'setting';
  const line = lifeLineOf(finding.stored, finding.now);
  if (told === undefined) return needsPerson || line !== 'enough' ? 'open' : undefined;
  const hasTurned = needsPerson && urgencyOf(kind) > urgencyOf(told.kind);
  if (hasTurned || isLineNews(record, incident, line, finding)) return 'escalated';
  const age = finding.now.getTime() - told.at.getTime();
  return age >= reminderMilliseconds - tickPrecisionMilliseconds ? 'reminder' : undefined;
}

/** Whether the stored token has crossed a line that the last alert did not tell of. */
function isLineNews(
  record: IncidentRecord,
  incident: Incident,
  line: LifeLine,
  { stored }: Finding,
): boolean {
  const { told } = incident;
  if (told === undefined) return false;
  // A wrong setting never delays a refresh: who knows of that alone does not know that the token is dying.
  const knowsOfSetting = told.kind === 'setting' && failureRow(incident.code).kind !== 'setting';
  const first = lifeLines.indexOf(knowsOfSetting ? 'warning' : 'critical');
  const reached = lifeLines.indexOf(line);
  if (reached < first) return false;
  if (told.token !== stored.versionId) return true;
  const wasDead = record.dead?.token === told.token && record.dead.since <= told.at;
  return reached > lifeLines.indexOf(lifeLineOf({ ...stored, isFoundDead: wasDead }, told.at));
}

const urgencies: readonly FailureKind[] = ['transient', 'throttle', 'setting', 'operator'];

function urgencyOf(kind: FailureKind): number {
  return urgencies.indexOf(kind);
}

/** The record with an alert claimed, for the run that will publish it. */
export function claimed(
  record: IncidentRecord,
  alert: IncidentAlertState,
  { at, by }: Pick<Claim, 'at' | 'by'>,
): IncidentRecord {
  return { ...record, claim: { alert, at, claims: (record.claim?.claims ?? 0) + 1, by } };
}

/** The record once that alert is sent; an incident that is resolved is gone. */
export function sent(
  { claim, ...record }: IncidentRecord,
  published: Incident,
  { stored, now }: Pick<Finding, 'stored' | 'now'>,
): IncidentRecord {
  const { incident } = record;
  if (incident === undefined || claim?.alert === 'resolved') {
    return { ...record, incident: undefined, dead: undefined };
  }
  const kinds = [failureRow(published.code).kind, incident.told?.kind ?? 'transient'] as const;
  const kind = urgencyOf(kinds[0]) > urgencyOf(kinds[1]) ? kinds[0] : kinds[1];
  return { ...record, incident: { ...incident, told: { at: now, token: stored.versionId, kind } } };
}
