import type { PublishedMessage } from '../aws/sns.ts';
import type { Stage } from '../stage.ts';
import type { Level, MessageView } from './view.ts';

/**
 * Shows a message of the refresher as each kind of subscriber gets it.
 *
 * SNS puts the text for machines into an envelope; an `email-json` subscription gets the same one.
 *
 * @see {@link https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html | SNS message formats}
 */
export function showMessage(sns: Stage['sns'], entry: PublishedMessage): Omit<MessageView, 'id'> {
  const json = sns.delivered(entry, 'sqs');
  const { state, severity } = entry.attributes;
  return {
    at: entry.at,
    source: 'refresher',
    level: levelOf(state, severity),
    subject: entry.subject ?? '',
    email: sns.delivered(entry, 'email'),
    sms: sns.delivered(entry, 'sms'),
    json: indented(json),
    envelope: wrap(
      json,
      entry,
      Object.fromEntries(
        Object.entries(entry.attributes).map(([name, Value]) => [name, { Type: 'String', Value }]),
      ),
    ),
  };
}

/** The envelope in which SNS delivers a text for machines. */
export function wrap(
  text: string,
  { messageId, topicArn, subject, at }: Pick<PublishedMessage, 'messageId' | 'topicArn' | 'subject' | 'at'>,
  attributes?: Readonly<Record<string, unknown>>,
): string {
  const envelope = {
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    Subject: subject,
    Message: text,
    Timestamp: new Date(at).toISOString(),
    ...(attributes === undefined ? {} : { MessageAttributes: attributes }),
  };
  return JSON.stringify(envelope, undefined, 2);
}

function levelOf(state: string | undefined, severity: string | undefined): Level {
  if (state === 'resolved') return 'good';
  if (state === 'test') return 'watch';
  return severity === 'critical' ? 'critical' : 'warning';
}

function indented(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), undefined, 2);
  } catch {
    return json;
  }
}
