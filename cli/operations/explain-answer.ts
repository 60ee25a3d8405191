import type { Connection } from '../../lambda/connections/read-connections.ts';
import { parseObject } from '../../lambda/parse-object.ts';
import type { ZohoAnswer } from '../../lambda/zoho/call-zoho.ts';
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
      "look at Zoho's status page and try again later",
    );
  }
  const fault = service === 'desk' ? deskFault(connection, body) : salesiqFault(connection, body);
  if (fault !== undefined) throw fault;
  if (answer.status >= 200 && answer.status < 300 && body !== undefined) return body;
  throw new CheckFault(
    `${service} answered with HTTP ${answer.status} and no JSON, as a wrong data centre does`,
    `compare data_center of ${name} in connections.json ("${dataCenter}") with the address of the service`,
  );
}

/** SalesIQ's numbers: what each means for these three operations. */
function salesiqFault(
  { name, settings, tokenPrefixes }: Connection,
  body: Record<string, unknown> | undefined,
) {
  const error = body?.error as { code?: unknown; json_key?: unknown; param?: unknown } | null | undefined;
  const code = Number(error?.code);
  if (!Number.isInteger(code)) return undefined;
  const key = fieldName(error?.json_key ?? error?.param);
  const at = key === undefined ? '' : ` (${key})`;
  const authorize = `\`npx --no-install zoho-tokens authorize ${name}\``;
  const rows: Record<number, [reason: string, fix: string]> = {
    1001: [
      '1001 Unknown authentication error: the token is malformed',
      `\`npx --no-install zoho-tokens refresh ${name} --force\``,
    ],
    1005: [
      `1005 Invalid portal: screen_name "${settings.screen_name}" is wrong`,
      `correct settings.screen_name of ${name} in connections.json: it stands in the SalesIQ address`,
    ],
    1008: [
      '1008 Invalid OAuthToken: expired, ended by hand, or of another data centre',
      `\`npx --no-install zoho-tokens refresh ${name} --force\`; if it stays, compare data_center in connections.json`,
    ],
    1009: [
      '1009 Invalid OAuthScope: the scope is missing, or a user token where an organisation token is needed',
      tokenPrefixes.includes('1005.')
        ? `consent again with all scopes: ${authorize}`
        : `consent again with all scopes: ${authorize}; for the chat transfer add a connection with token_prefix "1005." and \`authorize --org\` it`,
    ],
    1010: [
      '1010 Invalid Method: this portal or API version does not offer the call',
      'compare settings.screen_name, and the API version of this program with SalesIQ’s pages: the token is not at fault',
    ],
    1016: [
      '1016: the operator who consented lacks the permission',
      'give the operator the permission, or let another consent',
    ],
    1019: [
      `1019 Invalid resource${at}`,
      `correct settings${key === undefined ? '' : `.${key}`} of ${name} in connections.json`,
    ],
    1023: ['1023: SalesIQ has locked this address for a while', 'wait, then try again'],
  };
  const [reason, fix] = rows[code] ?? [
    `SalesIQ error ${code}${at}`,
    'look the number up on SalesIQ’s REST API pages',
  ];
  return new CheckFault(reason, fix);
}

function deskFault({ name, settings, dataCenter }: Connection, body: Record<string, unknown> | undefined) {
  const errorCode = body?.errorCode;
  if (typeof errorCode !== 'string') return undefined;
  const errors = Array.isArray(body?.errors) ? (body.errors as { fieldName?: unknown }[]) : [];
  const fields = errors.flatMap((each) => fieldName(String(each?.fieldName ?? '').replace(/^\//, '')) ?? []);
  const invalid: [string, string] = [
    `${fields.join(', ') || 'the request'} is invalid`,
    fields.includes('departmentId')
      ? `correct settings.department_id of ${name} in connections.json`
      : fields.includes('contactId')
        ? 'give --contact-id of a contact that exists in this organisation'
        : 'look the fields up on Desk’s API pages',
  ];
  const rows: Record<string, [reason: string, fix: string]> = {
    INVALID_OAUTH: [
      'INVALID_OAUTH: expired, ended by hand, or of another data centre',
      `\`npx --no-install zoho-tokens refresh ${name} --force\`; if it stays, compare data_center "${dataCenter}" in connections.json`,
    ],
    UNAUTHORIZED: [
      'UNAUTHORIZED: Desk does not take the token',
      `\`npx --no-install zoho-tokens refresh ${name} --force\``,
    ],
    SCOPE_MISMATCH: [
      'SCOPE_MISMATCH: the token lacks a scope for this call',
      `consent again with all scopes: \`npx --no-install zoho-tokens authorize ${name}\``,
    ],
    OAUTH_ORG_MISMATCH: [
      `OAUTH_ORG_MISMATCH: org_id ${settings.org_id} is not the organisation of this token`,
      `correct settings.org_id of ${name} in connections.json`,
    ],
    FORBIDDEN: [
      'FORBIDDEN: the profile of who consented lacks the permission',
      'change the profile in Desk, or let another consent',
    ],
    LICENSE_ACCESS_LIMITED: [
      'LICENSE_ACCESS_LIMITED: not a part of this edition of Desk',
      'ask whoever buys the licence',
    ],
    INVALID_DATA: invalid,
    UNPROCESSABLE_ENTITY: invalid,
    TOO_MANY_REQUESTS: ['TOO_MANY_REQUESTS', 'wait, then try again'],
    THRESHOLD_EXCEEDED: ['THRESHOLD_EXCEEDED: the API credits of the day are used up', 'try again tomorrow'],
  };
  const [reason, fix] = rows[errorCode] ?? [
    `Desk error ${fieldName(errorCode) ?? 'of no known name'}`,
    'look it up on Desk’s API pages',
  ];
  return new CheckFault(reason, fix);
}

/** Names that Zoho sends are shown if they look like names, and nothing else of its text. */
function fieldName(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z][\w.]{0,40}$/.test(value) ? value : undefined;
}
