import type { FailureCode, FailureKind } from '../failure.ts';
import {
  functionTimeoutMilliseconds,
  publishRetryMilliseconds,
  reminderMilliseconds,
  tickPrecisionMilliseconds,
} from '../settings.ts';
import { isFaultless, lifeLineOf, lifeLines, type StoredToken } from '../stored-token.ts';
import { judgeIncident } from './judge-incident.ts';
import {
  type Incident,
  type IncidentAlertState,
  type IncidentRecord,
  type Step,
  throttledAnew,
} from './record.ts';

/** A failure that this run judged. */
export type JudgedFailure = {
  readonly code: FailureCode;
  readonly kind: FailureKind;
  readonly message: string;
  readonly credentialsVersion: string | undefined;
  /** Hash of the refresh token that was throttled; `undefined` for every other code. */
  readonly throttledRefreshToken: string | undefined;
};

/** Everything that a run knows when it comes to telling. */
export type Situation = {
  readonly now: Date;
  /** Where the waits of a new failure count from: the tick's slot. */
  readonly slot: Date;
  readonly configuration: string;
  /** As it stands at the end of the run; its `versionId` is known, for a first version is written before any record. */
  readonly stored: StoredToken;
  readonly failure: JudgedFailure | undefined;
};

/** What a run does next about the record. */
export type NextStep =
  | { readonly do: 'nothing' }
  /** An alert is claimed and not published, and its time has not come again: somebody else must hear. */
  | { readonly do: 'report pending alert'; readonly alert: IncidentAlertState }
  | { readonly do: 'write'; readonly record: IncidentRecord }
  | {
      readonly do: 'tell';
      readonly alert: IncidentAlertState;
      readonly incident: Incident;
      readonly claimed: IncidentRecord;
      readonly sent: IncidentRecord;
      /** Taken over from a run that claimed it and never recorded that it was sent. */
      readonly isTakenOver: boolean;
    };

/**
 * Decides the one next step from what is recorded and what this run found.
 *
 * Pure: a run asks again after each step it has carried out, until there is nothing to do.
 */
export function nextStep(record: IncidentRecord, situation: Situation): NextStep {
  const { now } = situation;
  if (record.healing !== undefined && isYoung(record.healing.at, now)) return { do: 'nothing' };
  const { step } = record;
  const isClaimed = step?.status === 'claimed';
  if (isClaimed && isYoung(step.at, now)) return { do: 'nothing' };
  const judged = judgeIncident(record.incident, situation);
  // What later runs must know is recorded before anything is told, and also while an alert waits for SNS.
  if (isClaimed && judged?.isWorthRecording === true) return write(record, judged.incident, situation);
  if (isClaimed) return takeOver(record, step, situation);
  if (isHealed(record, situation)) {
    return record.incident?.openedAt === undefined
      ? { do: 'write', record: closed(record) }
      : tell(record, 'resolved', record.incident, situation);
  }
  if (judged === undefined) {
    return record.state === 'closed' ? { do: 'nothing' } : { do: 'write', record: closed(record) };
  }
  const { incident, isWorthRecording } = judged;
  const alert = dueAlert(incident, situation);
  if (alert !== undefined) return tell(withThrottle(record, situation), alert, incident, situation);
  return isWorthRecording ? write(record, incident, situation) : { do: 'nothing' };
}

function write(record: IncidentRecord, incident: Incident, situation: Situation): NextStep {
  const state = incident.openedAt === undefined ? 'failing' : 'open';
  return { do: 'write', record: { ...withThrottle(record, situation), state, incident, healing: undefined } };
}

/** Whether a run that wrote at that time may still be at work. */
export function isYoung(at: Date, now: Date): boolean {
  return now.getTime() - at.getTime() <= functionTimeoutMilliseconds;
}

/** A claim of a run that is dead, or that could not publish, is claimed again: at once, then every half hour. */
function takeOver(record: IncidentRecord, step: Step, situation: Situation): NextStep {
  const { incident } = record;
  if (incident === undefined) return { do: 'write', record: closed({ ...record, step: undefined }) };
  const age = situation.now.getTime() - step.at.getTime();
  const isTime = step.claims === 1 || age >= publishRetryMilliseconds - tickPrecisionMilliseconds;
  if (!isTime) return { do: 'report pending alert', alert: step.alert };
  // It tells how things are now, so lines that were crossed meanwhile are told by it too.
  const told = asTold({ ...incident, toldKind: step.toldBefore }, situation);
  const again = { alert: step.alert, claims: step.claims + 1, toldBefore: step.toldBefore };
  return { ...claim(record, again, told, situation.now), isTakenOver: true };
}

