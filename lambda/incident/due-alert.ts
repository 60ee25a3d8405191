import { type FailureKind, failureKinds, failureRow } from '../failure.ts';
import {
  functionTimeoutMilliseconds,
  publishRetryMilliseconds,
  reminderMilliseconds,
  tickPrecisionMilliseconds,
} from '../settings.ts';
import { lifeLineOf, lifeLines } from '../stored-token.ts';
import { type Finding, isHealed } from './advance.ts';
import type { AlertState, Incident, IncidentRecord } from './record.ts';

/** Whether a run that wrote at that time may still be at work. */
export function isYoung(at: Date, now: Date): boolean {
  return Math.abs(now.getTime() - at.getTime()) <= functionTimeoutMilliseconds;
}

/** The alert that this run should claim now: what on-call does not know yet, or what a crashed run left unsent. Pure. */
export function dueAlert(record: IncidentRecord, finding: Finding): AlertState | undefined {
  const { claim } = record;
  if (claim === undefined) return newsOf(record, finding);
  // The run of a young claim may be publishing; an older one is taken over by the next tick, then every half hour.
  const age = Math.abs(finding.now.getTime() - claim.at.getTime());
  const wait = claim.claims === 1 ? 0 : publishRetryMilliseconds - tickPrecisionMilliseconds;
  if (isYoung(claim.at, finding.now) || age < wait) return undefined;
  if (claim.alert === 'resolved') return 'resolved';
  return newsOf(record, finding) ?? (isHealed(record, finding) ? 'resolved' : claim.alert);
}

/** What the incident has come to since on-call was last alerted. */
function newsOf(record: IncidentRecord, finding: Finding): AlertState | undefined {
  const { incident } = record;
  if (incident === undefined) return undefined;
  const { told } = incident;
  if (isHealed(record, finding)) return told === undefined ? undefined : 'resolved';
  const { kind } = failureRow(incident.code);
  const needsPerson = kind === 'operator' || kind === 'setting';
  const { stored, now } = finding;
  if (told === undefined) return needsPerson || lifeLineOf(stored, now) !== 'enough' ? 'open' : undefined;
  const hasTurned = needsPerson && isMoreUrgent(kind, told.kind);
  if (hasTurned || isLineNews(record.dead, told, kind, finding)) return 'escalated';
  const age = now.getTime() - told.at.getTime();
  return age >= reminderMilliseconds - tickPrecisionMilliseconds ? 'reminder' : undefined;
}

/** Whether the stored token has crossed a line that the last alert did not tell of. */
function isLineNews(
  dead: IncidentRecord['dead'],
  told: NonNullable<Incident['told']>,
  kind: FailureKind,
  { stored, now }: Finding,
): boolean {
  // A wrong setting never delays a refresh: who knows of that alone does not know that the token is dying.
  const knowsOfSetting = told.kind === 'setting' && kind !== 'setting';
  const first = lifeLines.indexOf(knowsOfSetting ? 'warning' : 'critical');
  const reached = lifeLines.indexOf(lifeLineOf(stored, now));
  if (reached < first) return false;
  if (told.token !== stored.versionId) return true;
  const wasDead = dead?.token === told.token && dead.since <= told.at;
  return reached > lifeLines.indexOf(lifeLineOf({ ...stored, isFoundDead: wasDead }, told.at));
}

function isMoreUrgent(one: FailureKind, other: FailureKind): boolean {
  return failureKinds.indexOf(one) < failureKinds.indexOf(other);
}

/** The record with an alert claimed, for the run that will publish it. */
export function claimed(record: IncidentRecord, alert: AlertState, at: Date): IncidentRecord {
  return { ...record, claim: { alert, at, claims: (record.claim?.claims ?? 0) + 1 } };
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
  const { told } = incident;
  const found = failureRow(published.code).kind;
  const kind = told === undefined || isMoreUrgent(found, told.kind) ? found : told.kind;
  return { ...record, incident: { ...incident, told: { at: now, token: stored.versionId, kind } } };
}
