import type { Connection } from '../../lambda/connections/read-connections.ts';
import { remedyFor } from '../../lambda/failure.ts';
import { duration } from '../../lambda/incident/alert.ts';
import { isUsable, lifeLeftMilliseconds, lifeLineOf } from '../../lambda/stored-token.ts';
import { missingScopes } from '../../lambda/zoho/scopes.ts';
import { maskToken } from './mask-token.ts';
import type { Stored } from './read-stored.ts';

/** How a connection stands, as `status` shows it; the keys are those of its JSON. */
export type ConnectionStatus = {
  readonly connection: string;
  readonly service: string;
  /** `fresh`, or what is wrong with the stored token. */
  readonly state: 'fresh' | 'ending soon' | 'expired' | 'rejected' | 'not refreshed yet' | 'not set up';
  readonly minutes_left: number;
  readonly expires_at: string | null;
  readonly last_refresh: string | null;
  /** Prefix and last four characters, e.g. `1000.****ab12`. */
  readonly token: string | null;
  /** `null` where Zoho named no scopes. */
  readonly missing_scopes: readonly string[] | null;
  readonly missing_optional_scopes: readonly string[] | null;
  readonly incident: {
    readonly code: string;
    readonly since: string;
    readonly age: string;
    /** Whether on-call was told. */
    readonly told: boolean;
    readonly message: string;
    readonly remedy: string;
  } | null;
  readonly last_tick: string | null;
};

/** Describes a connection from what is stored of it. */
export function describeConnection(
  connection: Connection,
  { token, record }: Stored,
  hasCredentials: boolean,
  lastTick: Date | undefined,
  now: Date,
): ConnectionStatus {
  const { document } = token;
  const granted = document?.scopes;
  const { incident } = record;
  return {
    connection: connection.name,
    service: connection.service,
    state: stateOf(token, hasCredentials, now),
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
    last_tick: lastTick?.toISOString() ?? null,
  };
}

function stateOf(token: Stored['token'], hasCredentials: boolean, now: Date): ConnectionStatus['state'] {
  if (token.document === undefined) return hasCredentials ? 'not refreshed yet' : 'not set up';
  if (token.isFoundDead) return 'rejected';
  if (!isUsable(token, now)) return 'expired';
  return lifeLineOf(token, now) === 'enough' ? 'fresh' : 'ending soon';
}
