import { duration } from '../../lambda/incident/time-words.ts';
import { type Paint, renderTable } from '../terminal/paint.ts';
import type { ConnectionStatus } from './describe-connection.ts';

const head = [
  'CONNECTION',
  'STATE',
  'LEFT',
  'LAST REFRESH',
  'TOKEN',
  'PROBE',
  'SCOPES MISSING',
  'INCIDENT',
  'LAST TICK',
];

/** Draws the table of `status`, and below it what is wrong with a connection, with its next step. */
export function renderStatus(rows: readonly ConnectionStatus[], place: string, now: Date, paint: Paint): string[] {
  const table = rows.map((row) => [
    row.connection,
    paintState(row, paint),
    row.minutes_left === null || row.expires_at === null ? '-' : `${row.minutes_left} min`,
    ago(row.last_refresh, now),
    row.token ?? '-',
    paintProbe(row, paint),
    scopesOf(row),
    row.incident === null ? '-' : `${row.incident.code}, ${row.incident.age}`,
    ago(row.last_tick, now),
  ]);
  const deploy = 'deploy connections.json with `npx cdk deploy --strict`';
  return [
    paint.dim(`${place}, ${now.toISOString().slice(0, 19)}Z`),
    ...renderTable(head, table),
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
