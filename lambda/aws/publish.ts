import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { within } from '../deadline.ts';
import { awsCallTimeoutMilliseconds } from '../settings.ts';
import { faultName } from './fault-name.ts';

// For index.ts, which loads this file and SNS only if there is something to tell.
export { SNSClient };

/** An alert as SNS takes it. */
export type SnsMessage = {
  /** Printable ASCII, 1 to 99 characters. */
  readonly subject: string;
  /** JSON of the texts per protocol, for `MessageStructure: json`. */
  readonly message: string;
  /** For filter policies; no value is empty. */
  readonly attributes: Readonly<Record<string, string>>;
};

export type Publish = (message: SnsMessage) => Promise<void>;

/** Makes the way to on-call, one SNS topic. Throws whatever SNS answers, as an Error with nothing of it but its name. */
export function createPublish(client: SNSClient, topicArn: string, signal: AbortSignal): Publish {
  return async ({ subject, message, attributes }) => {
    const typed = Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]);
    try {
      const command = new PublishCommand({
        TopicArn: topicArn,
        Subject: subject,
        Message: message,
        MessageStructure: 'json',
        MessageAttributes: Object.fromEntries(typed),
      });
      const answer = await within(awsCallTimeoutMilliseconds, signal, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
      // A garbled answer with status 200 passes for success in the SDK: only a MessageId says that SNS has the alert.
      if (answer.MessageId === undefined) throw new Error('the answer has no MessageId');
    } catch (fault) {
      // Only the name goes on: the SDK hangs the raw answer on some of its errors.
      const name = faultName(fault);
      throw new Error(`SNS did not take the alert: ${name}`, { cause: new Error(name) });
    }
  };
}
