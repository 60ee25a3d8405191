import type { Connection } from '../../lambda/connections/read-connections.ts';
import { missingScopes } from '../../lambda/zoho/scopes.ts';
import type { Operation } from './check-result.ts';

/** What each operation needs of a connection; of several that fit, the one of the preferred kind of client is taken. */
const needs = {
  transfer: { service: 'salesiq', scope: 'SalesIQ.conversations.CREATE', prefix: '1005.' },
  closure: { service: 'salesiq', scope: 'SalesIQ.conversations.UPDATE', prefix: '1000.' },
  callback: { service: 'desk', scope: 'Desk.calls.CREATE', prefix: undefined },
} as const satisfies Record<Operation, { service: Connection['service']; scope: string; prefix: string | undefined }>;

/** The connection with whose token an app would carry the operation out; `undefined` if there is none. */
export function chooseFor(operation: Operation, connections: readonly Connection[]): Connection | undefined {
  const { service, scope, prefix } = needs[operation];
  const ofService = connections.filter((connection) => connection.service === service);
  const fit = ofService.filter(
    ({ requiredScopes, optionalScopes }) => missingScopes([scope], [...requiredScopes, ...optionalScopes]).length === 0,
  );
  const preferred = fit.find(({ tokenPrefixes }) => prefix === undefined || tokenPrefixes.includes(prefix));
  // Without any that fits, one of the service: it says which scope is missing.
  return preferred ?? fit[0] ?? ofService[0];
}

/** Whether the guide has an operation of the connection's service: it has none of CRM's. */
export function hasOperation({ service }: Connection): boolean {
  return Object.values(needs).some((need) => need.service === service);
}
