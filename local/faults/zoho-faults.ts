import { escapeHtml } from '../../cli/authorize/callback-page.ts';
import { apiDomainOf } from '../../lambda/connections/data-centers.ts';
import type { ConnectionFault } from '../wire/broken-connection.ts';
import { type Call, clientCredentials, parameter, standInUrl } from '../zoho/call.ts';
import { allows, equivalents } from '../zoho/known-scopes.ts';
import { empty, html, json, type Reply, redirect, refusal } from '../zoho/reply.ts';
import { type ServiceName, serviceNames, services } from '../zoho/services.ts';
import { type AccessToken, type Minting, tokenLifeSeconds } from '../zoho/token-registry.ts';
import type { Judgement } from './judgement.ts';

/** Where a fault can strike: `any` is the token endpoint too, unless its scope names a host or path. */
export type FaultPlace = 'token' | 'consent' | 'any' | ServiceName;

/** A fault of Zoho: where it strikes, what it does on the wire, and what the refresher judges it to be. */
export type ZohoFault = {
  readonly strikes: FaultPlace;
  /** What the refresher takes it for at the token endpoint, or at a service if it can strike only there. */
  readonly judged: Judgement;
  /** As the page offers it. */
  readonly title: string;
  /** What is to be seen, if the judgement alone does not say it: a sentence to add. */
  readonly note?: string;
  /** The text after the colon that it needs, e.g. of `wrong_prefix:1005.`. */
  readonly argument?: RegExp;
  /** Answers in place of the endpoint: nothing is carried out, no token is issued. */
  readonly reply?: (call: Call, argument: string) => Reply;
  /** Changes the token that is issued, so that the services see it too. */
  readonly mint?: (scopes: readonly string[], argument: string) => Minting;
  /** Changes fields of the answer to a refresh; `undefined` takes a field away. */
  readonly fields?: (token: AccessToken) => Record<string, unknown>;
  /** Changes any other answer. */
  readonly change?: (reply: Reply) => Reply;
  /** Breaks the connection after the request was carried out. */
  readonly connection?: ConnectionFault;
};

const rowAt =
  (strikes: FaultPlace) =>
  (title: string, judged: Judgement, effect: Partial<ZohoFault>): ZohoFault => ({ strikes, judged, title, ...effect });
const outage = rowAt('any');
const odd = rowAt('token');
const page = (title: string, judged: Judgement, reply: () => Reply) => outage(title, judged, { reply });
const word = (error: string, judged: Judgement, title: string) => odd(title, judged, { reply: () => refusal(error) });
const cut = (title: string, connection: ConnectionFault) => outage(title, 'zoho_unavailable', { connection });
const fields = (title: string, judged: Judgement, change: ZohoFault['fields'] & {}, note?: string) =>
  odd(title, judged, { fields: change, ...(note && { note }) });

const denied = {
  error_description: 'You have made too many requests continuously. Please try again after some time.',
  error: 'Access Denied',
  status: 'failure',
};
const deniedInHindi = {
  error_description: 'आपने लगातार बहुत अधिक अनुरोध किए हैं. कृपया कुछ समय बाद पुनः प्रयास करें.',
  error: 'प्रवेश निषेध',
};
/** The rolling throttle of Zoho's own error page. */
const z101 = {
  response: 'error',
  code: 'Z101',
  cause: 'throttles_limit_exceeded',
  localized_message: 'You have made too many requests. Try again later.',
};
const asHtml = { 'content-type': 'text/html;charset=UTF-8' };

/** Zoho's throttle answer as recorded; the status is 400 in recordings, 200 in one of Zoho's articles. */
export function throttled(status: number, body: object = denied, headers?: Record<string, string>): Reply {
  return json(status, body, 'throttled', headers);
}

const throttle = (title: string, ...answer: Parameters<typeof throttled>) =>
  odd(title, 'rate_limited', { reply: () => throttled(...answer) });

function echo(call: Call): string {
  const { clientId, clientSecret } = clientCredentials(call);
  return `client_id=${clientId} client_secret=${clientSecret} refresh_token=${parameter(call, 'refresh_token')}`;
}

const slow = 'Each try costs 10 real seconds.';
const secret = 'No secret shows in any log line.';

