import type { Connection } from '../../lambda/connections/read-connections.ts';
import { parseObject } from '../../lambda/parse-object.ts';
import type { ZohoAnswer } from '../../lambda/zoho/call-zoho.ts';
import { errorRowOf } from '../../lambda/zoho/probe.ts';
import { services } from '../../lambda/zoho/services.ts';
import { CheckFault } from './check-result.ts';

/**
 * Reads a success out of a service's answer.
 *
 * @returns The JSON body; `undefined` for Desk's 204, an empty list.
 * @throws {@link CheckFault} With the error's meaning and fix; Zoho's own text is never repeated.
 */
export function readSuccess(connection: Connection, answer: ZohoAnswer): Record<string, unknown> | undefined {
  const body = parseObject(answer.body);
  if (answer.status === 204) return undefined;
  const { service, dataCenter, name } = connection;
  if (answer.status >= 500) {
    throw new CheckFault(
      `${service} answered with HTTP ${answer.status}`,
      'look at https://status.zoho.com and try again later',
    );
  }
  const code = body && services[service].errorCodeOf(body);
  if (body !== undefined && code !== undefined) throw explain(connection, code, body);
  if (answer.status >= 200 && answer.status < 300 && body !== undefined) return body;
  throw new CheckFault(
    `${service} answered with HTTP ${answer.status} and no JSON, as a wrong data centre does`,
    `compare data_center of ${name} in connections.json ("${dataCenter}") with the address of the service`,
  );
}

/** What an error code means for the operation, in the words of the service's room. */
function explain(connection: Connection, code: unknown, body: Readonly<Record<string, unknown>>): CheckFault {
  const service = services[connection.service];
  const [verdict, meaning, setting] = errorRowOf(service, code) ?? ['cannot tell', undefined];
  const fields = fieldsOf(body);
  const about = fields.length === 0 ? setting : settingOf(fields[0] ?? '');
  const named = `${service.title} error ${nameOf(code) ?? nameOf(`_${String(code)}`)?.slice(1) ?? 'of no known name'}`;
  const value = about === undefined ? undefined : connection.settings[about];
  const shown = [...fields, ...(value === undefined ? [] : [`settings.${about} is "${value}"`])].join(', ');
  const reason = `${named}${meaning === undefined ? '' : `, ${meaning}`}${shown === '' ? '' : `: ${shown}`}`;
  return new CheckFault(reason, fixOf(connection, verdict, about));
}

function fixOf(
  { name, tokenPrefixes, service, settings }: Connection,
  verdict: string,
  about: string | undefined,
): string {
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

/** The fields that an answer names, e.g. `departmentId`. */
function fieldsOf({ error, errors }: Readonly<Record<string, unknown>>): string[] {
  const single = error as { json_key?: unknown; param?: unknown } | null | undefined;
  const list = Array.isArray(errors) ? (errors as ({ fieldName?: unknown } | null)[]) : [];
  const names = [
    single?.json_key ?? single?.param,
    ...list.map((each) => String(each?.fieldName ?? '').replace(/^\//, '')),
  ];
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
