import type { FailureCode } from '../../../lambda/failure.ts';
import type { FaultName } from '../../zoho/fault-names.ts';
import type { FaultEntry, FaultGroup } from './entry.ts';

/** Zoho asks for silence: the only cure is to leave it alone. */
export const throttleFaults: FaultGroup = {
  title: 'Zoho throttles',
  entries: [
    throttle('throttle_400', 'Throttle, status 400'),
    throttle('throttle_200', 'Throttle, status 200'),
    throttle('throttle_localised_400', 'Throttle in Hindi, status 400'),
    throttle('throttle_localised_200', 'Throttle in Hindi, status 200'),
    throttle('access_denied', 'Access denied without a reason'),
    throttle('html_429', 'HTML with status 429'),
  ],
};

function throttle(fault: FaultName, title: string): FaultEntry {
  return {
    id: `token/${fault}`,
    title,
    expect:
      'The refresher asks only every 15, then 30 minutes; on-call hears of rate_limited at 20 minutes left; it ends by itself within 30 minutes of healing.',
    how: { at: 'token', fault },
    leadsTo: 'rate_limited',
  };
}

const passes =
  'Tried again on every tick; on-call hears only at 20 minutes left, and not at all if it heals before';

/** Zoho's token endpoint is down, unreachable, or another program answers in its place. */
export const outageFaults: FaultGroup = {
  title: 'Zoho is down or odd',
  entries: [
    outage('http_500', 'Status 500', 'zoho_unavailable'),
    outage('html_502', 'HTML with status 502', 'zoho_unavailable'),
    outage('html_200', 'HTML with status 200', 'unexpected_response'),
    outage('hang', 'No answer at all', 'zoho_unavailable', ' Each try costs 10 real seconds.'),
    outage('slow_drip', 'An answer byte by byte', 'zoho_unavailable', ' Each try costs 10 real seconds.'),
    outage('cut_connection_before', 'Connection cut before the answer', 'zoho_unavailable'),
    outage('cut_connection_during', 'Connection cut within the answer', 'zoho_unavailable'),
    outage('redirect', 'A redirect elsewhere', 'unexpected_response', ' It is never followed.'),
    outage('empty_object', 'An empty JSON object', 'unexpected_response'),
    outage('empty_body', 'An empty body', 'unexpected_response'),
    outage('huge', 'An endless answer', 'unexpected_response', ' It is cut off at 512 KiB.'),
    outage('general_error', 'general_error', 'unexpected_response'),
    outage(
      'echo_secret',
      'Status 500 that repeats the secrets',
      'zoho_unavailable',
      ' No secret shows in any log line.',
    ),
    outage(
      'echo_secret_error',
      'An error that repeats the secrets',
      'unexpected_response',
      ' No secret shows in any log line.',
    ),
  ],
};

function outage(fault: FaultName, title: string, leadsTo: FailureCode, more = ''): FaultEntry {
  return {
    id: `token/${fault}`,
    title,
    expect: `${passes}: ${leadsTo}.${more}`,
    how: { at: 'token', fault },
    leadsTo,
  };
}
