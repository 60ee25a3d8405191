import type { AnswerAssumption, Assumption, Certainty } from './assumption.ts';

/**
 * What Zoho answers. The stand-in of local/zoho takes status and words from these rows, so that a corrected row
 * corrects both.
 *
 * Columns: status, message, how sure, source, when; then the promise of the README, or why nobody tries it.
 */
type Row = readonly [status: number, message: string, Certainty, source: string, when: string, more?: number | string];

const titles = { salesiq: 'SalesIQ', desk: 'Desk', crm: 'CRM', accounts: 'Zoho accounts' } as const;

const write = 'a write would be needed';
const fault = 'only a fault of Zoho brings it about';
const plan = 'it depends on the plan, the edition or the profile';
const limit = 'limits are never provoked';
const spoilt = 'a grant would have to be spoilt';
const verb = 'a wrong verb might write';

const rest = 'code documented, status 400 seen with 1001 and 1008';
const deskDocument = 'Desk API document, errors';
const crmDocument = 'CRM API v8, status codes';

/** Errors of SalesIQ by `error.code`; the status is documented as 200 and was seen as 400, for two of them. Some messages are only the sense of Zoho's words. */
// biome-ignore format: a table reads row by row
export const salesiqErrors = answersOf({
  1001: [400, 'Unknown authentication error, Contact SalesIQ Team!', 'recorded', 'once, its cause unproven', 'a fault of SalesIQ itself', fault],
  1002: [400, 'Authorization header is missing or invalid', 'inferred', rest, 'a request without a token'],
  1004: [400, 'Invalid Request Type', 'inferred', rest, 'a wrong verb', verb],
  1005: [400, 'Invalid portal or wrong screen name', 'inferred', rest, 'an unknown screen name', 1],
  1006: [400, 'Invalid URL', 'inferred', rest, 'an unknown path'],
  1007: [400, 'Invalid data type', 'inferred', rest, 'a field of a wrong type', write],
  1008: [400, 'Invalid OAuthToken', 'told', 'the code documented, the status told', 'a token with a changed character', 1],
  1009: [400, 'Invalid OAuthScope', 'open', 'code documented, its status open', 'a read outside the granted scopes'],
  1010: [400, 'Invalid Method', 'inferred', rest, 'a verb or version that the portal does not offer', verb],
  1011: [400, 'Invalid params', 'inferred', rest, 'a missing parameter', write],
  1014: [400, 'Already exists', 'inferred', rest, 'a record that exists', write],
  1015: [400, 'Invalid input stream', 'inferred', rest, 'a body that is not JSON', write],
  1016: [400, 'The operator has no permission for this operation', 'inferred', rest, 'an operator without the permission', plan],
  1017: [400, 'The limit of the plan is reached', 'inferred', rest, 'a used-up plan', plan],
  1018: [400, 'Error 1018', 'inferred', rest, 'unknown here', 'nobody knows what brings it about'],
  1019: [400, 'Invalid resource', 'inferred', rest, 'an unknown app'],
  1020: [400, 'Invalid operator', 'recorded', 'two texts seen in the field', 'an invalid operator or portal plan', plan],
  1021: [400, 'Upgrade needed', 'inferred', rest, 'a feature of a higher plan', plan],
  1023: [400, 'Remote IP locked', 'inferred', rest, 'too many requests', limit],
  1024: [400, 'Error 1024', 'inferred', rest, 'unknown here', 'nobody knows what brings it about'],
  1031: [400, 'Error 1031', 'inferred', rest, 'unknown here', 'nobody knows what brings it about'],
  1054: [400, 'Invalid header value', 'inferred', rest, 'a body without its content type', write],
}, 'salesiq');

