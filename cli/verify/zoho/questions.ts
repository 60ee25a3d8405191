import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { chooseProbe } from '../../../lambda/zoho/probe.ts';
import { missingScopes } from '../../../lambda/zoho/scopes.ts';
import type { Service } from '../../../lambda/zoho/services.ts';

/** One read of a service, and the assumption that its answer settles. */
export type Question = {
  /** With the error code that is expected, e.g. `desk.INVALID_OAUTH`; else a shape, e.g. `desk.read`. */
  readonly id: string;
  readonly path: string;
  readonly token?: 'changed' | 'none';
  readonly headers?: Readonly<Record<string, string>>;
  /** Why it is not asked. */
  readonly whyNot?: string | undefined;
};

/** Organisations and apps have long numbers: nobody's is this. */
const nobody = '1';
const noPortal = 'zoho-tokens-verify-no-such-portal';

/** What a service is asked beside its probe. */
type Room = {
  readonly lacksScope: string;
  /** Reads by the scope that they need: one that the token lacks is tried. */
  readonly reads: Readonly<Record<string, string>>;
  readonly others: readonly (Question & { readonly scope?: string })[];
};

/** @param probe - The path that the token may read. */
function roomOf({ service, settings }: Connection, probe: string): Room {
  const { screen_name, app_id = nobody } = settings;
  const [portal, departments] = [`/api/v2/${screen_name}`, '/api/v1/departments'];
  const scope = 'Desk.departments.READ';
  const rooms: Readonly<Record<Service, Room>> = {
    salesiq: {
      lacksScope: 'salesiq.1009',
      reads: {
        'SalesIQ.departments.READ': `${portal}/departments`,
        'SalesIQ.conversations.READ': `${portal}/conversations`,
        'SalesIQ.apps.READ': `${portal}/apps/${app_id}`,
      },
      others: [
        { id: 'salesiq.1008', path: probe, token: 'changed' },
        { id: 'salesiq.read', path: probe },
        { id: 'salesiq.1002', path: probe, token: 'none' },
        { id: 'salesiq.1005', path: probe.replace(`/${screen_name}/`, `/${noPortal}/`) },
        { id: 'salesiq.1006', path: `${portal}/no-such-resource` },
        { id: 'salesiq.1019', path: `${portal}/apps/${nobody}`, scope: 'SalesIQ.apps.READ' },
      ],
    },
    desk: {
      lacksScope: 'desk.SCOPE_MISMATCH',
      reads: {
        'Desk.tickets.READ': '/api/v1/tickets?limit=1',
        'Desk.calls.READ': '/api/v1/calls?limit=1',
        'Desk.basic.READ': `${departments}?limit=1`,
      },
      others: [
        { id: 'desk.INVALID_OAUTH', path: probe, token: 'changed' },
        { id: 'desk.read', path: `${departments}?limit=1`, scope },
        { id: 'desk.empty', path: `${departments}?from=1000&limit=1`, scope },
        { id: 'desk.UNAUTHORIZED', path: probe, token: 'none' },
        { id: 'desk.UNPROCESSABLE_ENTITY', path: probe, headers: { orgId: nobody } },
        { id: 'desk.no_org_id', path: probe, headers: {} },
        { id: 'desk.URL_NOT_FOUND', path: '/api/v1/no-such-resource' },
        { id: 'desk.INVALID_DATA', path: `${departments}?limit=0`, scope },
      ],
    },
    crm: {
      lacksScope: 'crm.OAUTH_SCOPE_MISMATCH',
      reads: { 'ZohoCRM.users.READ': '/crm/v8/users?type=CurrentUser', 'ZohoCRM.org.READ': '/crm/v8/org' },
      others: [
        { id: 'crm.INVALID_TOKEN', path: probe, token: 'changed' },
        { id: 'crm.INVALID_URL_PATTERN', path: '/crm/v8/no-such-resource' },
      ],
    },
  };
  return rooms[service];
}

/** @param scopes - What the token holds; `undefined` if Zoho named none, then the required ones are assumed. */
export function questionsOf(connection: Connection, scopes: readonly string[] | undefined): readonly Question[] {
  const probe = chooseProbe(connection, scopes);
  const { lacksScope, reads, others } = roomOf(connection, probe?.path ?? '');
  const lacks = (scope: string) => missingScopes([scope], scopes ?? connection.requiredScopes).length > 0;
  const uncovered = Object.entries(reads).find(([scope]) => lacks(scope))?.[1];
  const whyNone = uncovered === undefined ? 'the grant covers every read that is known here' : undefined;
  const whyNot = scopes === undefined ? 'Zoho did not say what the grant covers' : whyNone;
  const questions: Question[] = [
    { id: 'zoho.probe', path: probe?.path ?? '' },
    { id: lacksScope, path: uncovered ?? '', whyNot },
    ...others.map(({ scope = '', ...other }) => ({
      ...other,
      whyNot: scope !== '' && lacks(scope) ? `the grant lacks ${scope}` : undefined,
    })),
  ];
  if (probe?.isCovered === true) return questions;
  return questions.map((question) => ({ ...question, whyNot: 'the grant covers no harmless read' }));
}
