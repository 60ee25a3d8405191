import type { Credentials } from './aws/credentials-secret.ts';
import { configurationHash } from './aws/token-document.ts';
import type { Connection } from './connections/read-connections.ts';
import { failureRow, waitsOf } from './failure.ts';
import { isHealed, isTryDue, mergeSilences } from './incident/advance.ts';
import { isYoung } from './incident/due-alert.ts';
import type { Incident, IncidentRecord, Silences } from './incident/record.ts';
import {
  defaultTickIntervalMilliseconds,
  onDemandRequestsPerWindow,
  onDemandRequestsUnproven,
  onDemandWindowMilliseconds,
  refreshAtLifeLeft,
  tickPrecisionMilliseconds,
  youngTokenMilliseconds,
} from './settings.ts';
import { isUsable, lifeLeftFraction, type StoredToken } from './stored-token.ts';
import type { ProbeVerdict } from './zoho/services/service.ts';

/** Why a run looks at a connection: its tick has come, or an app or an operator calls. */
export type Trigger =
  | { readonly kind: 'tick'; readonly slot: Date }
  | { readonly kind: 'call'; readonly reason: 'unauthorized' | 'operator'; readonly force: boolean };

/** All that a run has seen when it decides; with what the service said of the stored token, if it was asked. */
export type View = Partial<ProbeVerdict> & {
  readonly now: Date;
  readonly trigger: Trigger;
  readonly connection: Connection;
  readonly stored: StoredToken;
  readonly record: IncidentRecord;
  /** Zoho's silences that this execution environment knows of. */
  readonly quiet: Silences;
};

/** The incident as far as it goes on: a good token that stands by now has ended it. */
export function standingIncident({ record, stored, now }: View): Incident | undefined {
  return isHealed(record, { stored, now, failure: undefined }) ? undefined : record.incident;
}

/** Whether the stored token is probed in this run: for every call, and on the first tick of each interval; 0 has none. */
export function isProbeWanted(trigger: Trigger, interval: number): boolean {
  if (trigger.kind === 'call') return true;
  return trigger.slot.getTime() % interval < defaultTickIntervalMilliseconds;
}

/**
 * Whether the connection needs a new token. An app that got a 401 needs one unless the service says that the stored one
 * is good. An operator's call refreshes nothing that is two minutes old, unless the service refuses it.
 */
export function isTokenNeeded(view: View): boolean {
  const { trigger, stored, now, verdict } = view;
  if (verdict === 'rejected' || verdict === 'lacks scope' || stored.isFoundDead) return true;
  if (trigger.kind === 'tick') return isDue(view);
  if (trigger.reason === 'unauthorized') return verdict === 'cannot tell' || !isUsable(stored, now);
  const age = now.getTime() - (stored.document?.issuedAt.getTime() ?? 0);
  return Math.abs(age) >= youngTokenMilliseconds && (trigger.force || isDue(view));
}

/** Two thirds of the life are left, the configuration changed, or no token was stored since a refresh failed. */
function isDue(view: View): boolean {
  const { connection, stored, now } = view;
  if (lifeLeftFraction(stored, now) <= refreshAtLifeLeft) return true;
  const configuration = stored.document?.configuration;
  if (configuration !== undefined && configuration !== configurationHash(connection)) return true;
  const incident = standingIncident(view);
  const hasFailed = incident !== undefined && failureRow(incident.code).kind !== 'setting';
  return hasFailed && incident.with.token === stored.versionId;
}

/**
 * Whether Zoho may be asked now for the token that is needed.
 * Changed credentials or a changed configuration end every wait at once; a throttle is waited out by its refresh token.
 * @returns `throttled` if Zoho wants silence from this refresh token, whatever else changes.
 */
export function mayAsk(view: View, credentials: Credentials): 'ask' | 'wait' | 'throttled' {
  const { record, now, trigger } = view;
  const until = mergeSilences(record.quiet, view.quiet)[credentials.refreshTokenHash];
  if (until !== undefined && !isOver(until, trigger, now)) return 'throttled';
  if (isOthersTurn(view)) return 'wait';
  const incident = standingIncident(view);
  if (incident === undefined) return 'ask';
  const { credentials: failed = credentials.versionId, configuration } = incident.with;
  const hasChanged = failed !== credentials.versionId || configuration !== configurationHash(view.connection);
  if (hasChanged || failureRow(incident.code).kind === 'throttle') return 'ask';
  if (trigger.kind === 'call') return trigger.force || now >= incident.due ? 'ask' : 'wait';
  return waitsOf(incident.code) === undefined || isTryDue(incident, trigger) ? 'ask' : 'wait';
}

/** A silence is measured in slots for ticks, whose jitter is forgiven; a call waits for the whole of it. */
function isOver(until: Date, trigger: Trigger, now: Date): boolean {
  const jitter = tickPrecisionMilliseconds;
  if (trigger.kind === 'call') return now.getTime() >= until.getTime() + jitter;
  return trigger.slot >= until && now.getTime() >= until.getTime() - jitter;
}

/** Another call may be at Zoho at this moment, or calls have used up what they may ask. */
function isOthersTurn({ record, now, trigger, stored, verdict }: View): boolean {
  const last = record.asked.at(-1);
  if (last !== undefined && isYoung(last, now)) return true;
  if (trigger.kind === 'tick') return false;
  const isUnproven = verdict === 'cannot tell' && trigger.reason === 'unauthorized' && isUsable(stored, now);
  const budget = isUnproven ? onDemandRequestsUnproven : onDemandRequestsPerWindow;
  return recentlyAsked(record, now).length >= budget;
}

/** Requests of calls that still count. */
export function recentlyAsked({ asked }: IncidentRecord, now: Date): readonly Date[] {
  return asked.filter((at) => now.getTime() - at.getTime() < onDemandWindowMilliseconds);
}
