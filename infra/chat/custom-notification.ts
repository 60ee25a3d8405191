import type { AlertEvent } from '../../lambda/incident/alert.ts';

/**
 * What Amazon Q Developer in chat applications reads from a topic. It drops every other text.
 *
 * @see {@link https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html | Custom notifications}
 */
export type CustomNotification = ReturnType<typeof notification>;
type Content = { textType: string; title: string; description: string; nextSteps?: string[]; keywords?: string[] };

type CloudWatchAlarm = { AlarmName: string; AlarmDescription: string | null; NewStateValue: string };

/**
 * Turns a message of the alert topic into a custom notification.
 *
 * @param message - The refresher's JSON event, a CloudWatch alarm's JSON, or any other text.
 * @returns A notification whose thread is the connection, so that failure and recovery stand together.
 */
export function customNotification(message: string, subject: string | undefined): CustomNotification {
  const event = parse(message) as Partial<AlertEvent & CloudWatchAlarm> | null | undefined;
  if (event?.version === 1 && event.connection) return notificationOfAlert(event as AlertEvent);
  if (event?.NewStateValue) return notificationOfAlarm(event as CloudWatchAlarm);
  return notification(subject ?? 'Zoho tokens', message, 'refresher', 'message');
}

function notificationOfAlert(event: AlertEvent): CustomNotification {
  const { connection, state, severity, code, command } = event;
  const isGood = state === 'resolved' || state === 'test';
  const sign = isGood ? ':white_check_mark:' : severity === 'critical' ? ':red_circle:' : ':large_yellow_circle:';
  const title = `${sign} ${event.secret_prefix}/${connection}: ${code} (${state})`;
  const description = [event.impact, event.summary].filter((line) => line !== '').join('\n');
  const result = notification(title, description, connection, state);
  result.content.nextSteps = [
    ...(isGood ? [] : [command && `\`${command}\``, event.remedy]),
    event.runbook_url && `Runbook: ${event.runbook_url}`,
    event.logs_url && `Logs: ${event.logs_url}`,
  ].filter((line): line is string => Boolean(line));
  result.content.keywords = [connection, code, severity];
  return result;
}

function notificationOfAlarm({ AlarmName, AlarmDescription, NewStateValue }: CloudWatchAlarm): CustomNotification {
  const sign = NewStateValue === 'OK' ? ':white_check_mark:' : ':red_circle:';
  return notification(`${sign} ${NewStateValue}: ${AlarmName}`, AlarmDescription ?? '', AlarmName, NewStateValue);
}

function notification(title: string, description: string, threadId: string, eventType: string) {
  return {
    version: '1.0',
    source: 'custom',
    content: { textType: 'client-markdown', title, description } as Content,
    metadata: { threadId, summary: title, eventType },
  };
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}
