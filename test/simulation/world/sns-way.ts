import type { SNSClient } from '@aws-sdk/client-sns';
import { AwsError } from '../../../local/aws/aws-error.ts';
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
  const send = ({ input }: { input: Input }, options: { abortSignal: AbortSignal }) => {
    const connection = input.MessageAttributes.connection?.StringValue ?? '';
    return callAws(world, run, options.abortSignal, {
      service: 'sns',
      place: 'publish',
      connection,
      target: { operation: 'Publish', topicArn: input.TopicArn },
      carryOut: (isAnswered) => {
        const parts = acceptedParts(world, run, connection, input);
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
  world: SimulatedWorld,
  run: RunInWorld,
  connection: string,
  { TopicArn, Subject, Message, MessageStructure, MessageAttributes }: Input,
): Record<string, string> {
  const attributes = Object.entries(MessageAttributes).map(([name, value]) => ({
    name,
    dataType: value.DataType,
    stringValue: value.StringValue,
  }));
  try {
    return checkPublish(
      {
        topicArn: TopicArn,
        message: Message,
        messageStructure: MessageStructure,
        subject: Subject,
        attributes,
      },
      region,
      new Set([alertTopicArn]),
    );
  } catch (fault) {
    const what = `SNS refuses the alert: ${(fault as Error).message}`;
    if (fault instanceof AwsError) world.observe({ kind: 'stray call', run, connection, invariant: 7, what });
    throw fault;
  }
}
