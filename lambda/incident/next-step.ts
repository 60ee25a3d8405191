import type { FailureCode, FailureKind } from '../failure.ts';
import {
  functionTimeoutMilliseconds,
  publishRetryMilliseconds,
  reminderMilliseconds,
  tickPrecisionMilliseconds,
} from '../settings.ts';
import { isUsable, lifeLineOf, lifeLines, type StoredToken } from '../stored-token.ts';
import { judgeIncident } from './judge-incident.ts';
import type { Incident, IncidentAlertState, IncidentRecord } from './record.ts';
import { lastThrottledTry } from './waits.ts';

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
  if (record.step?.status === 'claimed') return takeOver(record, record.step, now);
  if (isHealed(record, situation)) {
    return record.incident?.openedAt === undefined
      ? { do: 'write', record: closed(record) }
      : tell(record, 'resolved', record.incident, situation);
  }
  const judged = judgeIncident(record.incident, situation);
  if (judged === undefined) {
    return record.state === 'closed' ? { do: 'nothing' } : { do: 'write', record: closed(record) };
  }
  const { incident, isWorthRecording } = judged;
  const alert = dueAlert(incident, situation);
  if (alert !== undefined) return tell(withThrottle(record, situation), alert, incident, situation);
  if (!isWorthRecording) return { do: 'nothing' };
  const state = incident.openedAt === undefined ? 'failing' : 'open';
  return {
    do: 'write',
    record: { ...withThrottle(record, situation), state, incident, healing: undefined },
  };
}

/** Whether a run that wrote at that time may still be at work. */
export function isYoung(at: Date, now: Date): boolean {
  return now.getTime() - at.getTime() <= functionTimeoutMilliseconds;
}

/** A claim of a run that is dead, or that could not publish, is claimed again: at once, then every half hour. */
function takeOver(record: IncidentRecord, step: NonNullable<IncidentRecord['step']>, now: Date): NextStep {
  if (isYoung(step.at, now) || record.incident === undefined) return { do: 'nothing' };
  const age = now.getTime() - step.at.getTime();
  const isTime = step.claims === 1 || age >= publishRetryMilliseconds - tickPrecisionMilliseconds;
  if (!isTime) return { do: 'report pending alert', alert: step.alert };
  const { incident } = record;
  return { ...claim(record, step.alert, incident, now, step.claims + 1), isTakenOver: true };
}

/** The incident is over once a faultless token stands where another, or nothing, stood when it was recorded. */
export function isHealed({ incident }: IncidentRecord, { stored, failure, now }: Situation): boolean {
  return (
    incident !== undefined &&
    failure === undefined &&
    stored.versionId !== incident.tokenVersion &&
    isUsable(stored, now) &&
    stored.document?.hasSettingFault === false
  );
}

function dueAlert(incident: Incident, { stored, now }: Situation): IncidentAlertState | undefined {
  const line = lifeLineOf(stored, now);
  const needsPerson = incident.kind === 'operator' || incident.kind === 'setting';
  if (incident.openedAt === undefined) return needsPerson || line !== 'enough' ? 'open' : undefined;
  const urgency: Record<FailureKind, number> = { transient: 0, throttle: 0, setting: 1, operator: 2 };
  if (urgency[incident.kind] > urgency[incident.toldKind ?? 'transient']) return 'escalated';
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
  before: Incident,
  situation: Situation,
): NextStep {
  const { now, stored } = situation;
  const openedAt = before.openedAt ?? now;
  const urgency: FailureKind[] = ['transient', 'throttle', 'setting', 'operator'];
  const toldKind =
    urgency[Math.max(urgency.indexOf(before.kind), urgency.indexOf(before.toldKind ?? 'transient'))];
  const incident: Incident = {
    ...before,
    openedAt,
    toldKind,
    toldLine: lifeLineOf(stored, now),
    toldLineOf: stored.versionId,
    reminders: remindersDue(openedAt, now),
  };
  return { ...claim(record, alert, incident, now, 1), isTakenOver: false };
}

function claim(
  record: IncidentRecord,
  alert: IncidentAlertState,
  incident: Incident,
  at: Date,
  claims: number,
) {
  const base: IncidentRecord = { ...record, state: 'open', incident, healing: undefined };
  const sent: IncidentRecord = { ...base, step: { alert, status: 'sent', at, claims } };
  return {
    do: 'tell' as const,
    alert,
    incident,
    claimed: { ...base, step: { alert, status: 'claimed' as const, at, claims } },
    sent: alert === 'resolved' ? closed(sent) : sent,
  };
}

/** What is left of a record when its connection is healthy: only what still holds Zoho's silence. */
function closed(record: IncidentRecord): IncidentRecord {
  return { ...record, state: 'closed', incident: undefined, healing: undefined };
}

/** Keeps when Zoho asked for silence, also where another failure takes the incident over. */
function withThrottle(record: IncidentRecord, { failure, slot, now }: Situation): IncidentRecord {
  const { throttle, incident } = record;
  const refreshTokenHash = failure?.throttledRefreshToken;
  const isStanding = incident?.kind === 'throttle' && throttle !== undefined;
  if (refreshTokenHash === undefined) {
    return isStanding
      ? { ...record, throttle: { ...throttle, at: lastThrottledTry(throttle, now) } }
      : record;
  }
  // The same throttle going on keeps its count, so that its waits grow.
  const isSame = isStanding && throttle.refreshTokenHash === refreshTokenHash;
  return {
    ...record,
    throttle: { refreshTokenHash, countedFrom: isSame ? throttle.countedFrom : slot, at: now },
  };
}
