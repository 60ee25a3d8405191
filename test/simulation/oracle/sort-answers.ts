import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { allows, equivalents } from '../../../local/zoho/known-scopes.ts';

/** How Zoho's answers sort, judged by the oracle alone. */
export type Heard = 'issued' | 'operator' | 'throttle' | 'transient';

/** An answer of the token endpoint, sorted, with the failure codes that may be made of it. */
export type Sorted = { readonly heard: Heard; readonly codes: readonly string[] };

type Fields = Record<string, unknown> | undefined;

/**
 * Sorts an answer of the token endpoint.
 *
 * @param body - `undefined` if no answer came.
 * @param fields - The body as JSON, where it is an object.
 */
export function sortTokenAnswer(
  status: number,
  body: string | undefined,
  fields: Fields,
  connection: Connection | undefined,
): Sorted {
  const passing = ['zoho_unavailable', 'unexpected_response'];
  if (body === undefined) return { heard: 'transient', codes: passing };
  if (fields === undefined) {
    return status === 429
      ? { heard: 'throttle', codes: ['rate_limited'] }
      : { heard: 'transient', codes: passing };
  }
  const isSentence = /[^a-z_]/.test(String(fields.error)) && fields.error_description !== undefined;
  if (
    fields.status === 'failure' ||
    fields.error === 'access_denied' ||
    fields.code === 'Z101' ||
    isSentence
  ) {
    return { heard: 'throttle', codes: ['rate_limited'] };
  }
  const error = String(fields.error);
  const meaning = {
    inactive_client: 'invalid_client',
    inactive_user: 'invalid_code',
    client_not_granted: 'invalid_code',
  };
  const word = meaning[error as keyof typeof meaning] ?? error;
  if (['invalid_client', 'invalid_client_secret', 'invalid_code'].includes(word)) {
    return { heard: 'operator', codes: [word] };
  }
  const passingWords = ['general_error', 'server_error', 'temporarily_unavailable', 'internal_error'];
  const isWord = typeof fields.error === 'string' && /^[\w -]+$/.test(error);
  if (isWord && !passingWords.includes(error) && status < 500) {
    return { heard: 'operator', codes: ['refused'] };
  }
  if (typeof fields.access_token !== 'string' || !fields.access_token.includes('.')) {
    return { heard: 'transient', codes: passing };
  }
  // With a life of less than ten minutes, or of more than a day, no other fault of the token counts.
  const life = Number(fields.expires_in ?? 3_600);
  if (life < 600 || (life > 86_400 && life < 1_800_000)) return { heard: 'transient', codes: passing };
  const faults = connection === undefined ? [] : faultsOfAnswer(fields, connection);
  const setting = isForeign(fields.api_domain) ? ['setting_mismatch'] : [];
  if (faults.length === 0) return { heard: 'issued', codes: setting };
  return { heard: 'operator', codes: ['prefix_mismatch', 'scope_mismatch', ...setting] };
}

/** What is wrong with an issued token, as far as the answer itself says. */
export function faultsOfAnswer(fields: Record<string, unknown>, connection: Connection): string[] {
  const token = String(fields.access_token);
  const faults: string[] = [];
  if (!connection.tokenPrefixes.some((prefix) => token.startsWith(prefix)))
    faults.push('with a wrong prefix');
  if (typeof fields.scope === 'string' && fields.scope !== '') {
    const granted = fields.scope.split(/[\s,]+/);
    const missing = connection.requiredScopes.filter((scope) => !allows(granted, equivalents(scope)));
    if (missing.length > 0) faults.push(`without ${missing.join(' and ')}`);
  }
  return faults;
}

type ProbeSorted = { isRefusal: boolean; isAcceptance: boolean; codes: string[] };

/** What a probe's answer says against the token, or its settings; nothing where it says neither. */
export function sortProbeAnswer(status: number, fields: Fields): ProbeSorted {
  const code = Number((fields?.error as { code?: unknown } | undefined)?.code);
  const errorCode = String(fields?.errorCode);
  if (code === 1009 || errorCode === 'SCOPE_MISMATCH')
    return { isRefusal: true, isAcceptance: false, codes: ['scope_mismatch'] };
  if (code === 1008 || (status === 401 && ['INVALID_OAUTH', 'UNAUTHORIZED'].includes(errorCode))) {
    return { isRefusal: true, isAcceptance: false, codes: ['token_rejected'] };
  }
  const isSetting =
    [1005, 1010].includes(code) ||
    ['OAUTH_ORG_MISMATCH', 'UNPROCESSABLE_ENTITY', 'INVALID_DATA'].includes(errorCode);
  const isAlive = [1016].includes(code) || ['FORBIDDEN', 'LICENSE_ACCESS_LIMITED'].includes(errorCode);
  const isRead = status === 204 || (status === 200 && fields?.data !== undefined);
  return {
    isRefusal: false,
    isAcceptance: isSetting || isAlive || isRead,
    codes: isSetting ? ['setting_mismatch'] : [],
  };
}

/** All connections of the simulation are in India. */
function isForeign(apiDomain: unknown): boolean {
  return typeof apiDomain === 'string' && !apiDomain.endsWith('zohoapis.in');
}