/** The faults that are not one service's own error (reference/zoho.md, sections 4 and 13). */
const generalFaults = {
  // refusals of the token endpoint that only a person ends
  invalid_client: word('invalid_client', 'invalid_client', 'Zoho: unknown client'),
  inactive_client: word('inactive_client', 'invalid_client', 'Zoho: deactivated client'),
  invalid_client_secret: word('invalid_client_secret', 'invalid_client_secret', 'Zoho: wrong client secret'),
  invalid_code: word('invalid_code', 'invalid_code', 'Zoho: refresh token refused'),
  inactive_user: word('inactive_user', 'invalid_code', 'Zoho: the user is gone'),
  client_not_granted: word('client_not_granted', 'invalid_code', 'Zoho: the grant is gone'),
  refusal: odd('Zoho: a refusal in unknown words', 'refused', {
    argument: /^\w+$/,
    reply: (_call, error) => refusal(error),
  }),
  // every form of the throttle
  throttle_400: throttle('Throttle, status 400', 400),
  throttle_200: throttle('Throttle, status 200', 200),
  throttle_localised_400: throttle('Throttle in Hindi, status 400', 400, { ...deniedInHindi, status: 'failure' }),
  throttle_localised_200: throttle('Throttle in Hindi, status 200', 200, { ...deniedInHindi, status: 'failure' }),
  throttle_localised_bare: throttle('Throttle in Hindi, without a status field', 200, deniedInHindi),
  throttle_z101_400: throttle('Throttle Z101 as HTML, status 400', 400, z101, asHtml),
  throttle_z101_200: throttle('Throttle Z101 as HTML, status 200', 200, z101, asHtml),
  access_denied: odd('Access denied without a reason', 'rate_limited', { reply: () => refusal('access_denied') }),
  html_429: page('HTML with status 429', 'rate_limited', () => html(429, '<h1>429 Too Many Requests</h1>', 'html_429')),
  // outages, and other programs that answer in Zoho's place
  http_500: page('Status 500', 'zoho_unavailable', () =>
    json(500, { errorCode: 'INTERNAL_SERVER_ERROR', message: 'Internal error' }, 'http_500'),
  ),
  html_502: page('HTML with status 502', 'zoho_unavailable', () => html(502, '<h1>502 Bad Gateway</h1>', 'html_502')),
  html_200: page('HTML with status 200', 'unexpected_response', () =>
    html(200, '<h1>We will be back shortly</h1>', 'html_200'),
  ),
  html_401: page('HTML with status 401', 'unexpected_response', () =>
    html(401, '<h1>Zoho Desk - Error</h1>', 'html_401', 'Zoho Desk - Error'),
  ),
  hang: { ...cut('No answer at all', 'hang'), note: slow },
  slow_drip: { ...cut('An answer byte by byte', 'slow_drip'), note: slow },
  cut_connection_before: cut('Connection cut before the answer', 'cut_connection_before'),
  cut_connection_during: cut('Connection cut within the answer', 'cut_connection_during'),
  huge: outage('An endless answer', 'unexpected_response', {
    connection: 'huge',
    note: 'It is cut off at 512 KiB.',
  }),
  redirect: outage('A redirect elsewhere', 'unexpected_response', {
    note: 'It is never followed.',
    reply: (call) => {
      const isAccounts = call.place?.plays === 'accounts';
      const [host, path] = isAccounts ? ['elsewhere.example', '/oauth/v2/token'] : ['accounts.zoho.com', '/signin'];
      return redirect(standInUrl(call, host, path), 'redirect');
    },
  }),
  empty_object: page('An empty JSON object', 'unexpected_response', () => json(200, {}, 'empty_object')),
  empty_body: page('An empty body', 'unexpected_response', () => empty(200, 'empty_body')),
  general_error: word('general_error', 'unexpected_response', 'general_error'),
  echo_secret: odd('Status 500 that repeats the secrets', 'zoho_unavailable', {
    note: secret,
    reply: (call) => html(500, `<pre>${escapeHtml(echo(call))}</pre>`, 'echo_secret'),
  }),
  echo_secret_error: odd('An error that repeats the secrets', 'unexpected_response', {
    note: secret,
    reply: (call) => {
      const text = echo(call);
      return json(200, { error: `invalid request: ${text}`, message: text }, 'echo_secret_error');
    },
  }),
  // odd answers to a refresh that is otherwise in order
  wrong_prefix: odd('A token of the wrong prefix', 'prefix_mismatch', {
    argument: /^\d{4}\.$/,
    mint: (_scopes, prefix) => ({ prefix }),
  }),
  missing_scope: odd('A token without a required scope', 'scope_mismatch', {
    argument: /^\w+(\.\w+)+$/,
    mint: (scopes, missing) => ({ scopes: scopes.filter((scope) => !allows([scope], equivalents(missing))) }),
  }),
  minted_dead: odd('A token that is dead on arrival', 'token_rejected', { mint: () => ({ isDead: true }) }),
  rejected_once: odd('A good token that is rejected once', 'nothing', {
    note: 'The second probe, two seconds later, accepts it.',
    mint: () => ({ rejections: 1 }),
  }),
  foreign_api_domain: fields(
    'A token of another data centre',
    'setting_mismatch',
    ({ grant }) => ({ api_domain: `https://www.${apiDomainOf(grant.dataCenter === 'us' ? 'eu' : 'us')}` }),
    'The token works and is stored.',
  ),
  undefined_token: fields('The token "undefined"', 'unexpected_response', () => ({ access_token: 'undefined' })),
  null_token: fields('The token null', 'unexpected_response', () => ({ access_token: null })),
  wrong_types: fields('Every field of a wrong type', 'unexpected_response', ({ accessToken, scopes }) => ({
    access_token: [accessToken],
    scope: scopes,
    api_domain: 1,
    token_type: null,
    expires_in: '3600',
  })),
  short_lifetime: odd('A life of 5 minutes', 'unexpected_response', { mint: () => ({ lifeSeconds: 300 }) }),
  long_lifetime: fields('A life of 7 days', 'unexpected_response', () => ({ expires_in: 7 * 24 * 3600 })),
  no_scope: fields('No scope named', 'nothing', () => ({ scope: undefined })),
  comma_scopes: fields('Scopes with commas', 'nothing', ({ scopes }) => ({ scope: scopes.join(',') })),
  no_api_domain: fields('No api_domain', 'nothing', () => ({ api_domain: undefined })),
  no_expires_in: fields('No lifetime named', 'nothing', () => ({ expires_in: undefined })),
  milliseconds: fields('A lifetime in milliseconds', 'nothing', () => ({ expires_in: tokenLifeSeconds * 1000 })),
  legacy_milliseconds: fields('Milliseconds beside seconds, the old form', 'nothing', () => ({
    expires_in_sec: tokenLifeSeconds,
    expires_in: tokenLifeSeconds * 1000,
  })),
  new_refresh_token: odd('A new refresh token', 'nothing', {
    note: 'It is written to the credentials before anything else.',
  }),
  // the consent page, and how services write their errors
  no_org: rowAt('consent')('Consent ends with no_org', 'nothing', {
    note: '`zoho-tokens authorize` says that the user has no account in the app.',
  }),
  salesiq_errors_200: rowAt('salesiq')('SalesIQ errors with status 200', 'nothing', {
    note: 'Any other SalesIQ error is still understood.',
    change: (reply) => (reply.status === 400 ? { ...reply, status: 200 } : reply),
  }),
} as const satisfies Record<string, ZohoFault>;

