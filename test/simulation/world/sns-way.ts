import type { SNSClient } from '@aws-sdk/client-sns';
import { AwsError } from '../../../local/aws/aws-error.ts';
import { checkPublish, type PublishParameters } from '../../../local/aws/sns-publish-validation.ts';
import { between } from '../random.ts';
import { callOut, type RunInWorld } from './call-out.ts';
import type { AlertFacts } from './facts.ts';
import type { SimulatedWorld } from './world.ts';
import { asSdkError, awsFaultOf, meet } from './world-faults.ts';

const region = 'ap-south-1';
/** The topic that alerts go to. */
export const alertTopicArn = `arn:aws:sns:${region}:123456789012:zoho-token-alerts`;

/** What the Lambda's own adapter takes for the SDK's client of SNS. */
export function snsOf(world: SimulatedWorld, run: RunInWorld): SNSClient {
  const send = (command: { input: Record<string, unknown> }, options: { abortSignal: AbortSignal }) => {
    const { Subject, Message, MessageStructure, MessageAttributes, TopicArn } = command.input as {
      Subject: string;
      Message: string;
      MessageStructure: string;
      TopicArn: string;
      MessageAttributes: Record<string, { DataType: string; StringValue: string }>;
    };
    const connection = MessageAttributes.connection?.StringValue ?? '';
    const fault = world.disturbances.faultOf('publish', connection, world.time.now, run.random);
    const broken = awsFaultOf(fault, 'Publish');
    const latency = between(run.random, 20, 90);
    if (fault !== undefined) meet(run, connection, fault);
    const failed = () => world.observe({ kind: 'publish failed', run, connection });
    return callOut<{ MessageId: string } | AwsError, { MessageId: string }>(
      world.time,
      run,
      options.abortSignal,
      {
        effectAfter: latency / 2,
        answerAfter: broken?.afterMilliseconds ?? latency,
        isCarriedOut: broken?.isCarriedOut ?? true,
        carryOut: () => {
          const attributes = Object.entries(MessageAttributes).map(([name, value]) => ({
            name,
            dataType: value.DataType,
            stringValue: value.StringValue,
          }));
          const message = {
            topicArn: TopicArn,
            message: Message,
            messageStructure: MessageStructure,
            subject: Subject,
            attributes,
          };
          const parts = acceptedParts(message);
          if (parts instanceof AwsError) {
            const what = `SNS refuses the alert: ${parts.message}`;
            world.observe({ kind: 'stray call', run, connection, invariant: 7, what });
            return parts;
          }
          const alert = JSON.parse(parts.sqs ?? '{}') as AlertFacts;
          world.alerts.push({ at: world.time.now, alert });
          world.outputs.push(Subject, Message, JSON.stringify(MessageAttributes));
          world.observe({
            kind: 'published',
            run,
            alert,
            text: parts.email ?? '',
            isAnswered: broken === undefined,
          });
          return { MessageId: 'made-up' };
        },
        answer: (answer) => {
          const isTaken = answer !== undefined && !(answer instanceof AwsError);
          if (broken === undefined && isTaken) return answer;
          failed();
          throw asSdkError(broken?.name ?? (answer instanceof AwsError ? answer.name : 'InternalError'));
        },
        aborted: () => {
          failed();
          return asSdkError('AbortError');
        },
      },
    );
  };
  return { send } as unknown as SNSClient;
}

/** The message's parts by protocol, or why SNS does not take it. */
function acceptedParts(message: PublishParameters): Record<string, string> | AwsError {
  try {
    return checkPublish(message, region, new Set([alertTopicArn]));
  } catch (fault) {
    if (fault instanceof AwsError) return fault;
    throw fault;
  }
}
