import { setTimeout as wait } from 'node:timers/promises';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { credentials, type Moto, region } from './moto.ts';

/** A message of a topic as its queue received it: the JSON event and the attributes for filter policies. */
export type Received = {
  readonly event: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
};

/** A queue subscribed to a topic. */
export type SubscribedQueue = {
  /** Waits for messages; empty when none came. */
  readonly receive: () => Promise<Received[]>;
};

/** moto delivers while it answers the publish: what has not come by then does not come. */
const waitMilliseconds = 1_000;

/** Subscribes a new queue to a deployed topic. */
export async function subscribeQueue(moto: Moto, topicArn: string, name: string): Promise<SubscribedQueue> {
  const aws = { endpoint: moto.url, region, credentials };
  const sqs = new SQSClient(aws);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  await new SNSClient(aws).send(
    new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: Attributes?.QueueArn }),
  );
  return {
    async receive() {
      for (const end = Date.now() + waitMilliseconds; Date.now() < end; await wait(100)) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
        );
        if (Messages.length > 0) return Messages.map(({ Body = '{}' }) => readNotification(Body));
      }
      return [];
    },
  };
}

function readNotification(body: string): Received {
  const { Message, MessageAttributes = {} } = JSON.parse(body);
  const attributes = Object.entries(Object(MessageAttributes)).map(([name, value]) => [name, Object(value).Value]);
  return { event: JSON.parse(Message), attributes: Object.fromEntries(attributes) };
}
