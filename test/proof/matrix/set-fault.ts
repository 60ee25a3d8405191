import type { FaultKind } from '../../../local/faults/aws-faults.ts';
import type { Fault } from '../../../local/faults/zoho-faults.ts';
import type { StageOnClock } from '../../support/stage.ts';
import { type Cell, isZohoAway } from './cells.ts';

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
  return zoho.faults.list().some((each) => each.fault === name && each.hits > 0);
}
