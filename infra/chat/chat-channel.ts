import { Names, Stack, Validations } from 'aws-cdk-lib';
import { CfnMicrosoftTeamsChannelConfiguration, CfnSlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { alarmArn } from '../arns.ts';
import { flat } from '../print-statement.ts';
import type { FunctionProps } from '../refresher-function.ts';
import { makeTopic } from '../topics.ts';
import { makeChatFunction } from './chat-function.ts';

/**
 * Shows alerts in the Slack and Teams channels that the props ask for, through Amazon Q Developer in chat applications.
 *
 * The channel reads a topic of its own, because it shows only its own schema; a small function rewrites each alert.
 * The guardrail is the upper bound of what people in the channel can do in the account: look at these alarms. Left
 * out, it would be AdministratorAccess.
 */
export function makeChatChannel(refresher: Construct, { settings, alertTopic, encryptionKey }: FunctionProps): void {
  const { slackWorkspaceId, slackChannelId, teamsTenantId, teamsTeamId, teamsChannelId } = settings;
  if (!slackChannelId && !teamsChannelId) return;
  const scope = new Construct(refresher, 'Chat');
  const topic = makeTopic(scope, 'Topic', 'Zoho token alerts for chat', encryptionKey);
  alertTopic.addSubscription(new LambdaSubscription(makeChatFunction(scope, topic, settings.logRetention)));

  const alarmArns = alarmArn(scope, `${settings.secretPrefix}/*`);
  const readOnly = new ManagedPolicy(scope, 'ReadOnly', {
    description: 'Channel members may look at the alarms of the Zoho token refresher',
    statements: [
      new PolicyStatement({
        actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:DescribeAlarmHistory'],
        resources: [alarmArns],
      }),
    ],
  });
  Validations.of(readOnly).acknowledge({
    id: `AwsSolutions::AwsSolutions-IAM5[Resource::${flat(Stack.of(scope).resolve(alarmArns))}]`,
    reason:
      'The pattern ends in the secret prefix of this refresher and so matches its own alarms only; up to 53 single ARNs would not fit a managed policy. Both calls only read.',
  });
  const role = new Role(scope, 'ChannelRole', {
    assumedBy: new ServicePrincipal('chatbot.amazonaws.com'),
    description: 'What a chat channel sees of the Zoho token refresher',
    managedPolicies: [readOnly],
  });
  const common = {
    iamRoleArn: role.roleArn,
    guardrailPolicies: [readOnly.managedPolicyArn],
    snsTopicArns: [topic.topicArn],
    loggingLevel: 'ERROR',
  };
  const name = Names.uniqueResourceName(refresher, { maxLength: 100, separator: '-' });
  if (slackWorkspaceId && slackChannelId) {
    new CfnSlackChannelConfiguration(scope, 'Slack', {
      ...common,
      configurationName: `${name}-slack`,
      slackWorkspaceId,
      slackChannelId,
    });
  }
  if (teamsTenantId && teamsTeamId && teamsChannelId) {
    new CfnMicrosoftTeamsChannelConfiguration(scope, 'Teams', {
      ...common,
      configurationName: `${name}-teams`,
      teamsTenantId,
      teamId: teamsTeamId,
      teamsChannelId,
    });
  }
}
