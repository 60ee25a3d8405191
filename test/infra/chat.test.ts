import { describe, expect, test } from 'vitest';
import { customNotification } from '../../infra/chat/custom-notification.ts';
import type { AlertEvent } from '../../lambda/incident/alert.ts';
import { makeDefaultStack, makeEveryOptionStack } from './stacks.ts';
import { flat, ofType, synthesize } from './synthesize.ts';

const alert: AlertEvent = {
  version: 1,
  state: 'open',
  severity: 'critical',
  connection: 'desk',
  service: 'desk',
  code: 'invalid_code',
  summary: 'desk has lost its consent',
  impact: 'callback creation fails at 03:20 UTC',
  remedy: 'Give consent again.',
  since: '2026-11-22T02:40:00.000Z',
  attempts: 1,
  expires_at: '2026-11-22T03:20:00.000Z',
  minutes_left: 40,
  runbook_url: 'https://wiki.example.com/zoho-tokens#invalid_code',
  logs_url: 'https://example.com/logs',
};

describe('a chat channel shows', () => {
  test('an alert with what happened, what apps feel and the next step', () => {
    expect(customNotification(JSON.stringify(alert), 'ignored')).toEqual({
      version: '1.0',
      source: 'custom',
      content: {
        textType: 'client-markdown',
        title: ':red_circle: Zoho desk: invalid_code (open)',
        description:
          'desk has lost its consent\ncallback creation fails at 03:20 UTC\nToken ends at 2026-11-22T03:20:00.000Z.',
        nextSteps: [
          'Give consent again.',
          'Runbook: https://wiki.example.com/zoho-tokens#invalid_code',
          'Logs: https://example.com/logs',
        ],
        keywords: ['desk', 'invalid_code', 'critical'],
      },
      metadata: {
        threadId: 'desk',
        summary: ':red_circle: Zoho desk: invalid_code (open)',
        eventType: 'open',
      },
    });
  });

  test('failure and recovery of a connection in one thread', () => {
    const resolved = customNotification(JSON.stringify({ ...alert, state: 'resolved' }), undefined);
    expect(resolved.metadata.threadId).toBe('desk');
    expect(resolved.content.title).toBe(':white_check_mark: Zoho desk: invalid_code (resolved)');
    expect(resolved.content.nextSteps).not.toContain('Give consent again.');
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

test('a channel reads a topic of its own, which a function fills from the alert topic', () => {
  const template = synthesize(makeEveryOptionStack);
  const subscription = ofType(template, 'AWS::SNS::Subscription').find(
    ([, { Properties }]) => Properties.Protocol === 'lambda',
  );
  expect(flat(subscription?.[1].Properties)).toMatchObject({
    TopicArn: '<RefresherAlertTopic97ECEB71>',
    Endpoint: expect.stringMatching(/^<RefresherChatFunction\w+\.Arn>$/),
  });
  const [[, slack] = []] = ofType(template, 'AWS::Chatbot::SlackChannelConfiguration');
  expect(flat(slack?.Properties)).toMatchObject({
    SlackWorkspaceId: 'T0123ABCD',
    SlackChannelId: 'C0123ABCD',
    SnsTopicArns: ['<RefresherChatTopic612B383B>'],
  });
  const [[, teams] = []] = ofType(template, 'AWS::Chatbot::MicrosoftTeamsChannelConfiguration');
  expect(flat(teams?.Properties)).toMatchObject({ SnsTopicArns: ['<RefresherChatTopic612B383B>'] });
});

test('without a channel there is neither function nor topic for one', () => {
  const template = synthesize(makeDefaultStack);
  expect(ofType(template, 'AWS::Lambda::Function')).toHaveLength(1);
  expect(ofType(template, 'AWS::SNS::Topic')).toHaveLength(1);
});
