import type { Connection } from '../../lambda/connections/read-connections.ts';
import { duration } from '../../lambda/incident/time-words.ts';
import { isUsable, lifeLeftMilliseconds, lifeLineOf } from '../../lambda/stored-token.ts';
import { missingScopes } from '../../lambda/zoho/scopes.ts';
import type { ProbeVerdict } from '../../lambda/zoho/services/service.ts';
import { remedyFor } from '../remedies.ts';
import { maskToken } from './mask-token.ts';
import type { Stored } from './read-stored.ts';

/** How a connection stands, as `status` shows it; the keys are those of its JSON. */
export type ConnectionStatus = {
  readonly connection: string;
  readonly service: string;
  /** `fresh`, or what is wrong with the stored token. */
  readonly state:
    | 'fresh'
    | 'ending soon'
    | 'expired'
    | 'rejected'
    | 'not refreshed yet'
    | 'not set up'
    | 'no secret'
    | 'unreadable';
  /** `null` if it is not known. */
  readonly minutes_left: number | null;
  readonly expires_at: string | null;
  readonly last_refresh: string | null;
  /** Prefix and last four characters, e.g. `1000.****ab12`. */
  readonly token: string | null;
  /** `null` if Zoho named no scopes. */
  readonly missing_scopes: readonly string[] | null;
  readonly missing_optional_scopes: readonly string[] | null;
  readonly incident: {
    readonly code: string;
    readonly since: string;
    readonly age: string;
    /** Whether on-call was alerted. */
    readonly told: boolean;
    readonly message: string;
    readonly remedy: string;
  } | null;
  readonly last_tick: string | null;
  /** What the service said just now; `not probed` unless it was asked. */
  readonly probe: ProbeVerdict['verdict'] | 'not probed';
  readonly probe_reason: string | null;
  /** Why nothing is known of this connection, and what to do. */
  readonly error: string | null;
  readonly fix: string | null;
};

/** A connection of which nothing could be read. */
export function describeUnreadable(
  { name, service }: Connection,
  { error, fix }: { readonly error: string; readonly fix: string | undefined },
): ConnectionStatus {
  return {
    connection: name,
    service,
    state: 'unreadable',
    minutes_left: null,
    expires_at: null,
    last_refresh: null,
    token: null,
    missing_scopes: null,
    missing_optional_scopes: null,
    incident: null,
    last_tick: null,
    probe: 'not probed',
    probe_reason: null,
    error,
    fix: fix ?? null,
  };
}

/** What is known beside the two documents. */
export type SeenBeside = {
  readonly hasCredentials: boolean;
  /** `false` only if it is known that the secret does not exist. */
  readonly hasSecret?: boolean | undefined;
  readonly lastTick?: Date | undefined;
  readonly probe?: ProbeVerdict | undefined;
};

/** Describes a connection from what is stored of it. */
export function describeConnection(
  connection: Connection,
  { token, record }: Stored,
  beside: SeenBeside,
  now: Date,
): ConnectionStatus {
  const { document } = token;
  const granted = document?.scopes;
  const { incident } = record;
  return {
    connection: connection.name,
    service: connection.service,
    state: stateOf(token, beside, now),
    minutes_left: Math.floor(lifeLeftMilliseconds(token, now) / 60_000),
    expires_at: document?.expiresAt.toISOString() ?? null,
    last_refresh: document?.issuedAt.toISOString() ?? null,
    token: document === undefined ? null : maskToken(document.accessToken),
    missing_scopes: granted === undefined ? null : missingScopes(connection.requiredScopes, granted),
    missing_optional_scopes: granted === undefined ? null : missingScopes(connection.optionalScopes, granted),
    incident:
      incident === undefined
        ? null
        : {
            code: incident.code,
            since: incident.since.toISOString(),
            age: duration(now.getTime() - incident.since.getTime()),
            told: incident.told !== undefined,
            message: incident.message,
            remedy: remedyFor(incident.code, connection.name),
          },
    last_tick: beside.lastTick?.toISOString() ?? null,
    probe: beside.probe?.verdict ?? 'not probed',
    probe_reason: beside.probe?.reason ?? null,
    error: null,
    fix: null,
  };
}

function stateOf(token: Stored['token'], beside: SeenBeside, now: Date): ConnectionStatus['state'] {
  const { hasCredentials, hasSecret, probe } = beside;
  if (hasSecret === false) return 'no secret';
  if (token.document === undefined) return hasCredentials ? 'not refreshed yet' : 'not set up';
  if (token.isFoundDead || probe?.verdict === 'rejected') return 'rejected';
  if (!isUsable(token, now)) return 'expired';
  return lifeLineOf(token, now) === 'enough' ? 'fresh' : 'ending soon';
}
