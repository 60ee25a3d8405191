import { expect, test } from 'vitest';
import { makeEveryOptionStack } from './stacks.ts';
import { propertiesOf, templateOf } from './synthesize.ts';

test('a channel reads a topic of its own, which a function fills from the alert topic', () => {
  const template = templateOf(makeEveryOptionStack);
  expect(propertiesOf(template, 'AWS::SNS::Subscription')).toContainEqual(
    expect.objectContaining({
      Protocol: 'lambda',
      TopicArn: '<RefresherAlertTopic97ECEB71>',
      Endpoint: expect.stringMatching(/^<RefresherChatFunction\w+\.Arn>$/),
    }),
  );
  const SnsTopicArns = ['<RefresherChatTopic612B383B>'];
  expect(propertiesOf(template, 'AWS::Chatbot::SlackChannelConfiguration')).toMatchObject([
    { SlackWorkspaceId: 'T0123ABCD', SlackChannelId: 'C0123ABCD', SnsTopicArns },
  ]);
  expect(propertiesOf(template, 'AWS::Chatbot::MicrosoftTeamsChannelConfiguration')).toMatchObject([
    { TeamsChannelId: '19%3Amade-up%40thread.tacv2', SnsTopicArns },
  ]);
});
