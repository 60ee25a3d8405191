import type { Connection } from '../connections/read-connections.ts';
import { failureRow, remedyFor, waitsOf } from '../failure.ts';
import { criticalAtLifeLeft, defaultTickIntervalMilliseconds } from '../settings.ts';
import { dueSince, lifeLeftFraction, lifeLeftMilliseconds, type StoredToken } from '../stored-token.ts';
import { services } from '../zoho/services.ts';
import type { Incident, IncidentAlertState } from './record.ts';

/** The JSON event that machines receive; its fields are a contract. */
export type AlertEvent = {
  readonly version: 1;
  readonly state: IncidentAlertState | 'test';
  readonly severity: 'warning' | 'critical';
  readonly connection: string;
  readonly service: string;
  readonly code: string;
  /** What happened. */
  readonly summary: string;
  /** What apps feel, and when. */
  readonly impact: string;
  /** The one next step. */
  readonly remedy: string;
  readonly since: string;
  readonly attempts: number;
  /** `null` where nothing is stored. */
  readonly expires_at: string | null;
  readonly minutes_left: number;
  readonly runbook_url: string;
  readonly logs_url: string;
};

/** Where an alert points to. */
export type AlertLinks = { readonly runbookUrl: string; readonly logsUrl: string };

/** How things stand when an alert is written. */
export type AlertFacts = {
  readonly stored: StoredToken;
  readonly now: Date;
  /** Whether a good token stands by now. */
  readonly isOver: boolean;
};

/** Makes the alert about a step of an incident, as things stand at the time of telling. */
export function describeIncident(
  connection: Connection,
  state: IncidentAlertState,
  incident: Incident,
  facts: AlertFacts,
  links: AlertLinks,
): AlertEvent {
  const { stored, now } = facts;
  const isOver = state === 'resolved' || facts.isOver;
  const row = failureRow(incident.code);
  const left = lifeLeftMilliseconds(stored, now);
  const lasted = duration(now.getTime() - incident.since.getTime());
  return {
    version: 1,
    state,
    severity: lifeLeftFraction(stored, now) <= criticalAtLifeLeft ? 'critical' : 'warning',
    connection: connection.name,
    service: connection.service,
    code: incident.code,
    summary:
      state === 'resolved'
        ? `${connection.name} ${incident.told === undefined ? 'is well again, and this could not be said before: for' : 'has a good token again after'} ${lasted}; it ${was(row.title)}`
        : `${connection.name} ${row.title}: ${incident.message}`,
    impact: isOver
      ? `apps read a token that is valid until ${clock(stored.document?.expiresAt ?? now)}`
      : impactOf(connection, incident, stored, now),
    remedy: isOver ? 'Nothing more to do.' : remedyFor(incident.code, connection.name),
    since: incident.since.toISOString(),
    attempts: attemptsOf(incident, facts),
    expires_at: stored.document?.expiresAt.toISOString() ?? null,
    // Rounded up, so that 0 says one thing only: apps have no usable token.
    minutes_left: Math.ceil(left / 60_000),
    runbook_url: `${links.runbookUrl}#${incident.code}`,
    logs_url: links.logsUrl,
  };
}

/** Makes the alert that only shows the way alerts take. */
export function describeTest(now: Date, links: AlertLinks): AlertEvent {
  return {
    version: 1,
    state: 'test',
    severity: 'warning',
    connection: 'all',
    service: 'all',
    code: 'test',
    summary: 'this is a test alert: somebody asked for it with `npx zoho-tokens test-alert`',
    impact: 'none: apps are not touched',
    remedy: 'Nothing to do: that you read this shows that alerts arrive.',
    since: now.toISOString(),
    attempts: 0,
    expires_at: null,
    minutes_left: 0,
    runbook_url: `${links.runbookUrl}#test`,
    logs_url: links.logsUrl,
  };
}

/** Tries are counted if they wait; what every tick tries again is estimated, since no record is written for it. */
function attemptsOf({ code, since, tries }: Incident, { stored, now }: AlertFacts): number {
  if (waitsOf(code) !== undefined) return tries;
  // A passing fault that came in place of another is as old as the token is due.
  const due = dueSince(stored, now);
  const isLater = failureRow(code).kind === 'transient' && since < due && due < now;
  return (
    1 + Math.floor((now.getTime() - (isLater ? due : since).getTime()) / defaultTickIntervalMilliseconds)
  );
}

function impactOf({ service }: Connection, incident: Incident, stored: StoredToken, now: Date): string {
  const calls = services[service].operations;
  const left = lifeLeftMilliseconds(stored, now);
  if (left === 0) return `${calls} fail NOW: ${whyUnusable(stored, now)}`;
  const end = `${clock(stored.document?.expiresAt ?? now)}, in ${duration(left)}`;
  if (failureRow(incident.code).kind === 'setting') {
    return `the stored token works until ${end}, but ${calls} that use the wrong setting fail now`;
  }
  return `nothing yet: the stored token works until ${end}; then ${calls} fail`;
}

function whyUnusable({ document, isFoundDead }: StoredToken, now: Date): string {
  if (document === undefined) return 'no token is stored';
  if (isFoundDead) return 'the service rejects the stored token';
  return document.expiresAt <= now
    ? `the stored token expired at ${clock(document.expiresAt)}`
    : 'the stored value claims a lifetime that no Zoho token has';
}

/** `has lost its consent` becomes `had lost its consent`. */
function was(title: string): string {
  return title
    .replace(/^has /, 'had ')
    .replace(/^is /, 'was ')
    .replace(/^gets /, 'got ')
    .replace(/^cannot /, 'could not ');
}

/** `03:20 UTC on 2026-11-22`. */
export function clock(instant: Date): string {
  const [date, time] = instant.toISOString().split('T');
  return `${time?.slice(0, 5)} UTC on ${date}`;
}

/** `42 minutes`, `6 h 10 min`. */
export function duration(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  if (minutes < 120) return minutes === 1 ? '1 minute' : `${minutes} minutes`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
