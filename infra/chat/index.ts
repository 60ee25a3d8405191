/** Entry point of the function between the alert topic and the chat topic. */

import { env } from 'node:process';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { customNotification } from './custom-notification.ts';

// biome-ignore lint/style/noProcessEnv: this is an entry point
const chatTopicArn = env.CHAT_TOPIC_ARN;

/** SNS waits and tries again by itself; a hung call must not eat the function's time-out. */
const sns = new SNSClient({
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
});

/** Publishes every received alert once more in the form that a chat channel can show. */
export async function handler(event: { Records: { Sns: { Message: string; Subject?: string | null } }[] }) {
  for (const { Sns } of event.Records) {
    const notification = customNotification(Sns.Message, Sns.Subject ?? undefined);
    await sns.send(new PublishCommand({ TopicArn: chatTopicArn, Message: JSON.stringify(notification) }));
  }
}
