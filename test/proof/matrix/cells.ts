import { failureCodes, failureRow } from '../../../lambda/failure.ts';
import { faultKinds } from '../../../local/faults/aws-faults.ts';
import { findFault } from '../../../local/faults/fault-table.ts';
import type { Judgement } from '../../../local/faults/judgement.ts';
import { faultsThatStrike, judgedAs } from '../../../local/faults/zoho-faults.ts';

/** A call that leaves the Lambda, or the clock by which it judges. */
export const calls = [
  'Zoho token',
  'SalesIQ probe',
  'Desk probe',
  'GetSecretValue token',
  'GetSecretValue record',
  'GetSecretValue credentials',
  'PutSecretValue token',
  'PutSecretValue record',
  'SNS Publish',
  'clock of the Lambda',
] as const;
type CallOfLambda = (typeof calls)[number];

/** How a connection stands when the fault comes. */
export const states = ['nothing stored', 'fresh', 'due', 'nearly dead', 'expired', 'incident open'] as const;
export type State = (typeof states)[number];

/** One cell of the matrix. */
export type Cell = { readonly call: CallOfLambda; readonly fault: string; readonly state: State };

/**
 * Minutes ahead of the world. AWS refuses what a clock that is more than five minutes off has signed, and the SDK then
 * goes by the Date of the answer.
 */
export const skews: Readonly<Record<string, number>> = {
  '4 minutes ahead': 4,
  '4 minutes behind': -4,
  '10 minutes ahead': 10,
  '10 minutes behind': -10,
};
/** A connection that is refused outright cannot be told by what it would have asked: that is SNS as a whole, or Zoho as a whole. */
const secretsFaults = faultKinds.filter((kind) => kind !== 'refuse');
const faultsOfCalls: Record<CallOfLambda, readonly string[]> = {
  'Zoho token': ['refuse', ...faultsThatStrike('token'), 'missing_scope:Desk.calls.READ', 'wrong_prefix:1004.'],
  'SalesIQ probe': [
    ...faultsThatStrike('salesiq'),
    // Documented for errors; 400 was seen.
    ...[1005, 1008, 1009].map((code) => `salesiq:${code} with status 200`),
  ],
  'Desk probe': faultsThatStrike('desk'),
  'GetSecretValue token': [...secretsFaults, 'marked for deletion'],
  'GetSecretValue record': secretsFaults,
  'GetSecretValue credentials': [...secretsFaults, 'marked for deletion', 'no such secret'],
  'PutSecretValue token': secretsFaults,
  'PutSecretValue record': secretsFaults,
  'SNS Publish': faultKinds,
  'clock of the Lambda': Object.keys(skews),
};

/** Whether only a time-out or a run's end ends it: such a cell takes half a minute of real time and more. */
export function isSlow({ call, fault }: Cell): boolean {
  if (['hang', 'slow_drip'].includes(fault)) return true;
  return fault === 'throttled' && call.startsWith('PutSecretValue');
}

/** Whether nothing listens where Zoho should be: its other connection and its services are then away as well. */
export function isZohoAway({ call, fault }: Cell): boolean {
  return call === 'Zoho token' && fault === 'refuse';
}

/** Every cell; `isQuick` leaves out those that wait for a time-out. */
export function allCells(options: { isQuick?: boolean; states?: readonly State[] } = {}): Cell[] {
  return calls.flatMap((call) =>
    faultsOfCalls[call]
      .flatMap((fault) => (options.states ?? states).map((state): Cell => ({ call, fault, state })))
      .filter((cell) => options.isQuick !== true || !isSlow(cell)),
  );
}

/** The failure code of what the table of faults says; `null` if the fault comes to no failure. */
function codeOf(judgement: Judgement): string | null {
  return ['healed', 'nothing', 'alarm'].includes(judgement) ? null : judgement;
}

/** What a fault of Secrets Manager is judged as; a secret that is marked for deletion, which is none, as a refusal. */
function judgedAtSecrets(fault: string): Judgement {
  return findFault(`secrets/${fault}`)?.judged ?? 'secret_store_refused';
}

/** The failure code that a cell's fault must come to where it is met; `null` for none, `undefined` if several may. */
export function expectedCode({ call, fault, state }: Cell): string | null | undefined {
  if (call === 'Zoho token') return fault === 'refuse' ? 'zoho_unavailable' : codeOf(judgedAs(fault));
  // What befalls any call says nothing against the token.
  if (call.endsWith('probe'))
    return fault.includes(':') ? codeOf(judgedAs(fault.replace(/ with status 200$/, ''))) : null;
  if (call === 'clock of the Lambda') return null;
  // Whose answer comes byte by byte may be read in time.
  if (fault === 'slow_drip') return undefined;
  if (call === 'GetSecretValue credentials' && fault === 'no such secret') return 'credentials_missing';
  const judged = judgedAtSecrets(fault);
  // Without its record a token is refreshed all the same.
  if (call === 'GetSecretValue record' && judged === 'secret_store_refused') return null;
  if (call.startsWith('GetSecretValue') || call === 'PutSecretValue token') return judged;
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
  if (call === 'GetSecretValue record') return judgedAtSecrets(fault) === 'secret_store_refused';
  return ['GetSecretValue token', 'PutSecretValue record', 'SNS Publish'].includes(call);
}

/** Whether an operator must act on what something is judged as. */
export function isForOperator(judged: string | null | undefined): boolean {
  return failureCodes.some((code) => code === judged && failureRow(code).kind === 'operator');
}

/** Whether only a person ends what the fault brought about: everything else has to heal by itself. */
export function needsPerson(cell: Cell): boolean {
  if (cell.call === 'PutSecretValue record' || cell.call === 'SNS Publish') return true;
  return /Zoho|probe/.test(cell.call) && isForOperator(expectedCode(cell));
}
