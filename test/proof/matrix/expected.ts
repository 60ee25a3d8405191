import type { Cell } from './cells.ts';

/** What a refresh comes to whose token answer has a fault, by Zoho's reference: a failure code, or a token. */
const codesOfTokenFaults: Readonly<Record<string, string>> = {
  refuse: 'zoho_unavailable',
  cut_connection_before: 'zoho_unavailable',
  cut_connection_during: 'zoho_unavailable',
  hang: 'zoho_unavailable',
  slow_drip: 'zoho_unavailable',
  html_429: 'rate_limited',
  html_502: 'zoho_unavailable',
  http_500: 'zoho_unavailable',
  echo_secret: 'zoho_unavailable',
  huge: 'unexpected_response',
  html_200: 'unexpected_response',
  empty_object: 'unexpected_response',
  empty_body: 'unexpected_response',
  redirect: 'unexpected_response',
  general_error: 'unexpected_response',
  echo_secret_error: 'unexpected_response',
  short_lifetime: 'unexpected_response',
  wrong_types: 'unexpected_response',
  undefined_token: 'unexpected_response',
  null_token: 'unexpected_response',
  invalid_client: 'invalid_client',
  invalid_client_secret: 'invalid_client_secret',
  invalid_code: 'invalid_code',
  throttle_400: 'rate_limited',
  throttle_200: 'rate_limited',
  throttle_localised_400: 'rate_limited',
  throttle_localised_200: 'rate_limited',
  access_denied: 'rate_limited',
  'missing_scope:Desk.calls.READ': 'scope_mismatch',
  'wrong_prefix:1004.': 'prefix_mismatch',
  minted_dead: 'token_rejected',
  foreign_api_domain: 'setting_mismatch',
};

/** What a probe's answer comes to; every other answer says nothing against the token. */
const codesOfProbeFaults: Readonly<Record<string, string>> = {
  'salesiq:1001': 'token_rejected',
  'salesiq:1008': 'token_rejected',
  'salesiq:1009': 'scope_mismatch',
  'salesiq:1005': 'setting_mismatch',
  'salesiq:1010': 'setting_mismatch',
  'desk:INVALID_OAUTH': 'token_rejected',
  'desk:UNAUTHORIZED': 'token_rejected',
  'desk:SCOPE_MISMATCH': 'scope_mismatch',
  'desk:OAUTH_ORG_MISMATCH': 'setting_mismatch',
};

/** The failure code that a cell's fault must come to where it is met; `null` for none, `undefined` where several may. */
export function expectedCode({ call, fault, state }: Cell): string | null | undefined {
  if (call === 'Zoho token') return codesOfTokenFaults[fault] ?? null;
  if (call.endsWith('probe')) return codesOfProbeFaults[fault.replace(/ with status 200$/, '')] ?? null;
  if (call === 'clock of the Lambda') return null;
  // Whose answer comes byte by byte may be read in time.
  if (fault === 'slow_drip') return undefined;
  // Two writes that are each tried again and again: the run's time is up first, and it says that.
  if (call === 'PutSecretValue token' && fault === 'throttled' && state === 'nothing stored') return null;
  if (call === 'GetSecretValue credentials' && fault === 'no such secret') return 'credentials_missing';
  if (call.startsWith('GetSecretValue') || call === 'PutSecretValue token') return 'secret_store_failed';
  // The failure that there is to tell, which SNS or the record does not take.
  return cellNeedsRevoking({ call, state }) || call === 'PutSecretValue record' ? 'invalid_code' : null;
}

/** Whether a consent is revoked for the cell: SNS is asked only where there is something to tell. */
export function cellNeedsRevoking({ call, state }: Pick<Cell, 'call' | 'state'>): boolean {
  return call === 'SNS Publish' && state !== 'incident open';
}

/**
 * Whether nobody can hear of the failure but by the alarm on errors: without the token's VersionId or the record no alert can
 * be claimed, and without SNS none can be sent.
 */
export function mustFail({ call, fault, state }: Cell): boolean {
  if (fault === 'slow_drip' && call !== 'SNS Publish' && call !== 'PutSecretValue record') return false;
  if (call === 'PutSecretValue token') return state === 'nothing stored';
  return ['GetSecretValue token', 'PutSecretValue record', 'SNS Publish'].includes(call);
}

const operatorCodes = [
  'invalid_client',
  'invalid_client_secret',
  'invalid_code',
  'prefix_mismatch',
  'scope_mismatch',
  'token_rejected',
];

/** Whether only a person ends what the fault brought about: everything else has to heal by itself. */
export function needsPerson(cell: Cell): boolean {
  if (cell.call === 'PutSecretValue record' || cell.call === 'SNS Publish') return true;
  return operatorCodes.includes(expectedCode(cell) ?? '');
}

/** Whether nobody may be woken by the fault: it passes while more than a third of the token's life is left. */
export function mustBeSilent(cell: Cell): boolean {
  const passing = ['zoho_unavailable', 'unexpected_response', 'rate_limited', null];
  const hasLife = cell.state === 'fresh' || cell.state === 'due';
  const code = expectedCode(cell);
  return hasLife && code !== undefined && passing.includes(code);
}
