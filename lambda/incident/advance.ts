import { type FailureCode, failureRow, waitsOf } from '../failure.ts';
import { defaultTickIntervalMilliseconds, silenceKeptMilliseconds, tickPrecisionMilliseconds } from '../settings.ts';
import { dueSince, isFaultless, isUsable, type StoredToken } from '../stored-token.ts';
import type { Incident, IncidentRecord, Silences } from './record.ts';

/** A failure that this run judged. */
export type Failure = {
  readonly code: FailureCode;
  /** What was found and what was expected; no secret in it. */
  readonly message: string;
  /** VersionId of the credentials that failed; left out if the failure does not depend on them. */
  readonly credentials?: string | undefined;
  /** Zoho was not asked: a silence of its is waited out. Never a try, and never a new diagnosis. */
  readonly isWait?: boolean;
};

/** What a run found out about a connection. */
export type Finding = {
  readonly now: Date;
  /** What waits are counted by: the tick's slot, or the time of a call. */
  readonly slot: Date;
  readonly configuration: string;
  /** As it stands at the end of the run. */
  readonly stored: StoredToken;
  readonly failure?: Failure | undefined;
  /** Zoho's silences that this execution environment knows of. */
  readonly quiet: Silences;
  /** When the service accepted the stored token in this run. */
  readonly acceptedAt?: Date | undefined;
};

/** The record after a run. Pure and idempotent, so {@link update} may ask for it again at any time. */
export function advance(record: IncidentRecord, finding: Finding): IncidentRecord {
  const incident = advanceIncident(record, finding);
  return {
    ...record,
    quiet: withoutOld(mergeSilences(record.quiet, finding.quiet), finding.now),
    dead: advanceDead(record.dead, finding, incident !== undefined),
    incident: incident && withEnd(incident, finding),
  };
}

/** While an incident lasts, what on-call was alerted to may be a dead token that is no longer stored. */
function advanceDead(
  dead: IncidentRecord['dead'],
  { stored, now, acceptedAt }: Finding,
  hasIncident: boolean,
): IncidentRecord['dead'] {
  // Of two overlapping runs that were told different things the later answer counts.
  if (dead?.token === stored.versionId) return acceptedAt && acceptedAt >= dead.since ? undefined : dead;
  if (stored.isFoundDead) return { token: stored.versionId, since: now };
  return hasIncident ? dead : undefined;
}

function advanceIncident(record: IncidentRecord, finding: Finding): Incident | undefined {
  const { incident, claim } = record;
  // On-call may just have read that it is over: what fails from here on is another incident.
  if (claim?.alert === 'resolved') return incident;
  if (finding.failure !== undefined) return fail(incident, finding.failure, finding);
  const isUnknownToAll = incident?.told === undefined && claim === undefined;
  return isUnknownToAll && isHealed(record, finding) ? undefined : incident;
}

/** The incident is over once a faultless token stands in place of the one that it failed with. */
export function isHealed(
  { incident }: IncidentRecord,
  { stored, failure, now }: Pick<Finding, 'stored' | 'failure' | 'now'>,
): boolean {
  if (incident === undefined || failure !== undefined) return false;
  return stored.versionId !== incident.with.token && isFaultless(stored, now);
}

/** Whether a failure says nothing new to a person who knows of the incident. */
function isAside(incident: Incident, failure: Failure, { stored }: Finding): boolean {
  const { kind } = failureRow(incident.code);
  if (failure.isWait) return kind !== 'setting';
  if (kind !== 'operator' && kind !== 'throttle') return false;
  // A passing fault does not displace a diagnosis that a person must act on, nor Zoho's wish for silence. Nor does a
  // wrong setting that a probe finds with the old token; with a new one it shows that the rest is mended.
  const isOldToken = stored.versionId === incident.with.token;
  const found = failureRow(failure.code).kind;
  return found === 'transient' || (found === 'setting' && isOldToken);
}

/** The incident after one more failure. Without a standing one it begins. */
function fail(standing: Incident | undefined, failure: Failure, finding: Finding): Incident {
  if (standing !== undefined && isAside(standing, failure, finding)) return standing;
  const { code, message, isWait = false } = failure;
  const { now, stored, configuration } = finding;
  const same = standing !== undefined && isSameFailure(standing, failure, finding) ? standing : undefined;
  const early = same !== undefined && !isTryDue(same, finding) ? same : undefined;
  if (early?.code === code && waitsOf(code) !== undefined) return early;
  const tries = (same?.tries ?? 0) + (early === undefined && !isWait ? 1 : 0);
  const begins = isWait || failureRow(code).kind === 'transient' ? dueSince(stored, now) : now;
  // A token that is marked as faulty does not end an incident, so such tokens need not be remembered.
  const isMarked = code === 'setting_mismatch' && stored.document?.hasSettingFault === true;
  const token = (isMarked ? standing?.with.token : undefined) ?? stored.versionId;
  const credentials = failure.credentials ?? same?.with.credentials;
  return {
    code,
    message,
    since: standing?.since ?? begins,
    tries,
    due: early?.due ?? nextTry(code, tries, finding),
    with: { credentials, configuration, token },
    unusableFrom: standing?.with.token === stored.versionId ? standing.unusableFrom : undefined,
    told: standing?.told,
  };
}