// biome-ignore format: a table reads row by row
export const deskErrors = answersOf({
  INVALID_OAUTH: [401, 'The OAuth Token you provided is invalid.', 'recorded', deskDocument, 'a token with a changed character', 1],
  UNAUTHORIZED: [401, 'You are not authenticated to perform this operation.', 'told', deskDocument, 'a request without a token'],
  SCOPE_MISMATCH: [403, 'The OAuth Token does not contain the scope to perform this operation.', 'recorded', deskDocument, 'a read outside the granted scopes'],
  UNPROCESSABLE_ENTITY: [422, "The value passed for the 'orgId' parameter is invalid.", 'recorded', 'two public deployments', 'an unknown orgId', 1],
  OAUTH_ORG_MISMATCH: [403, 'The OAuthToken is not valid for specified organization.', 'told', deskDocument, 'the orgId of somebody else', 'it needs the id of an organisation of somebody else'],
  FORBIDDEN: [403, 'You do not have the permission to do this.', 'documented', deskDocument, 'a profile without the permission', plan],
  LICENSE_ACCESS_LIMITED: [403, 'This feature is not part of your edition.', 'documented', deskDocument, 'a feature of a higher edition', plan],
  URL_NOT_FOUND: [404, 'The URL you requested could not be found.', 'told', deskDocument, 'an unknown path'],
  METHOD_NOT_ALLOWED: [405, 'The method is not allowed for this URL.', 'told', deskDocument, 'a wrong verb', verb],
  INVALID_DATA: [422, 'The data is invalid due to validation restrictions.', 'inferred', 'code documented, 422 or 400 told; nobody tells of limit=0', 'limit=0 on a list'],
  TOO_MANY_REQUESTS: [429, 'Too many requests at once.', 'quoted', deskDocument, 'too many calls at once', limit],
  THRESHOLD_EXCEEDED: [429, 'The API credits of the day are used up.', 'quoted', deskDocument, 'used-up credits of the day', limit],
  INTERNAL_SERVER_ERROR: [500, 'An internal server error has occurred.', 'documented', deskDocument, 'a fault of Desk itself', fault],
}, 'desk');

// biome-ignore format: a table reads row by row
export const crmErrors = answersOf({
  INVALID_TOKEN: [401, 'invalid oauth token', 'documented', crmDocument, 'a token with a changed character', 1],
  OAUTH_SCOPE_MISMATCH: [401, 'invalid oauth scope to access this URL', 'documented', crmDocument, 'a read outside the granted scopes'],
  INVALID_URL_PATTERN: [404, 'the URL is not known', 'inferred', 'practice with other versions', 'an unknown path'],
  INVALID_REQUEST_METHOD: [400, 'the method is not known', 'inferred', 'practice with other versions', 'a wrong verb', verb],
  TOO_MANY_REQUESTS: [429, 'too many requests', 'inferred', 'practice with other versions', 'too many requests', limit],
}, 'crm');

/** Refusals of the token endpoint, by the word in `error`: they come with status 200. */
// biome-ignore format: a table reads row by row
export const tokenRefusals = answersOf({
  invalid_code: [200, '', 'recorded', 'verbb/formie#2199', 'a refresh token with a changed character', 6],
  invalid_client: [200, '', 'recorded', 'asciisd/zoho#18', 'an unknown client', 'two token requests are the most, and others tell more'],
  invalid_client_secret: [200, '', 'recorded', 'asciisd/zoho#18', 'a wrong client secret', 'two token requests are the most, and others tell more'],
  inactive_client: [200, '', 'recorded', 'one public report', 'a deactivated client', spoilt],
  inactive_user: [200, '', 'open', "the word is in Zoho's own code, its status open", 'a user who is gone', spoilt],
  client_not_granted: [200, '', 'open', "the word is in Zoho's own code, its status open", 'a grant that is gone', spoilt],
  invalid_redirect_uri: [200, '', 'open', 'the word quoted from the OAuth pages, its status open', 'another redirect URI at the exchange of a code', 'no consent is exchanged'],
  throttled: [400, 'Access Denied', 'recorded', "recordings; Zoho's own article says 200", 'the 11th request in ten minutes', limit],
  not_a_post: [400, '', 'quoted', 'OAuth pages', 'GET, or no grant_type', 'it counts as a token request and tells little'],
}, 'accounts');

/** Fields of a token answer as the stand-in writes them. */
export const tokenAnswer = { token_type: 'Bearer', expires_in: 3600 } as const;

