import { duration } from '../../lambda/incident/time-words.ts';
import type { Paint } from '../terminal/paint.ts';
import { renderTable } from '../terminal/table.ts';
import type { ConnectionStatus } from './describe-connection.ts';

/** Draws the table of `status`, and below it each open incident with its next step. */
export function renderStatus(rows: readonly ConnectionStatus[], place: string, now: Date, paint: Paint): string[] {
  const table = renderTable(
    ['CONNECTION', 'STATE', 'LEFT', 'LAST REFRESH', 'TOKEN', 'PROBE', 'SCOPES MISSING', 'INCIDENT', 'LAST TICK'],
    rows.map((row) => [
      row.connection,
      paintState(row, paint),
      row.minutes_left === null || row.expires_at === null ? '-' : `${row.minutes_left} min`,
      ago(row.last_refresh, now),
      row.token ?? '-',
      paintProbe(row, paint),
      scopesOf(row),
      row.incident === null ? '-' : `${row.incident.code}, ${row.incident.age}`,
      ago(row.last_tick, now),
    ]),
  );
  const incidents = rows.flatMap(({ connection, incident }) =>
    incident === null
      ? []
      : [
          '',
          paint.bad(
            `${connection}: ${incident.code} for ${incident.age}${incident.told ? '' : ' (on-call not alerted yet)'}`,
          ),
          `  why:  ${incident.message}`,
          `  next: ${incident.remedy}`,
        ],
  );
  const absent = rows
    .filter(({ state }) => state === 'not set up')
    .flatMap(({ connection }) => [
      '',
      `${connection}: no credentials are stored`,
      `  next: \`npx --no-install zoho-tokens authorize ${connection}\``,
    ]);
  const unknown = rows.flatMap(({ connection, error, fix }) =>
    error === null ? [] : ['', paint.bad(`${connection}: ${error}`), ...(fix === null ? [] : [`  next: ${fix}`])],
  );
  const undeployed = rows
    .filter(({ state }) => state === 'no secret')
    .flatMap(({ connection }) => [
      '',
      `${connection}: its secrets do not exist`,
      '  next: deploy connections.json with `npx cdk deploy --strict`',
    ]);
  return [
    paint.dim(`${place}, ${now.toISOString().slice(0, 19)}Z`),
    ...table,
    ...incidents,
    ...unknown,
    ...undeployed,
    ...absent,
  ];
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

function scopesOf(row: ConnectionStatus): string {
  const { missing_scopes: missing, missing_optional_scopes: optional } = row;
  if (row.token === null) return '-';
  if (missing === null) return 'unknown';
  const shown = [...missing, ...(optional ?? []).map((scope) => `${scope} (optional)`)];
  return shown.length === 0 ? 'none' : shown.join(', ');
}

function ago(instant: string | null, now: Date): string {
  return instant === null ? '-' : `${duration(now.getTime() - Date.parse(instant))} ago`;
}
