import { type FailureCode, RefreshError } from '../failure.ts';
import { parseObject } from '../parse-object.ts';
import { SecretText } from '../secret-text.ts';
import {
  defaultLifetimeSeconds,
  longestLifetimeSeconds,
  shortestLifetimeSeconds,
  shortestMillisecondsOfExpiresIn,
} from '../settings.ts';
import { quote } from './quote.ts';
import { splitScopes } from './scopes.ts';

/** A token that Zoho issued, every field checked. */
export type IssuedToken = {
  readonly accessToken: SecretText;
  /** Four digits and a dot, e.g. `1000.`. */
  readonly prefix: string;
  readonly expiresInSeconds: number;
  readonly tokenType: string;
  /** Granted scopes; `undefined` if Zoho names none, which is "unknown" and not "none". */
  readonly scopes: readonly string[] | undefined;
  readonly apiDomain: string | undefined;
};

const tokenShape = /^(\d{4}\.)[0-9a-f]{16,}\.[0-9a-f]{16,}$/i;

/**
 * Reads Zoho's answer to a refresh-token request.
 *
 * Zoho sends refusals with status 200 and its throttle with 400, so the body decides and the status only breaks ties.
 *
 * @param status - HTTP status, e.g. `200`.
 * @param body - Response body as received; may be anything, including HTML.
 * @param sent - Secrets of the request, so that an answer which echoes them can be quoted safely.
 * @returns The issued token; its access token is never empty.
 * @throws {@link RefreshError} `invalid_client`, `invalid_client_secret`, `invalid_code`, `refused`, `rate_limited`,
 *   `zoho_unavailable` or `unexpected_response`.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.1 | RFC 6749 §5.1}
 */
export function readTokenAnswer(status: number, body: string, sent: readonly SecretText[]): IssuedToken {
  const answer = parseObject(body);
  if (answer !== undefined) {
    const refusal = readRefusal(status, answer, sent);
    if (refusal !== undefined) throw refusal;
    if (typeof answer.access_token === 'string') return readToken(answer);
  }
  if (status === 429) throw new RefreshError('rate_limited', 'Zoho answered with HTTP 429');
  if (status >= 500) throw new RefreshError('zoho_unavailable', `Zoho answered with HTTP ${status}`);
  throw new RefreshError(
    'unexpected_response',
    `expected a token from Zoho, found HTTP ${status} with ${body === '' ? 'an empty body' : quote(body, sent)}`,
  );
}

/**
 * The refresh token in an answer, whatever else is in it; `undefined` if there is none, or nothing of its shape.
 *
 * Zoho documents that it sends none on a refresh. Should one come, it must be kept before the rest is judged.
 */
export function readRefreshToken(body: string): SecretText | undefined {
  const token = parseObject(body)?.refresh_token;
  return typeof token === 'string' && tokenShape.test(token) ? new SecretText(token) : undefined;
}

/** Permanent refusals in words that are known. */
const refusals: Readonly<Record<string, FailureCode>> = {
  invalid_client: 'invalid_client',
  unauthorized_client: 'invalid_client',
  inactive_client: 'invalid_client',
  invalid_client_secret: 'invalid_client_secret',
  invalid_code: 'invalid_code',
  invalid_grant: 'invalid_code',
  inactive_user: 'invalid_code',
  client_not_granted: 'invalid_code',
};
/** The words for a fault of Zoho's own. */
const passingWords = ['general_error', 'internal_error', 'server_error', 'temporarily_unavailable'];
/** An error code as OAuth has it, or the few words that Zoho puts in its place. */
const errorWord = /^[a-z][a-z0-9]*([ _-][a-z0-9]+){0,5}$/i;

function readRefusal(
  status: number,
  answer: Record<string, unknown>,
  sent: readonly SecretText[],
): RefreshError | undefined {
  const { error } = answer;
  const said = quote(String(error ?? answer.cause ?? answer.code ?? 'no error name'), sent);
  const known = typeof error === 'string' && Object.hasOwn(refusals, error) ? refusals[error] : undefined;
  if (known !== undefined) return new RefreshError(known, `Zoho refused the refresh: ${said}`);
  if (isThrottle(status, answer)) {
    return new RefreshError('rate_limited', `Zoho throttles this refresh token: ${said}`);
  }
  if (error === undefined || error === null) return undefined;
  if (status >= 500) {
    return new RefreshError('zoho_unavailable', `Zoho answered with HTTP ${status}: ${said}`);
  }
  if (typeof error === 'string' && errorWord.test(error) && !passingWords.includes(error)) {
    return new RefreshError('refused', `Zoho refused the refresh in a word not known here: ${said}`);
  }
  return new RefreshError('unexpected_response', `Zoho answered with a fault of its own: ${said}`);
}

/** Zoho's throttle has many forms, some of them localised: what tells it is the shape as much as the words. */
function isThrottle(status: number, answer: Record<string, unknown>): boolean {
  const { error, error_description: description, cause, code } = answer;
  const hasSentence = typeof error === 'string' && !/^[a-z_]+$/.test(error);
  return (
    status === 429 ||
    answer.status === 'failure' ||
    code === 'Z101' ||
    (typeof cause === 'string' && /throttle/i.test(cause)) ||
    (typeof description === 'string' && (status === 400 || hasSentence)) ||
    (typeof error === 'string' && /access.?denied/i.test(error))
  );
}

function readToken(answer: Record<string, unknown>): IssuedToken {
  const accessToken = answer.access_token as string;
  const prefix = tokenShape.exec(accessToken)?.[1];
  if (prefix === undefined) {
    throw new RefreshError(
      'unexpected_response',
      `expected an access token such as 1000.<hex>.<hex>, found ${accessToken.length} characters of another shape`,
    );
  }
  const tokenType = optionalText(answer, 'token_type') ?? 'Bearer';
  if (!/^(bearer|zoho-oauthtoken)$/i.test(tokenType)) {
    throw new RefreshError('unexpected_response', 'expected token_type Bearer, found another');
  }
  const scope = optionalText(answer, 'scope');
  return {
    accessToken: new SecretText(accessToken),
    prefix,
    expiresInSeconds: readLifetime(answer),
    tokenType,
    scopes: scope === undefined ? undefined : splitScopes(scope),
    apiDomain: optionalText(answer, 'api_domain'),
  };
}

/** Some clients get milliseconds in `expires_in`; the old form has the seconds in `expires_in_sec` beside them. */
function readLifetime(answer: Record<string, unknown>): number {
  const seconds = optionalNumber(answer, 'expires_in_sec');
  const either = optionalNumber(answer, 'expires_in');
  const lifetime =
    seconds ?? (either !== undefined && either >= shortestMillisecondsOfExpiresIn ? either / 1000 : either);
  if (lifetime === undefined) return defaultLifetimeSeconds;
  if (lifetime < shortestLifetimeSeconds || lifetime > longestLifetimeSeconds) {
    throw new RefreshError(
      'unexpected_response',
      `expected a lifetime of ${shortestLifetimeSeconds} to ${longestLifetimeSeconds} seconds, found ${lifetime}`,
    );
  }
  return lifetime;
}

function optionalNumber(answer: Record<string, unknown>, key: string): number | undefined {
  const value = answer[key];
  if (value === undefined || value === null) return undefined;
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw new RefreshError('unexpected_response', `expected a number in ${key}, found another type`);
}

/** Empty text counts as absent. */
function optionalText(answer: Record<string, unknown>, key: string): string | undefined {
  const value = answer[key];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw new RefreshError('unexpected_response', `expected text in ${key}, found another type`);
}
