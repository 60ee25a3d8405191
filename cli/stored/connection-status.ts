import type { Connection } from '../../lambda/connections/read-connections.ts';
import { type IncidentRecord, noRecord } from '../../lambda/incident/record.ts';
import { duration } from '../../lambda/incident/time-words.ts';
import type { SecretText } from '../../lambda/secret-text.ts';
import { isUsable, lifeLeftMilliseconds, lifeLineOf } from '../../lambda/stored-token.ts';
import { missingScopes } from '../../lambda/zoho/scopes.ts';
import type { ProbeVerdict } from '../../lambda/zoho/services/service.ts';
import { type Explanation, remedyFor } from '../remedies.ts';
import { type Paint, renderTable } from '../terminal.ts';
import type { Stored } from './stored.ts';

export type SeenBeside = {
  readonly hasCredentials: boolean;
  /** `false` only if it is known that the secret does not exist. */
  readonly hasSecret?: boolean | undefined;
  readonly lastTick?: Date | undefined;
  readonly probe?: ProbeVerdict | undefined;
};

/** How a connection stands, as `status` shows it; the keys are those of its JSON. */
export type ConnectionStatus = ReturnType<typeof describeConnection>;

/** Describes a connection from what is stored of it. Whatever is not known is `null`. */
export function describeConnection(connection: Connection, { token, record }: Stored, beside: SeenBeside, now: Date) {
  const { name, service, requiredScopes, optionalScopes } = connection;
  const { document } = token;
  const missing = (scopes: readonly string[]) => document?.scopes && missingScopes(scopes, document.scopes);
  return {
    connection: name,
    service: service as string,
    state: stateOf(token, beside, now) as ReturnType<typeof stateOf> | 'unreadable',
    minutes_left: Math.floor(lifeLeftMilliseconds(token, now) / 60_000) as number | null,
    expires_at: document?.expiresAt.toISOString() ?? null,
    last_refresh: document?.issuedAt.toISOString() ?? null,
    token: document === undefined ? null : maskToken(document.accessToken),
    missing_scopes: missing(requiredScopes) ?? null,
    missing_optional_scopes: missing(optionalScopes) ?? null,
    incident: describeIncident(name, record, now),
    last_tick: beside.lastTick?.toISOString() ?? null,
    probe: beside.probe?.verdict ?? ('not probed' as const),
    probe_reason: beside.probe?.reason ?? null,
    error: null as string | null,
    fix: null as string | null,
  };
}

/** A connection of which nothing could be read. */
export function describeUnreadable(connection: Connection, { error, fix }: Explanation, now: Date): ConnectionStatus {
  const nothing = { token: { versionId: '', document: undefined, isFoundDead: false }, record: noRecord, fields: {} };
  const known = describeConnection(connection, nothing, { hasCredentials: true }, now);
  return { ...known, state: 'unreadable', minutes_left: null, error, fix: fix ?? null };
}

function describeIncident(connection: string, { incident }: IncidentRecord, now: Date) {
  if (incident === undefined) return null;
  const { code, since, told, message } = incident;
  const age = duration(now.getTime() - since.getTime());
  const remedy = remedyFor(code, connection);
  return { code, since: since.toISOString(), age, told: told !== undefined, message, remedy };
}

/** `fresh`, or what is wrong with the stored token. */
function stateOf(token: Stored['token'], { hasCredentials, hasSecret, probe }: SeenBeside, now: Date) {
  if (hasSecret === false) return 'no secret';
  if (token.document === undefined) return hasCredentials ? 'not refreshed yet' : 'not set up';
  if (token.isFoundDead || probe?.verdict === 'rejected') return 'rejected';
  if (!isUsable(token, now)) return 'expired';
  return lifeLineOf(token, now) === 'enough' ? 'fresh' : 'ending soon';
}

/** E.g. `1000.****ab12`, enough to tell two tokens apart; of a value that has no token's shape nothing is shown. */
export function maskToken(token: SecretText): string {
  const [, prefix, tail] = /^(\d{4}\.)[0-9a-f.]{16,}([0-9a-f]{4})$/i.exec(token.reveal()) ?? [];
  return prefix === undefined ? '****' : `${prefix}****${tail}`;
}

/** Draws the table of `status`, and below it what is wrong with a connection, with its next step. */
export function renderStatus(rows: readonly ConnectionStatus[], place: string, now: Date, paint: Paint): string[] {
  const table = rows.map((row) => ({
    CONNECTION: row.connection,
    STATE: paintState(row, paint),
    LEFT: row.minutes_left === null || row.expires_at === null ? '-' : `${row.minutes_left} min`,
    'LAST REFRESH': ago(row.last_refresh, now),
    TOKEN: row.token ?? '-',
    PROBE: paintProbe(row, paint),
    'SCOPES MISSING': scopesOf(row),
    INCIDENT: row.incident === null ? '-' : `${row.incident.code}, ${row.incident.age}`,
    'LAST TICK': ago(row.last_tick, now),
  }));
  const deploy = 'deploy connections.json with `npx cdk deploy --strict`';
  return [
    paint.dim(`${place}, ${now.toISOString().slice(0, 19)}Z`),
    ...renderTable(table),
    ...rows.flatMap((row) => renderIncident(row, paint)),
    ...rows.flatMap(({ connection, error, fix }) =>
      error === null ? [] : next(paint.bad(`${connection}: ${error}`), fix),
    ),
    ...of(rows, 'no secret').flatMap((name) => next(`${name}: its secrets do not exist`, deploy)),
    ...of(rows, 'not set up').flatMap((name) =>
      next(`${name}: no credentials are stored`, `\`npx --no-install zoho-tokens authorize ${name}\``),
    ),
  ];
}

function of(rows: readonly ConnectionStatus[], wanted: ConnectionStatus['state']): string[] {
  return rows.filter(({ state }) => state === wanted).map(({ connection }) => connection);
}

function next(line: string, step: string | null): string[] {
  return ['', line, ...(step === null ? [] : [`  next: ${step}`])];
}

function renderIncident({ connection, incident }: ConnectionStatus, paint: Paint): string[] {
  if (incident === null) return [];
  const { code, age, told, message, remedy } = incident;
  const line = `${connection}: ${code} for ${age}${told ? '' : ' (on-call not alerted yet)'}`;
  return ['', paint.bad(line), `  why:  ${message}`, `  next: ${remedy}`];
}

function paintState({ state }: ConnectionStatus, paint: Paint): string {
  if (state === 'fresh') return paint.good(state);
  return state === 'ending soon' ? paint.warn(state) : paint.bad(state);
}

function paintProbe({ probe, probe_reason: reason }: ConnectionStatus, paint: Paint): string {
  if (probe === 'not probed') return paint.dim(probe);
  if (probe === 'accepted') return paint.good(probe);
  const said = `${probe} (${reason ?? ''})`;
  return probe === 'cannot tell' ? paint.warn(said) : paint.bad(said);
}

function scopesOf({ token, missing_scopes: missing, missing_optional_scopes: optional }: ConnectionStatus): string {
  if (token === null) return '-';
  if (missing === null) return 'unknown';
  const shown = [...missing, ...(optional ?? []).map((scope) => `${scope} (optional)`)];
  return shown.length === 0 ? 'none' : shown.join(', ');
}

function ago(instant: string | null, now: Date): string {
  return instant === null ? '-' : `${duration(now.getTime() - Date.parse(instant))} ago`;
}
