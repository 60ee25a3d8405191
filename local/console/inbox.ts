import type { PublishedMessage } from '../aws/sns.ts';
import type { Stage } from '../stage.ts';
import type { AlarmView, Level, MessageView } from './view.ts';

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
    envelope: JSON.stringify(
      {
        Type: 'Notification',
        MessageId: entry.messageId,
        TopicArn: entry.topicArn,
        Subject: entry.subject,
        Message: json,
        Timestamp: new Date(entry.at).toISOString(),
        MessageAttributes: Object.fromEntries(
          Object.entries(entry.attributes).map(([name, Value]) => [name, { Type: 'String', Value }]),
        ),
      },
      undefined,
      2,
    ),
  };
}

/** The mail of an alarm that has changed its state, in CloudWatch's words. */
export function showAlarm({ name, isAlarm, reason }: AlarmView, at: number): Omit<MessageView, 'id'> {
  const state = isAlarm ? 'ALARM' : 'OK';
  const subject = `${state}: "${name}" in Asia Pacific (Mumbai)`;
  return {
    at,
    source: 'CloudWatch',
    level: isAlarm ? 'critical' : 'good',
    subject,
    email: [
      `You are receiving this email because your Amazon CloudWatch Alarm "${name}" in the Asia Pacific (Mumbai)`,
      `region has entered the ${state} state, because "${reason}" at "${new Date(at).toUTCString()}".`,
      '',
      'This is the independent check by CloudWatch: it speaks even when the refresher itself cannot.',
      'Runbook: docs/runbook.md',
      '',
    ].join('\n'),
    sms: subject,
    json: JSON.stringify({ AlarmName: name, NewStateValue: state, NewStateReason: reason }, undefined, 2),
    envelope: undefined,
  };
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
