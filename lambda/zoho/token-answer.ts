import * as v from 'valibot';
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

/** What every token of Zoho looks like, e.g. `1000.<hex>.<hex>`. */
export const tokenShape = /^\d{4}\.[0-9a-f]{16,}\.[0-9a-f]{16,}$/i;

/**
 * Reads Zoho's answer to a refresh-token request.
 * Zoho sends refusals with status 200 and its throttle with 400, so the body decides and the status only breaks ties.
 * @param body - Response body as received; may be anything, including HTML.
 * @param sent - Secrets of the request, so that an answer which echoes them can be quoted safely.
 * @throws {@link RefreshError} `invalid_...`, `refused`, `rate_limited`, `zoho_unavailable`, `unexpected_response`.
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

/** The refresh token in an answer, whatever else is in it. Zoho documents none; should one come, it must be kept. */
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
  if (isThrottle(status, answer)) return new RefreshError('rate_limited', `Zoho throttles this refresh token: ${said}`);
  if (error === undefined || error === null) return undefined;
  if (status >= 500) return new RefreshError('zoho_unavailable', `Zoho answered with HTTP ${status}: ${said}`);
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

const text = v.nullish(v.string('text'));
const finite = v.pipe(v.number(), v.finite('a number'));
const number = v.nullish(v.union([v.pipe(v.string(), v.digits(), v.toNumber()), finite], 'a number'));
/** A token as Zoho issues it. Empty text counts as absent. */
const tokenSchema = v.object({
  access_token: v.pipe(v.string(), v.regex(tokenShape, 'a token such as 1000.<hex>.<hex>')),
  token_type: v.pipe(v.nullish(v.string('text'), ''), v.regex(/^(bearer|zoho-oauthtoken)?$/i, 'Bearer')),
  expires_in: number,
  expires_in_sec: number,
  scope: text,
  api_domain: text,
});

function readToken(answer: Record<string, unknown>): IssuedToken {
  const parsed = v.safeParse(tokenSchema, answer);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    // What was found may be a token in a shape that is not known.
    const message = `expected ${issue.message} in ${v.getDotPath(issue)}, found another`;
    throw new RefreshError('unexpected_response', message);
  }
  const { access_token, token_type, expires_in, expires_in_sec, scope, api_domain } = parsed.output;
  return {
    accessToken: new SecretText(access_token),
    prefix: access_token.slice(0, '1000.'.length),
    expiresInSeconds: readLifetime(expires_in, expires_in_sec),
    tokenType: token_type || 'Bearer',
    scopes: scope ? splitScopes(scope) : undefined,
    apiDomain: api_domain || undefined,
  };
}

/** Some clients get milliseconds in `expires_in`; the old form has the seconds in `expires_in_sec` beside them. */
function readLifetime(either: number | null | undefined, seconds: number | null | undefined): number {
  const isMilliseconds = (either ?? 0) >= shortestMillisecondsOfExpiresIn;
  const lifetime = seconds ?? (isMilliseconds ? Number(either) / 1000 : either) ?? defaultLifetimeSeconds;
  if (lifetime >= shortestLifetimeSeconds && lifetime <= longestLifetimeSeconds) return lifetime;
  const range = `${shortestLifetimeSeconds} to ${longestLifetimeSeconds} seconds`;
  throw new RefreshError('unexpected_response', `expected a lifetime of ${range}, found ${lifetime}`);
}
