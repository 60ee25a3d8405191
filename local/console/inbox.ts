import type { PublishedMessage } from '../aws/sns.ts';
import type { Stage } from '../stage.ts';
import type { JudgedAlarm } from './stage-alarms.ts';
import type { Level, MessageView } from './view.ts';

/**
 * Shows a message of the refresher as each kind of subscriber gets it.
 *
 * SNS puts the text for machines into an envelope; an `email-json` subscription gets the same one.
 *
 * @see {@link https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html | SNS message formats}
 */
export function showMessage(sns: Stage['sns'], entry: PublishedMessage): Omit<MessageView, 'id' | 'thread'> {
  const json = sns.delivered(entry, 'sqs');
  const { state, severity } = entry.attributes;
  return {
    at: entry.at,
    source: 'refresher',
    level: levelOf(state, severity),
    subject: entry.subject ?? '',
    email: sns.delivered(entry, 'email'),
    sms: sns.delivered(entry, 'sms'),
    json: JSON.stringify(JSON.parse(json), undefined, 2),
    envelope: JSON.stringify(envelopeOf(entry, json), undefined, 2),
  };
}

/** The envelope in which SNS delivers a text for machines, without its signature. */
function envelopeOf({ messageId, topicArn, subject, at, attributes }: PublishedMessage, text: string) {
  return {
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    Subject: subject,
    Message: text,
    Timestamp: new Date(at).toISOString(),
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, Value]) => [name, { Type: 'String', Value }]),
    ),
  };
}

function levelOf(state: string | undefined, severity: string | undefined): Level {
  if (state === 'resolved') return 'good';
  if (state === 'test') return 'watch';
  return severity === 'critical' ? 'critical' : 'warning';
}

/** Finds the incident that each mail is about: CloudWatch's belong to the incident that makes an alarm speak. */
export function createThreads() {
  /** Thread of each connection's open incident, the latest last. */
  const open = new Map<string, string>();
  const alarms = new Map<string, string>();
  return {
    ofMail({ connection = '', state = '' }: Readonly<Record<string, string>>, at: number): string {
      const thread = open.get(connection) ?? `${connection} ${at}`;
      if (state === 'resolved') open.delete(connection);
      else if (state !== 'test') open.set(connection, thread);
      return thread;
    },
    ofAlarm({ rule: { name }, isAlarm, at }: JudgedAlarm): string {
      const [subject = '', isRefresher] = [name.split('/').at(-2), name.includes('/refresher/')];
      const about = isRefresher ? [...open.values()].at(-1) : open.get(subject);
      const thread = isAlarm ? (about ?? `${name} ${at}`) : (alarms.get(name) ?? name);
      alarms.set(name, thread);
      return thread;
    },
  };
}
