import { failureCodes, failureRow } from '../../../lambda/failure.ts';
import { type FaultKind, faultKinds } from '../../../local/faults/aws-faults.ts';
import { findFault } from '../../../local/faults/fault-table.ts';
import type { Judgement } from '../../../local/faults/judgement.ts';
import { type Fault, faultsThatStrike, judgedAs } from '../../../local/faults/zoho-faults.ts';
import type { StageOnClock } from '../../support/stage.ts';

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
  // AWS refuses what a clock that is more than five minutes off has signed, and the SDK then goes by the Date of the answer.
  'clock of the Lambda': ['4 minutes ahead', '4 minutes behind', '10 minutes ahead', '10 minutes behind'],
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

/** Every cell. */
export function allCells(): Cell[] {
  return calls.flatMap((call) =>
    faultsOfCalls[call].flatMap((fault) => states.map((state) => ({ call, fault, state }))),
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

/** Sets a fault; returns how a person heals it if a secret itself is at fault. */
export function setFault(stage: StageOnClock, cell: Cell, subject: string): (() => void) | undefined {
  const { call, fault } = cell;
  const { zoho, secretsManager } = stage;
  const clientId = stage.credentialsOf(subject).client_id ?? '';
  const { operation, secretId, stages } = awsCallOf(cell, subject);
  if (isZohoAway(cell)) return undefined;
  if (fault === 'marked for deletion') {
    secretsManager.scheduleDeletion(secretId);
    return () => secretsManager.restore(secretId);
  }
  if (fault === 'no such secret') {
    const text = secretsManager.read(secretId);
    secretsManager.remove(secretId);
    return () => secretsManager.createSecret(secretId, text);
  }
  if (call === 'clock of the Lambda') stage.skew(Number.parseInt(fault, 10) * (fault.endsWith('ahead') ? 1 : -1));
  else if (call === 'SNS Publish') stage.sns.faults.set({ kind: fault as FaultKind });
  else if (call === 'Zoho token') zoho.faults.set(fault as Fault, { path: '/oauth/v2/token', clientId });
  else if (call.endsWith('probe')) {
    for (const each of fault.split(' with status 200'))
      zoho.faults.set((each || 'salesiq_errors_200') as Fault, { host: `${subject}.zoho.in` });
  } else {
    secretsManager.faults.set({ kind: fault as FaultKind, operations: [operation], secretIds: [secretId], stages });
    // A record is written when something fails: so something does.
    if (call === 'PutSecretValue record') zoho.faults.set('invalid_code', { clientId });
  }
  return undefined;
}

/** The call of Secrets Manager that a cell is about. */
function awsCallOf({ call }: Cell, subject: string) {
  const [operation = '', what] = call.split(' ');
  const secretId = `zoho/${subject}/${what === 'credentials' ? 'credentials' : 'token'}`;
  const stages = { record: ['INCIDENT'], token: ['AWSCURRENT'] }[what ?? ''];
  return { operation, secretId, stages };
}

/** Whether a call met the fault; a clock that is off meets every one. */
export function isHit(stage: StageOnClock, cell: Cell, subject: string): boolean {
  const { call, fault } = cell;
  const { zoho, secretsManager, sns } = stage;
  if (call === 'clock of the Lambda') return true;
  if (call === 'SNS Publish') return sns.faults.hits > 0;
  const { operation, secretId } = awsCallOf(cell, subject);
  if (/no such secret|marked for deletion/.test(fault))
    return secretsManager.calls.some((each) => each.secretId === secretId && each.outcome !== 'ok');
  if (/^(Get|Put)SecretValue$/.test(operation)) return secretsManager.faults.hits > 0;
  const name = fault.replace(/ with status 200$/, '');
  return zoho.faults.list().some(({ rule, hits }) => rule.fault === name && hits > 0);
}
