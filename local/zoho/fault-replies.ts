import { type Call, clientCredentials, parameter, standInUrl } from './call.ts';
import { deskError } from './desk-errors.ts';
import type { FaultName } from './fault-names.ts';
import type { ActiveFault } from './faults.ts';
import { empty, escapeHtml, html, json, type Reply, redirect, refusal } from './reply.ts';
import { salesiqError } from './salesiq-errors.ts';

/** Zoho's throttle answer as recorded; the status is 400 in recordings, 200 in one of Zoho's articles. */
export function throttled(status: 400 | 200): Reply {
  const text = 'You have made too many requests continuously. Please try again after some time.';
  return json(status, { error_description: text, error: 'Access Denied', status: 'failure' }, 'throttled');
}

/** The faults that answer instead of the endpoint: nothing is carried out, no token is issued. */
const replies: Partial<Record<FaultName, (call: Call, argument: string) => Reply>> = {
  invalid_client: () => refusal('invalid_client'),
  invalid_client_secret: () => refusal('invalid_client_secret'),
  invalid_code: () => refusal('invalid_code'),
  general_error: () => refusal('general_error'),
  throttle_400: () => throttled(400),
  throttle_200: () => throttled(200),
  throttle_localised_400: () => throttledInHindi(400),
  throttle_localised_200: () => throttledInHindi(200),
  access_denied: () => refusal('access_denied'),
  echo_secret: (call) => html(500, `<pre>${escapeHtml(echo(call))}</pre>`, 'echo_secret'),
  echo_secret_error: (call) =>
    json(
      200,
      { error: `invalid request: ${echo(call)}`, error_description: echo(call) },
      'echo_secret_error',
    ),
  html_200: () => html(200, '<h1>We will be back shortly</h1>', 'html_200'),
  html_429: () => html(429, '<h1>429 Too Many Requests</h1>', 'html_429'),
  html_502: () => html(502, '<h1>502 Bad Gateway</h1>', 'html_502'),
  http_500: () => json(500, { errorCode: 'INTERNAL_SERVER_ERROR', message: 'Internal error' }, 'http_500'),
  empty_object: () => json(200, {}, 'empty_object'),
  empty_body: () => empty(200, 'empty_body'),
  redirect: (call) =>
    call.place?.plays === 'accounts'
      ? redirect(standInUrl(call, 'elsewhere.example', '/oauth/v2/token'), 'redirect')
      : redirect(standInUrl(call, 'accounts.zoho.com', '/signin'), 'redirect'),
  salesiq: (_call, code) => salesiqError(Number(code)),
  desk: (_call, code) => deskError(code),
};

/** The answer of the first fault that answers in place of the endpoint; `undefined` if none does. */
export function faultReply(faults: readonly ActiveFault[], call: Call): Reply | undefined {
  for (const { name, argument } of faults) {
    const reply = replies[name]?.(call, argument);
    if (reply) return reply;
  }
  return undefined;
}

function throttledInHindi(status: 400 | 200): Reply {
  const text = 'आपने लगातार बहुत अधिक अनुरोध किए हैं. कृपया कुछ समय बाद पुनः प्रयास करें.';
  return json(status, { error_description: text, error: 'प्रवेश निषेध', status: 'failure' }, 'throttled');
}

function echo(call: Call): string {
  const { clientId, clientSecret } = clientCredentials(call);
  const refreshToken = parameter(call, 'refresh_token');
  return `client_id=${clientId} client_secret=${clientSecret} refresh_token=${refreshToken}`;
}
