import { Stack, Validations } from 'aws-cdk-lib';
import { CfnMicrosoftTeamsChannelConfiguration, CfnSlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { flat } from '../print-statement.ts';
import { makeTopic } from '../topics.ts';
import { makeChatFunction } from './chat-function.ts';

/** Which channels there are, and what they show. */
export type ChatChannelProps = {
  readonly configurationName: string;
  readonly alertTopic: ITopic;
  /** The alarms that people in the channel may look at, as one pattern. */
  readonly alarmArns: string;
  readonly slack?: { readonly workspaceId: string; readonly channelId: string };
  readonly teams?: { readonly tenantId: string; readonly teamId: string; readonly channelId: string };
  readonly encryptionKey?: IKey;
  readonly logRetention: RetentionDays;
};

/**
 * Alerts in Slack or Teams, through Amazon Q Developer in chat applications.
 *
 * The channel reads a topic of its own, because it shows only its own schema; a small function rewrites each alert.
 * The guardrail is the upper bound of what people in the channel can do in the account: look at these alarms. Left
 * out, it would be AdministratorAccess.
 */
export class ChatChannel extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, props: ChatChannelProps) {
    super(scope, id);
    this.topic = makeTopic(this, 'Topic', 'Zoho token alerts for chat', props.encryptionKey);
    const chatFunction = makeChatFunction(this, {
      chatTopic: this.topic,
      logRetention: props.logRetention,
    });
    props.alertTopic.addSubscription(new LambdaSubscription(chatFunction));

    const readOnly = new ManagedPolicy(this, 'ReadOnly', {
      description: 'Channel members may look at the alarms of the Zoho token refresher',
      statements: [
        new PolicyStatement({
          actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:DescribeAlarmHistory'],
          resources: [props.alarmArns],
        }),
      ],
    });
    Validations.of(readOnly).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${flat(Stack.of(this).resolve(props.alarmArns))}]`,
      reason:
        'The pattern ends in the secret prefix of this refresher and so matches its own alarms only; up to 53 single ARNs would not fit a managed policy. Both calls only read.',
    });
    const role = new Role(this, 'ChannelRole', {
      assumedBy: new ServicePrincipal('chatbot.amazonaws.com'),
      description: 'What a chat channel sees of the Zoho token refresher',
      managedPolicies: [readOnly],
    });
    const common = {
      iamRoleArn: role.roleArn,
      guardrailPolicies: [readOnly.managedPolicyArn],
      snsTopicArns: [this.topic.topicArn],
      loggingLevel: 'ERROR',
    };
    if (props.slack !== undefined) {
      new CfnSlackChannelConfiguration(this, 'Slack', {
        ...common,
        configurationName: `${props.configurationName}-slack`,
        slackWorkspaceId: props.slack.workspaceId,
        slackChannelId: props.slack.channelId,
      });
    }
    if (props.teams !== undefined) {
      new CfnMicrosoftTeamsChannelConfiguration(this, 'Teams', {
        ...common,
        configurationName: `${props.configurationName}-teams`,
        teamsTenantId: props.teams.tenantId,
        teamId: props.teams.teamId,
        teamsChannelId: props.teams.channelId,
      });
    }
  }
}
