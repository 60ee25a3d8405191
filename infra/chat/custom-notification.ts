/**
 * Renders an alert for Amazon Q Developer in chat applications, which shows its own schema only and drops other text.
 *
 * @see {@link https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html | Custom notifications}
 */

/** What Amazon Q Developer reads from a topic. */
export type CustomNotification = {
  version: '1.0';
  source: 'custom';
  content: {
    textType: 'client-markdown';
    title: string;
    description: string;
    nextSteps?: string[];
    keywords?: string[];
  };
  metadata: { threadId: string; summary: string; eventType: string };
};

/**
 * Turns a message of the alert topic into a custom notification.
 *
 * @param message - The refresher's JSON event, a CloudWatch alarm's JSON, or any other text.
 * @param subject - Subject of the message, if it had one.
 * @returns A notification whose thread is the connection, so that failure and recovery stand together.
 */
export function customNotification(message: string, subject: string | undefined): CustomNotification {
  const event = jsonObject(message);
  if (typeof event.connection === 'string') return notificationOfAlert(event, event.connection);
  if (typeof event.NewStateValue === 'string') return notificationOfAlarm(event, event.NewStateValue);
  return notification(subject ?? 'Zoho tokens', message, 'refresher', 'message');
}

function notificationOfAlert(event: Record<string, unknown>, connection: string): CustomNotification {
  const state = text(event.state);
  const good = state === 'resolved' || state === 'test';
  const sign = good ? ':white_check_mark:' : event.severity === 'critical' ? ':red_circle:' : ':large_yellow_circle:';
  const lines = [text(event.impact), text(event.summary)];
  const links = [link('Runbook', event.runbook_url), link('Logs', event.logs_url)].filter((line) => line !== '');
  const result = notification(
    `${sign} ${text(event.secret_prefix)}/${connection}: ${text(event.code)} (${state})`,
    lines.filter((line) => line !== '').join('\n'),
    connection,
    state,
  );
  const command = text(event.command);
  const steps = good ? [] : [command && `\`${command}\``, text(event.remedy)];
  const nextSteps = [...steps, ...links].filter((line) => line !== '');
  if (nextSteps.length > 0) result.content.nextSteps = nextSteps;
  result.content.keywords = [connection, text(event.code), text(event.severity)].filter((word) => word !== '');
  return result;
}

function notificationOfAlarm(alarm: Record<string, unknown>, state: string): CustomNotification {
  const name = text(alarm.AlarmName);
  const sign = state === 'OK' ? ':white_check_mark:' : ':red_circle:';
  return notification(`${sign} ${state}: ${name}`, text(alarm.AlarmDescription), name, state);
}

function notification(title: string, description: string, threadId: string, eventType: string): CustomNotification {
  return {
    version: '1.0',
    source: 'custom',
    content: { textType: 'client-markdown', title, description },
    metadata: { threadId, summary: title, eventType },
  };
}

function jsonObject(message: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function link(label: string, url: unknown): string {
  return text(url) === '' ? '' : `${label}: ${text(url)}`;
}
