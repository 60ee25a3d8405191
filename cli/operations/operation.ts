import type { Connection } from '../../lambda/connections/read-connections.ts';
import type { SecretText } from '../../lambda/secret-text.ts';
import type { CallZoho } from '../../lambda/zoho/call-zoho.ts';
import { missingScopes } from '../../lambda/zoho/scopes.ts';

/** The guide's three operations, and what each needs of a connection; `prefix` is of the preferred kind of client. */
export const operations = {
  transfer: { title: 'Chat Transfer', service: 'salesiq', scope: 'SalesIQ.conversations.CREATE', prefix: '1005.' },
  closure: { title: 'Chat Closure', service: 'salesiq', scope: 'SalesIQ.conversations.UPDATE', prefix: '1000.' },
  callback: { title: 'Callback Creation', service: 'desk', scope: 'Desk.calls.CREATE', prefix: '' },
} as const;
export type Operation = keyof typeof operations;

export type CheckResult = Proved &
  Readonly<{ operation: Operation; connection: string; passed: boolean; fix: string | null }>;

/** What was proved, or what is wrong; and what was not proved, or is left behind. */
export type Proved = { readonly reason: string; readonly notes: readonly string[] };

/** A connection with its stored token, which has not expired, and the way to Zoho. */
export type Ready = {
  readonly callZoho: CallZoho;
  readonly connection: Connection;
  readonly accessToken: SecretText;
  /** `undefined` if Zoho named none. */
  readonly scopes: readonly string[] | undefined;
};

/** The connection with whose token an app would carry the operation out; `undefined` if there is none. */
export function chooseFor(operation: Operation, connections: readonly Connection[]): Connection | undefined {
  const { service, scope, prefix } = operations[operation];
  const ofService = connections.filter((connection) => connection.service === service);
  const fit = ofService.filter(
    ({ requiredScopes, optionalScopes }) => missingScopes([scope], [...requiredScopes, ...optionalScopes]).length === 0,
  );
  const preferred = fit.find(({ tokenPrefixes }) => prefix === '' || tokenPrefixes.includes(prefix));
  // Without any that fits, one of the service: it says which scope is missing.
  return preferred ?? fit[0] ?? ofService[0];
}

/** Whether the guide has an operation of the connection's service: it has none of CRM's. */
export function hasOperation({ service }: Connection): boolean {
  return Object.values(operations).some((each) => each.service === service);
}
