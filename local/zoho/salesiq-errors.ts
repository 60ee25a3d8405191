import { json, type Reply } from './reply.ts';

/** Texts of SalesIQ's error codes (reference/zoho.md, section 9); where Zoho's words are unknown, their sense. */
const messages: Record<number, string> = {
  1001: 'Unknown authentication error',
  1002: 'Authorization header is missing or invalid',
  1004: 'Invalid Request Type',
  1005: 'Invalid portal',
  1006: 'Invalid URL',
  1007: 'Invalid data type',
  1008: 'Invalid OAuthToken',
  1009: 'Invalid OAuthScope',
  1010: 'Invalid Method',
  1011: 'Invalid params',
  1014: 'Already exists',
  1015: 'Invalid input stream',
  1016: 'The operator has no permission for this operation',
  1017: 'The limit of the plan is reached',
  1019: 'Invalid resource',
  1020: 'Invalid operator',
  1021: 'Upgrade needed',
  1023: 'Remote IP locked',
  1054: 'Invalid header value',
};

/**
 * An error answer of SalesIQ.
 *
 * Status 400, as recorded; Zoho documents 200, to which the fault `salesiq_errors_200` switches.
 *
 * @param code - For example `1008`.
 * @param where - The part of the request at fault, e.g. `{ json_key: 'app_id' }`.
 */
export function salesiqError(code: number, where: Record<string, string> = {}): Reply {
  return json(400, { error: { code, message: messages[code] ?? `Error ${code}`, ...where } }, `${code}`);
}