/** The incident is over once a faultless token stands where another, or nothing, stood when it was recorded. */
export function isHealed({ incident }: IncidentRecord, { stored, failure, now }: Situation): boolean {
  return (
    incident !== undefined &&
    failure === undefined &&
    stored.versionId !== incident.tokenVersion &&
    isFaultless(stored, now)
  );
}

function dueAlert(incident: Incident, { stored, now }: Situation): IncidentAlertState | undefined {
  const line = lifeLineOf(stored, now);
  const needsPerson = incident.kind === 'operator' || incident.kind === 'setting';
  if (incident.openedAt === undefined) return needsPerson || line !== 'enough' ? 'open' : undefined;
  const hasTurned = urgencies.indexOf(incident.kind) > urgencies.indexOf(incident.toldKind ?? 'transient');
  if (hasTurned && needsPerson) return 'escalated';
  const told = incident.toldLineOf === stored.versionId ? incident.toldLine : 'enough';
  const isUrgentLine = line === 'critical' || line === 'expired';
  if (isUrgentLine && lifeLines.indexOf(line) > lifeLines.indexOf(told)) return 'escalated';
  return remindersDue(incident.openedAt, now) > incident.reminders ? 'reminder' : undefined;
}

function remindersDue(openedAt: Date, now: Date): number {
  return Math.floor((now.getTime() - openedAt.getTime() + tickPrecisionMilliseconds) / reminderMilliseconds);
}

function tell(
  record: IncidentRecord,
  alert: IncidentAlertState,
  incident: Incident,
  situation: Situation,
): NextStep {
  const told = asTold(incident, situation);
  const first = { alert, claims: 1, toldBefore: incident.toldKind };
  return { ...claim(record, first, told, situation.now), isTakenOver: false };
}

/** From the least to the most urgent: what a turn for the worse is measured by. */
const urgencies: readonly FailureKind[] = ['transient', 'throttle', 'setting', 'operator'];

/** The incident with what on-call will know of it once the alert is out. */
function asTold(incident: Incident, { now, stored }: Situation): Incident {
  const openedAt = incident.openedAt ?? now;
  const told = [incident.kind, incident.toldKind ?? 'transient'].map((kind) => urgencies.indexOf(kind));
  return {
    ...incident,
    openedAt,
    toldKind: urgencies[Math.max(...told)],
    toldLine: lifeLineOf(stored, now),
    toldLineOf: stored.versionId,
    reminders: remindersDue(openedAt, now),
  };
}

function claim(
  record: IncidentRecord,
  { alert, claims, toldBefore }: Pick<Step, 'alert' | 'claims' | 'toldBefore'>,
  incident: Incident,
  at: Date,
) {
  const base: IncidentRecord = { ...record, state: 'open', incident, healing: undefined };
  const sent: IncidentRecord = { ...base, step: { alert, status: 'sent', at, claims } };
  return {
    do: 'tell' as const,
    alert,
    incident,
    claimed: { ...base, step: { alert, status: 'claimed' as const, at, claims, toldBefore } },
    sent: alert === 'resolved' ? closed(sent) : sent,
  };
}

/** What is left of a record when its connection is healthy: only what still holds Zoho's silence. */
function closed(record: IncidentRecord): IncidentRecord {
  return { ...record, state: 'closed', incident: undefined, healing: undefined };
}

/** Keeps when Zoho asked for silence: every answer, because none may be followed by a request too soon. */
export function withThrottle(record: IncidentRecord, { failure, now, slot }: Situation): IncidentRecord {
  const refreshTokenHash = failure?.throttledRefreshToken;
  if (refreshTokenHash === undefined) return record;
  return { ...record, throttle: throttledAnew(record, refreshTokenHash, now, slot) };
}

/** Whether the record knows of the silence that Zoho asked this run for; true where it asked for none. */
export function isSilenceRecorded({ throttle }: IncidentRecord, { failure, now }: Situation): boolean {
  const refreshTokenHash = failure?.throttledRefreshToken;
  if (refreshTokenHash === undefined) return true;
  return throttle?.refreshTokenHash === refreshTokenHash && throttle.at >= now;
}
