import { AwsError } from './aws-error.ts';
import { garbageBody, hugeBody } from './broken-answers.ts';
import type { FaultKind, FaultTarget } from './faults.ts';
import type { Answer } from './loopback-server.ts';
import { renderSnsAnswer } from './sns-wire.ts';

/** SNS's answer under a fault; nothing where the fault is one of the connection. */
export function answerSnsFault(kind: FaultKind, call: FaultTarget): Answer | undefined {
  switch (kind) {
    case 'access-denied':
      return renderSnsAnswer(
        new AwsError(
          'AuthorizationError',
          `User: arn:aws:sts::111122223333:assumed-role/refresher/refresher is not authorized to perform: SNS:${call.operation} on resource: ${call.topicArn} because no identity-based policy allows the SNS:${call.operation} action`,
          403,
        ),
      );
    case 'throttled':
      return renderSnsAnswer(new AwsError('Throttled', 'Rate exceeded', 429));
    case 'internal-error':
      return renderSnsAnswer(new AwsError('InternalError', 'An error occurred on the server side.', 500));
    case 'kms-disabled':
      return renderSnsAnswer(new AwsError('KMSDisabled', 'The KMS key of the topic is disabled.'));
    case 'garbage':
      return { status: 200, headers: { 'content-type': 'text/html' }, body: garbageBody, outcome: kind };
    case 'huge':
      // In a comment, which the SDK's XML parser skips: text of that length would keep it busy for 20 seconds.
      return {
        ...renderSnsAnswer({}),
        body: hugeBody('<PublishResponse><!--', '--></PublishResponse>'),
        outcome: kind,
      };
    case 'refuse':
    case 'reset':
    case 'reset-during-answer':
    case 'reset-after-answer':
    case 'hang':
    case 'slow-drip':
      return undefined;
  }
}