/** What good answers of Zoho look like. */
// biome-ignore format: a table reads row by row
export const zohoShapes = {
  'accounts.success': { says: 'Zoho accounts: a refresh answers 200 with an access token of two runs of hex digits', certainty: 'recorded', source: 'real tokens in public', promise: 1, settled: 'zoho' },
  'accounts.expires_in': { says: `Zoho accounts: expires_in is ${tokenAnswer.expires_in}, in seconds`, certainty: 'documented', source: 'access-token-expiry', promise: 2, settled: 'zoho' },
  'accounts.token_type': { says: `Zoho accounts: token_type is ${tokenAnswer.token_type}`, certainty: 'documented', source: 'access-token-expiry', settled: 'zoho' },
  'accounts.scope': { says: 'Zoho accounts: the granted scopes are named, with spaces between', certainty: 'recorded', source: 'token answers in public', settled: 'zoho' },
  'accounts.api_domain': { says: 'Zoho accounts: api_domain is that of the data centre', certainty: 'documented', source: 'multi-dc', settled: 'zoho' },
  'accounts.no_refresh_token': { says: 'Zoho accounts: a refresh returns no new refresh token', certainty: 'documented', source: 'access-token-expiry', settled: 'zoho' },
  'accounts.prefix': { says: 'Zoho accounts: client id, refresh token and access token have one prefix', certainty: 'recorded', source: 'public deployments', promise: 1, settled: 'zoho' },
  'zoho.probe': { says: 'Zoho: the service accepts the stored token on the read that probes it', certainty: 'inferred', source: 'from what each read needs', promise: 1, settled: 'zoho' },
  'salesiq.read': { says: 'SalesIQ: a read answers 200 with url, object and data', certainty: 'documented', source: 'SalesIQ REST API v2', promise: 1, settled: 'zoho' },
  'desk.read': { says: 'Desk: a list answers 200 with data', certainty: 'quoted', source: 'Desk API document', promise: 1, settled: 'zoho' },
  'desk.empty': { says: 'Desk: an empty list answers 204 without a body', certainty: 'documented', source: 'Desk API document', promise: 1, settled: 'zoho' },
  'desk.no_org_id': { says: 'Desk: a read without orgId is answered as one with an unknown orgId', certainty: 'open', source: 'no answer recorded', settled: 'zoho' },
  'desk.other_host': { says: 'Desk: another data centre redirects to its accounts server', certainty: 'told', source: 'a public report', settled: { not: 'the token would go to a host that it is not for' } },
  'accounts.live_tokens': { says: 'Zoho accounts: the 11th live token of a grant ends the oldest', certainty: 'quoted', source: 'token-limits; older pages say 15 and 30', settled: { not: limit } },
  'accounts.refresh_tokens': { says: 'Zoho accounts: the 21st refresh token ends the oldest', certainty: 'documented', source: 'token-limits', settled: { not: spoilt } },
  'salesiq.visitor': { says: 'SalesIQ: the visitor API takes organisation tokens (1005.) only', certainty: 'recorded', source: 'a public deployment', settled: { not: 'it offers no read; `check --live` opens and closes a test chat' } },
  'salesiq.close': { says: 'SalesIQ: PUT closes a chat', certainty: 'inferred', source: 'sibling calls; the page prints no verb', settled: { not: 'a write; `check --live` tries it' } },
} as const satisfies Record<string, Assumption>;

function answersOf<Code extends string | number>(
  rows: Readonly<Record<Code, Row>>,
  service: keyof typeof titles,
): Readonly<Record<Code, AnswerAssumption>> {
  const entries = Object.entries<Row>(rows).map(([code, row]) => {
    const [status, message, certainty, source, when, more] = row;
    const assumption: AnswerAssumption = {
      says: `${titles[service]}: ${when} is answered ${status} ${code}`,
      certainty,
      source,
      ...(typeof more === 'number' ? { promise: more } : {}),
      settled: typeof more === 'string' ? { not: more } : 'zoho',
      code,
      answer: { status, message },
    };
    return [code, assumption];
  });
  return Object.fromEntries(entries) as Readonly<Record<Code, AnswerAssumption>>;
}
