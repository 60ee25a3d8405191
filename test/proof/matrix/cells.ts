import { faultKinds } from '../../../local/faults/aws-faults.ts';
import { faultsThatStrike } from '../../../local/faults/zoho-faults.ts';

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
