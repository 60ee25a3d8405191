import type { Connection } from '../connections/read-connections.ts';
import { missingScopes } from './scopes.ts';

/** A read of the service's own API that changes nothing. */
export type Probe = {
  /** Path and query on the service's host. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether "the scope is missing" is a fault: the connection requires the scope that this read needs. */
  readonly provesScope: boolean;
  /** The setting that "no such resource" proves wrong, e.g. `app_id`. */
  readonly provesSetting?: string;
};

/**
 * Chooses the cheapest read that the token is allowed to make, and that proves most.
 *
 * @param scopes - What the token is known to hold; `undefined` where Zoho named none: the required ones are assumed.
 * @returns `undefined` where every call that the token could make would change something.
 */
export function chooseProbe(
  connection: Connection,
  scopes: readonly string[] | undefined,
): Probe | undefined {
  return connection.service === 'desk' ? deskProbe(connection, scopes) : salesiqProbe(connection, scopes);
}

function deskProbe(connection: Connection, scopes: readonly string[] | undefined): Probe {
  const headers = { orgId: connection.settings.org_id ?? '' };
  const departments = readFor(connection, scopes, 'Desk.departments.READ');
  if (departments !== undefined) return { path: '/api/v1/departments?limit=1', headers, ...departments };
  // Even without the scope for it: a refusal for want of a scope proves the token alive, a 401 proves it dead.
  const calls = readFor(connection, scopes, 'Desk.calls.READ') ?? { provesScope: false };
  return { path: '/api/v1/calls?limit=1', headers, ...calls };
}

function salesiqProbe(connection: Connection, scopes: readonly string[] | undefined): Probe | undefined {
  const { screen_name: screenName, app_id: appId } = connection.settings;
  const portal = `/api/v2/${screenName}`;
  const conversations = readFor(connection, scopes, 'SalesIQ.conversations.READ');
  if (conversations !== undefined) return { path: `${portal}/conversations`, headers: {}, ...conversations };
  const departments = readFor(connection, scopes, 'SalesIQ.departments.READ');
  if (departments !== undefined) return { path: `${portal}/departments`, headers: {}, ...departments };
  const apps = readFor(connection, scopes, 'SalesIQ.apps.READ');
  if (apps === undefined || appId === undefined) return undefined;
  return { path: `${portal}/apps/${appId}`, headers: {}, ...apps, provesSetting: 'app_id' };
}

/** `undefined` where the token is not expected to hold the scope. */
function readFor(
  { requiredScopes }: Connection,
  scopes: readonly string[] | undefined,
  needed: string,
): { provesScope: boolean } | undefined {
  const isRequired = missingScopes([needed], requiredScopes).length === 0;
  const isHeld = missingScopes([needed], scopes ?? requiredScopes).length === 0;
  return isHeld ? { provesScope: isRequired } : undefined;
}
