import { json, type Reply } from './reply.ts';

/** Status, text and extra headers or fields per error code of Desk (reference/zoho.md, section 10). */
const rows: Record<
  string,
  { status: number; message: string; headers?: Record<string, string>; more?: object }
> = {
  INVALID_OAUTH: { status: 401, message: 'The OAuth Token you provided is invalid.' },
  UNAUTHORIZED: { status: 401, message: 'You are not authenticated to perform this operation.' },
  SCOPE_MISMATCH: { status: 403, message: 'The OAuth Token does not have the scope of this operation.' },
  OAUTH_ORG_MISMATCH: { status: 403, message: 'The OAuthToken is not valid for specified organization.' },
  FORBIDDEN: { status: 403, message: 'You do not have the permission to perform this operation.' },
  LICENSE_ACCESS_LIMITED: {
    status: 403,
    message: 'This feature is not part of your edition.',
    more: { feature: 'calls', editionType: 'FREE' },
  },
  URL_NOT_FOUND: { status: 404, message: 'The URL you requested could not be found.' },
  METHOD_NOT_ALLOWED: { status: 405, message: 'The method is not allowed for this URL.' },
  INVALID_DATA: { status: 422, message: 'The data is invalid due to validation restrictions.' },
  UNPROCESSABLE_ENTITY: { status: 422, message: 'The request could not be processed.' },
  TOO_MANY_REQUESTS: { status: 429, message: 'Too many requests at once.' },
  THRESHOLD_EXCEEDED: {
    status: 429,
    message: 'The API credits of the day are used up.',
    headers: { 'retry-after': '3600' },
  },
  INTERNAL_SERVER_ERROR: { status: 500, message: 'An internal server error has occurred.' },
};

/** One wrong field of a request, e.g. `{ fieldName: '/departmentId', errorType: 'invalid' }`. */
export type DeskFieldError = { fieldName: string; errorType: 'invalid' | 'missing' | 'duplicate' };

/**
 * An error answer of Desk.
 *
 * @param errorCode - For example `INVALID_OAUTH`; a code without a row is sent with status 400.
 * @param errors - The fields at fault, where the request's data is.
 */
export function deskError(errorCode: string, errors?: DeskFieldError[]): Reply {
  const { status, message, headers, more } = rows[errorCode] ?? { status: 400, message: errorCode };
  return json(status, { errorCode, message, ...more, ...(errors ? { errors } : {}) }, errorCode, headers);
}
