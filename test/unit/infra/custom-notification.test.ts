import { describe, expect, test } from 'vitest';
import { customNotification } from '../../../infra/chat/custom-notification.ts';
import { describeIncident } from '../../../lambda/incident/alert.ts';
import { desk, links, minute, storedUntil, toldIncident } from '../lambda/examples.ts';

const facts = { stored: storedUntil(40), now: minute(0) };
const alert = describeIncident(desk, 'open', toldIncident('invalid_code'), facts, links).event;

describe('a chat channel shows', () => {
  test('an alert with what happened, what apps feel and the next step', () => {
    const title = ':large_yellow_circle: zoho/desk: invalid_code (open)';
    expect(customNotification(JSON.stringify(alert), 'ignored')).toEqual({
      version: '1.0',
      source: 'custom',
      content: {
        textType: 'client-markdown',
        title,
        description: `${alert.impact}\n${alert.summary}`,
        nextSteps: [
          '`npx --no-install zoho-tokens authorize desk --stage production --region ap-south-1`',
          alert.remedy,
          'Runbook: https://example.com/runbook.md#invalid_code',
          'Logs: https://logs.example/desk',
        ],
        keywords: ['desk', 'invalid_code', 'warning'],
      },
      metadata: { threadId: 'desk', summary: title, eventType: 'open' },
    });
  });

  test('failure and recovery of a connection in one thread', () => {
    const resolved = customNotification(JSON.stringify({ ...alert, state: 'resolved' }), undefined);
    expect(resolved.metadata.threadId).toBe('desk');
    expect(resolved.content.title).toBe(':white_check_mark: zoho/desk: invalid_code (resolved)');
    expect(resolved.content.nextSteps).not.toContain(alert.remedy);
  });

  test('an alarm of CloudWatch', () => {
    const alarm = {
      AlarmName: 'zoho/desk/token-life',
      NewStateValue: 'ALARM',
      AlarmDescription: 'less than 10 minutes',
    };
    expect(customNotification(JSON.stringify(alarm), 'ALARM: ...')).toMatchObject({
      content: { title: ':red_circle: ALARM: zoho/desk/token-life', description: 'less than 10 minutes' },
      metadata: { threadId: 'zoho/desk/token-life', eventType: 'ALARM' },
    });
  });

  test.each(['plain words', '"text"', '[]', 'null', '{}'])('anything else as it is: %s', (message) => {
    expect(customNotification(message, 'a subject').content).toMatchObject({
      title: 'a subject',
      description: message,
    });
  });
});