/** A service's own errors by code, e.g. `desk:INVALID_OAUTH`; each code has its judgement in the service's file. */
function serviceFault(service: ServiceName): ZohoFault {
  const { refuse } = services[service];
  return rowAt(service)(`An error of ${service}`, 'nothing', {
    argument: /^\w+$/,
    reply: (_call, code) => refuse(code),
  });
}

/** A fault's name. */
export type FaultName = keyof typeof generalFaults | ServiceName;
/** A fault, with its argument if it has one: `'html_502'`, `'salesiq:1008'`, `'missing_scope:Desk.calls.READ'`. */
export type Fault = FaultName | `${FaultName}:${string}`;

/** Every fault of Zoho by name; those with an argument take it after a colon, e.g. `salesiq:1008`. */
export const zohoFaults: Readonly<Record<FaultName, ZohoFault>> = {
  ...generalFaults,
  ...(Object.fromEntries(serviceNames.map((name) => [name, serviceFault(name)])) as Record<ServiceName, ZohoFault>),
};
/** Every fault name, for a list to choose from. */
export const faultNames = Object.keys(zohoFaults) as FaultName[];

/** A fault as it meets one request. */
export type ActiveFault = { name: FaultName; argument: string };

/** `salesiq:1008` is the fault `salesiq` with the argument `1008`. */
export function asActiveFault(fault: string): ActiveFault {
  const [name = '', ...argument] = fault.split(':');
  return { name: name as FaultName, argument: argument.join(':') };
}

/** What the refresher judges a fault to be where it meets it, e.g. `token_rejected` for `desk:INVALID_OAUTH`. */
export function judgedAs(fault: string): Judgement {
  const { name, argument } = asActiveFault(fault);
  const service = serviceNames.find((known) => known === name);
  if (service === undefined) return zohoFaults[name].judged;
  return services[service].errors[argument]?.judged ?? 'nothing';
}

/** Every fault that can meet a token request, or a call to a service; those that need another argument are left out. */
export function faultsThatStrike(place: 'token' | ServiceName): Fault[] {
  const general = faultNames.filter((name) => {
    const { strikes, argument } = zohoFaults[name];
    return (strikes === place || strikes === 'any') && argument === undefined;
  });
  const own = place === 'token' ? [] : Object.keys(services[place].errors);
  return [...general, ...own.map((code): Fault => `${place as ServiceName}:${code}`)];
}

/** The answer of the first fault that answers in place of the endpoint; `undefined` if none does. */
export function faultReply(faults: readonly ActiveFault[], call: Call): Reply | undefined {
  const found = faults.find(({ name }) => zohoFaults[name].reply);
  return found && zohoFaults[found.name].reply?.(call, found.argument);
}

/** What the faults do to the connection on which the answer goes out. */
export function connectionFaultOf(faults: readonly ActiveFault[]): ConnectionFault | undefined {
  return faults.map(({ name }) => zohoFaults[name].connection).find((fault) => fault !== undefined);
}