/** With the end of the token that it failed with; of one that was found dead sooner, when that was first seen. */
function withEnd(incident: Incident, { stored, now }: Finding): Incident {
  if (stored.versionId !== incident.with.token) return incident;
  const end = stored.document?.expiresAt ?? now;
  const seen = isUsable(stored, now) ? end : now;
  const known = incident.unusableFrom ?? end;
  return { ...incident, unusableFrom: new Date(Math.min(seen.getTime(), known.getTime())) };
}

/** Of one kind, and with the same credentials and configuration as far as both depend on them. */
function isSameFailure(incident: Incident, failure: Failure, { configuration }: Finding): boolean {
  const { credentials = failure.credentials } = incident.with;
  if (configuration !== incident.with.configuration) return false;
  if (credentials !== (failure.credentials ?? credentials)) return false;
  return failureRow(failure.code).kind === failureRow(incident.code).kind;
}

/** Whether a tick of that slot, or a call of that time, has the next try; the jitter of slots is forgiven. */
export function isTryDue({ due }: Incident, { slot }: Pick<Finding, 'slot'>): boolean {
  return slot.getTime() + tickPrecisionMilliseconds >= due.getTime();
}

/** Waits count from the slot of this try; the last one repeats. A throttle's also count by the clock, less one minute. */
function nextTry(code: FailureCode, tries: number, { now, slot }: Pick<Finding, 'now' | 'slot'>): Date {
  const waits = waitsOf(code) ?? [];
  const wait = waits[Math.min(Math.max(tries, 1), waits.length) - 1] ?? defaultTickIntervalMilliseconds;
  const earliest = failureRow(code).kind === 'throttle' ? now.getTime() + wait - tickPrecisionMilliseconds : 0;
  return new Date(Math.max(slot.getTime() + wait, earliest));
}

/** When Zoho may be asked again after a throttle answer. */
export function silenceAfter({ incident }: IncidentRecord, finding: Pick<Finding, 'now' | 'slot'>): Date {
  const isThrottled = incident !== undefined && failureRow(incident.code).kind === 'throttle';
  const tries = isThrottled ? incident.tries + (isTryDue(incident, finding) ? 1 : 0) : 1;
  return nextTry('rate_limited', tries, finding);
}

/** All silences, of two of one refresh token the longer. */
export function mergeSilences(one: Silences, other: Silences): Silences {
  const merged: Record<string, Date> = { ...one };
  for (const [hash, until] of Object.entries(other)) {
    merged[hash] = new Date(Math.max(until.getTime(), merged[hash]?.getTime() ?? 0));
  }
  return merged;
}

function withoutOld(quiet: Silences, now: Date): Silences {
  const oldest = now.getTime() - silenceKeptMilliseconds;
  return Object.fromEntries(Object.entries(quiet).filter(([, until]) => until.getTime() > oldest));
}

/**
 * The record as it should be written, or `undefined` if a later run finds the change by itself: versions of a secret
 * are scarce. Codes without waits are found again by the next try, so only the alert that was sent is kept of them.
 */
export function worthWriting(before: IncidentRecord, after: IncidentRecord): IncidentRecord | undefined {
  const [old, changed] = [before, after].map((record) =>
    JSON.stringify({ ...record, incident: essenceOf(record.incident) }),
  );
  if (old === changed) return undefined;
  const { claim, incident } = after;
  // Whoever takes a claim over tells of its incident.
  const isTold = claim !== undefined || incident?.told !== undefined;
  return incident !== undefined && isPassing(incident) && !isTold ? { ...after, incident: undefined } : after;
}

/** A fault that may pass, or a silence that is waited out without a try: the next run finds it. */
function isPassing({ code, tries }: Incident): boolean {
  return tries === 0 || failureRow(code).kind === 'transient';
}

/** Of an incident, what a later run would not find by itself. */
function essenceOf(incident: Incident | undefined): unknown {
  if (incident === undefined || isPassing(incident)) return undefined;
  return waitsOf(incident.code) === undefined ? [incident.code, incident.with] : incident;
}
