import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { chooseProbe } from '../../../lambda/zoho/probe.ts';
import { missingScopes } from '../../../lambda/zoho/scopes.ts';
import type { Service } from '../../../lambda/zoho/services.ts';
import { services } from '../../../lambda/zoho/services.ts';

/** One read of a service, and the assumption that its answer settles. */
export type Question = {
  /** With the error code that is expected, e.g. `desk.INVALID_OAUTH`; else a shape, e.g. `desk.read`. */
  readonly id: string;
  readonly path: string;
  /** The token is sent as it is, changed in one character, or left out. */
  readonly token?: 'changed' | 'none';
  /** Headers in place of the service's own. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** A read that is not made, and why. */
export type Unasked = { readonly id: string; readonly why: string };

/** Organisations and apps have long numbers: nobody's is this. */
const nobody = '1';
const noPortal = 'zoho-tokens-verify-no-such-portal';

const withoutOrgId: Readonly<Record<string, string>> = {};

type Read = readonly [scope: string, path: string];

/** What each service is asked beside its probe; `probe` is the path that the token may read. */
const rooms: Readonly<
  Record<
    Service,
    {
      readonly rejects: string;
      readonly lacksScope: string;
      readonly reads: (connection: Connection) => readonly Read[];
      readonly others: (
        connection: Connection,
        probe: string,
      ) => readonly (Question & { readonly scope?: string })[];
    }
  >
> = {
  salesiq: {
    rejects: 'salesiq.1008',
    lacksScope: 'salesiq.1009',
    reads: ({ settings: { screen_name, app_id = nobody } }) => [
      ['SalesIQ.departments.READ', `/api/v2/${screen_name}/departments`],
      ['SalesIQ.conversations.READ', `/api/v2/${screen_name}/conversations`],
      ['SalesIQ.apps.READ', `/api/v2/${screen_name}/apps/${app_id}`],
    ],
    others: ({ settings: { screen_name } }, probe) => [
      { id: 'salesiq.read', path: probe },
      { id: 'salesiq.1002', path: probe, token: 'none' },
      { id: 'salesiq.1005', path: probe.replace(`/${screen_name}/`, `/${noPortal}/`) },
      { id: 'salesiq.1006', path: `/api/v2/${screen_name}/no-such-resource` },
      { id: 'salesiq.1019', path: `/api/v2/${screen_name}/apps/${nobody}`, scope: 'SalesIQ.apps.READ' },
    ],
  },
  desk: {
    rejects: 'desk.INVALID_OAUTH',
    lacksScope: 'desk.SCOPE_MISMATCH',
    reads: () => [
      ['Desk.tickets.READ', '/api/v1/tickets?limit=1'],
      ['Desk.calls.READ', '/api/v1/calls?limit=1'],
      ['Desk.basic.READ', '/api/v1/departments?limit=1'],
    ],
    others: (_connection, probe) => [
      { id: 'desk.read', path: '/api/v1/departments?limit=1', scope: 'Desk.departments.READ' },
      { id: 'desk.empty', path: '/api/v1/departments?from=1000&limit=1', scope: 'Desk.departments.READ' },
      { id: 'desk.UNAUTHORIZED', path: probe, token: 'none' },
      { id: 'desk.UNPROCESSABLE_ENTITY', path: probe, headers: { orgId: nobody } },
      { id: 'desk.no_org_id', path: probe, headers: withoutOrgId },
      { id: 'desk.URL_NOT_FOUND', path: '/api/v1/no-such-resource' },
      { id: 'desk.INVALID_DATA', path: '/api/v1/departments?limit=0', scope: 'Desk.departments.READ' },
    ],
  },
  crm: {
    rejects: 'crm.INVALID_TOKEN',
    lacksScope: 'crm.OAUTH_SCOPE_MISMATCH',
    reads: () => [
      ['ZohoCRM.users.READ', '/crm/v8/users?type=CurrentUser'],
      ['ZohoCRM.org.READ', '/crm/v8/org'],
    ],
    others: () => [{ id: 'crm.INVALID_URL_PATTERN', path: '/crm/v8/no-such-resource' }],
  },
};

/**
 * The reads of one connection; none of them changes anything.
 *
 * @param scopes - What the token holds; `undefined` where Zoho named none: the required ones are assumed.
 */
export function questionsOf(
  connection: Connection,
  scopes: readonly string[] = connection.requiredScopes,
): { readonly questions: readonly Question[]; readonly unasked: readonly Unasked[] } {
  const { rejects, lacksScope, reads, others } = rooms[connection.service];
  const probe = chooseProbe(connection, scopes);
  const holds = (scope: string) => missingScopes([scope], scopes).length === 0;
  if (probe?.isCovered !== true) {
    const ids = ['zoho.probe', rejects, ...others(connection, '').map(({ id }) => id)];
    return { questions: [], unasked: ids.map((id) => ({ id, why: 'the grant covers no harmless read' })) };
  }
  const all = others(connection, probe.path);
  const uncovered = reads(connection).find(([scope]) => !holds(scope));
  return {
    questions: [
      { id: 'zoho.probe', path: probe.path },
      { id: rejects, path: probe.path, token: 'changed' },
      ...(uncovered === undefined ? [] : [{ id: lacksScope, path: uncovered[1] }]),
      ...all.filter(({ scope }) => scope === undefined || holds(scope)),
    ],
    unasked: [
      ...(uncovered === undefined
        ? [{ id: lacksScope, why: 'the grant covers every read that is known here' }]
        : []),
      ...all
        .filter(({ scope }) => scope !== undefined && !holds(scope))
        .map(({ id, scope }) => ({ id, why: `the grant lacks ${scope}` })),
    ],
  };
}

/** What the service is sent beside the token. */
export function headersOf({ service, settings }: Connection, question: Question): Record<string, string> {
  return { ...(question.headers ?? services[service].headers?.(settings)) };
}
