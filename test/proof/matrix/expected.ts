import { judgedAs } from '../../../local/faults/zoho-faults.ts';
import type { Cell } from './cells.ts';

/** What the table of faults says: `null` if the fault comes to no failure. */
function codeOf(fault: string): string | null {
  const judgement = judgedAs(fault);
  return ['healed', 'nothing', 'alarm'].includes(judgement) ? null : judgement;
}

/** Whether Secrets Manager or its key denies access: a person has to act. */
function isRefusal(fault: string): boolean {
  return ['access_denied', 'kms_disabled', 'marked for deletion'].includes(fault);
}

/** The failure code that a cell's fault must come to where it is met; `null` for none, `undefined` if several may. */
export function expectedCode({ call, fault, state }: Cell): string | null | undefined {
  if (call === 'Zoho token') return fault === 'refuse' ? 'zoho_unavailable' : codeOf(fault);
  // What befalls any call says nothing against the token.
  if (call.endsWith('probe')) return fault.includes(':') ? codeOf(fault.replace(/ with status 200$/, '')) : null;
  if (call === 'clock of the Lambda') return null;
  // Whose answer comes byte by byte may be read in time.
  if (fault === 'slow_drip') return undefined;
  if (call === 'GetSecretValue credentials' && fault === 'no such secret') return 'credentials_missing';
  // Without its record a token is refreshed all the same.
  if (call === 'GetSecretValue record' && isRefusal(fault)) return null;
  if (call.startsWith('GetSecretValue') || call === 'PutSecretValue token') {
    return isRefusal(fault) ? 'secret_store_refused' : 'secret_store_failed';
  }
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
  if (call === 'GetSecretValue record') return isRefusal(fault);
  return ['GetSecretValue token', 'PutSecretValue record', 'SNS Publish'].includes(call);
}

/** Codes on which an operator must act, of those that Zoho's answers come to. */
export const operatorCodes: readonly string[] = [
  'invalid_client',
  'invalid_client_secret',
  'invalid_code',
  'refused',
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
