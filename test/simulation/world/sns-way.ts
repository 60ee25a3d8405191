import type { SNSClient } from '@aws-sdk/client-sns';
import { checkPublish } from '../../../local/aws/sns-publish-validation.ts';
import { callAws } from './aws-call.ts';
import type { RunInWorld } from './call-out.ts';
import type { AlertFacts } from './facts.ts';
import type { SimulatedWorld } from './world.ts';

const region = 'ap-south-1';
/** The topic that alerts go to. */
export const alertTopicArn = `arn:aws:sns:${region}:123456789012:zoho-token-alerts`;

type Input = {
  readonly TopicArn: string;
  readonly Subject: string;
  readonly Message: string;
  readonly MessageStructure: string;
  readonly MessageAttributes: Readonly<Record<string, { DataType: string; StringValue: string }>>;
};

/** What the Lambda's own adapter takes for the SDK's client of SNS. */
export function snsOf(world: SimulatedWorld, run: RunInWorld): SNSClient {
  const send = ({ input }: { input: Input }, { abortSignal }: { abortSignal: AbortSignal }) => {
    const connection = input.MessageAttributes.connection?.StringValue ?? '';
    return callAws(world, run, abortSignal, {
      service: 'sns',
      place: 'publish',
      connection,
      target: { operation: 'Publish', topicArn: input.TopicArn },
      carryOut: (isAnswered) => {
        const parts = acceptedParts(input, (what) =>
          world.observe({ kind: 'stray call', run, connection, invariant: 7, what }),
        );
        const alert = JSON.parse(parts.sqs ?? '{}') as AlertFacts;
        world.alerts.push({ at: world.time.now, alert });
        world.outputs.push(input.Subject, input.Message, JSON.stringify(input.MessageAttributes));
        world.observe({ kind: 'published', run, alert, text: parts.email ?? '', isAnswered });
        return { MessageId: 'made-up' };
      },
      failed: () => world.observe({ kind: 'publish failed', run, connection }),
    });
  };
  return { send } as unknown as SNSClient;
}

/** The message's parts by protocol; that SNS does not take one is a breach, too. */
function acceptedParts(
  { TopicArn: topicArn, Subject: subject, Message: message, MessageStructure: messageStructure, ...input }: Input,
  breach: (what: string) => void,
): Record<string, string> {
  const attributes = Object.entries(input.MessageAttributes).map(([name, { DataType, StringValue }]) => ({
    name,
    dataType: DataType,
    stringValue: StringValue,
  }));
  try {
    const parameters = { topicArn, subject, message, messageStructure, attributes };
    return checkPublish(parameters, region, [alertTopicArn]);
  } catch (fault) {
    breach(`SNS refuses the alert: ${(fault as Error).message}`);
    throw fault;
  }
}
