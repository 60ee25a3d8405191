import { AwsError } from './aws-error.ts';
import { garbageBody, hugeBody } from './broken-answers.ts';
import type { FaultKind, FaultTarget } from './faults.ts';
import type { Answer } from './loopback-server.ts';
import { renderSecretsAnswer } from './secrets-wire.ts';

/** Operations in which a value is read or written: only there does a disabled KMS key show. */
const operationsWithValue = new Set(['GetSecretValue', 'PutSecretValue', 'CreateSecret']);

/** Whether a fault can befall this request at Secrets Manager. */
export function canSecretsFail(kind: FaultKind, target: FaultTarget): boolean {
  return kind !== 'kms-disabled' || operationsWithValue.has(target.operation);
}

/** Secrets Manager's answer under a fault; nothing where the fault is one of the connection. */
export function answerSecretsFault(kind: FaultKind, call: FaultTarget): Answer | undefined {
  switch (kind) {
    case 'access-denied':
      return renderSecretsAnswer(
        new AwsError(
          'AccessDeniedException',
          `User: arn:aws:sts::111122223333:assumed-role/refresher/refresher is not authorized to perform: secretsmanager:${call.operation} on resource: ${call.secretId} because no identity-based policy allows the secretsmanager:${call.operation} action`,
        ),
      );
    case 'throttled':
      return renderSecretsAnswer(new AwsError('ThrottlingException', 'Rate exceeded'));
    case 'internal-error':
      return renderSecretsAnswer(
        new AwsError('InternalServiceError', 'An error occurred on the server side.', 500),
      );
    case 'kms-disabled':
      return renderSecretsAnswer(
        call.operation === 'GetSecretValue'
          ? new AwsError('DecryptionFailure', "Secrets Manager can't decrypt the protected secret text.")
          : new AwsError('EncryptionFailure', "Secrets Manager can't encrypt the protected secret text."),
      );
    case 'garbage':
      return { status: 200, headers: { 'content-type': 'text/html' }, body: garbageBody, outcome: kind };
    case 'huge':
      return { ...renderSecretsAnswer({}), body: hugeBody('{"Padding":"', '"}'), outcome: kind };
    case 'refuse':
    case 'reset':
    case 'reset-during-answer':
    case 'reset-after-answer':
    case 'hang':
    case 'slow-drip':
      return undefined;
  }
}
