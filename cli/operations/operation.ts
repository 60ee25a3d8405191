import type { Connection } from '../../lambda/connections/read-connections.ts';
import { RefreshError } from '../../lambda/failure.ts';
import { parseObject } from '../../lambda/parse-object.ts';
import type { SecretText } from '../../lambda/secret-text.ts';
import type { CallZoho, ZohoAnswer } from '../../lambda/zoho/call-zoho.ts';
import { errorRowOf } from '../../lambda/zoho/probe.ts';
import { missingScopes } from '../../lambda/zoho/scopes.ts';
import { serviceHost, services } from '../../lambda/zoho/services.ts';
import { Refusal } from '../faults.ts';
import { remedyHere } from '../remedies.ts';

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

type Body = Readonly<Record<string, unknown>>;

/** One call of a service's own API with a stored token. @throws {@link Refusal} for everything that is not a success. */
export async function callService(
  { callZoho, connection, accessToken }: Ready,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: unknown,
): Promise<Body | undefined> {
  const { service, dataCenter, settings, name } = connection;
  const headers = {
    authorization: `Zoho-oauthtoken ${accessToken.reveal()}`,
    ...services[service].headers?.(settings),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const host = serviceHost(service, dataCenter) ?? '';
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await callZoho({ host, method, path, headers, ...json }).catch((fault: unknown) => {
    if (fault instanceof RefreshError) throw new Refusal(fault.message, remedyHere(fault, name));
    throw fault;
  });
  return readSuccess(connection, answer);
}

/** The JSON of a success; `undefined` for Desk's 204, an empty list. @throws {@link Refusal} in our own words. */
export function readSuccess(connection: Connection, { status, body: text }: ZohoAnswer): Body | undefined {
  if (status === 204) return undefined;
  const { service, dataCenter, name } = connection;
  const answered = `${service} answered with HTTP ${status}`;
  if (status >= 500) throw new Refusal(answered, 'look at https://status.zoho.com and try again later');
  const body = parseObject(text);
  const code = body && services[service].errorCodeOf(body);
  if (body !== undefined && code !== undefined) throw explain(connection, code, body);
  if (status >= 200 && status < 300 && body !== undefined) return body;
  throw new Refusal(
    `${answered} and no JSON, as a wrong data centre does`,
    `compare data_center of ${name} in connections.json ("${dataCenter}") with the address of the service`,
  );
}

function explain(connection: Connection, code: unknown, body: Body): Refusal {
  const service = services[connection.service];
  const [verdict, meaning, setting] = errorRowOf(service, code) ?? ['cannot tell', undefined];
  const fields = fieldsOf(body);
  const about = fields.length === 0 ? setting : settingOf(fields[0] ?? '');
  const named = `${service.title} error ${nameOf(code) ?? nameOf(`_${String(code)}`)?.slice(1) ?? 'of no known name'}`;
  const value = about === undefined ? undefined : connection.settings[about];
  const shown = [...fields, ...(value === undefined ? [] : [`settings.${about} is "${value}"`])].join(', ');
  const reason = `${named}${meaning === undefined ? '' : `, ${meaning}`}${shown === '' ? '' : `: ${shown}`}`;
  return new Refusal(reason, fixOf(connection, verdict, about));
}

function fixOf({ name, tokenPrefixes, service, settings }: Connection, verdict: string, about?: string): string {
  const program = 'npx --no-install zoho-tokens';
  const other = tokenPrefixes.includes('1005.')
    ? ''
    : '; what takes organisation tokens only needs a connection with token_prefix "1005."';
  if (about === 'contact_id') return 'give --contact-id of a contact that exists in this organisation';
  if (about !== undefined && (about in settings || about in services[service].settings.entries))
    return `correct settings.${about} of ${name} in connections.json`;
  if (verdict === 'rejected')
    return `\`${program} refresh ${name} --force\`; if it stays, compare data_center in connections.json`;
  if (verdict === 'lacks scope') return `consent again with all scopes: \`${program} authorize ${name}\`${other}`;
  if (verdict === 'wrong setting')
    return `compare the settings of ${name} in connections.json: the token is not at fault`;
  if (verdict === 'accepted') return 'give the permission to who consented, or let another consent';
  return `try again later; if it stays, look it up on the API pages of ${services[service].title}`;
}

function fieldsOf({ error, errors }: Body): string[] {
  const { json_key, param } = Object(error);
  const list = Array.isArray(errors) ? errors : [];
  const names = [json_key ?? param, ...list.map((each) => String(Object(each).fieldName ?? '').replace(/^\//, ''))];
  return names.flatMap((name) => nameOf(name) ?? []);
}

/** `departmentId` is `settings.department_id`. */
function settingOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Names that Zoho sends are shown if they look like names, and nothing else of its text. */
function nameOf(value: unknown): string | undefined {
  if (typeof value === 'number') return `${value}`;
  return typeof value === 'string' && /^([A-Za-z_][\w.]{0,40})$/.test(value) ? value : undefined;
}
