import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { Duration, Names, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnMicrosoftTeamsChannelConfiguration, CfnSlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type AssetCode,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { alarmArn } from '../arns.ts';
import { useOfKey } from '../encryption-key.ts';
import { writtenCode } from '../function-code.ts';
import { flat } from '../print-statement.ts';
import { type FunctionProps, publishAndLog } from '../refresher-function.ts';
import { makeTopic } from '../topics.ts';

/** Only the package has it: build/package.mjs puts it there. */
const builtBundle = fileURLToPath(new URL('../../dist/chat', import.meta.url));
/** Only a clone has it. */
const build = fileURLToPath(new URL('./build.mjs', import.meta.url));

/** One publish, with the SDK's own three attempts. */
const timeout = Duration.seconds(20);

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

/** Makes the function that rewrites alerts for chat; it may publish to the chat topic and nothing else. */
function makeChatFunction(scope: Construct, chatTopic: ITopic, retention: RetentionDays): LambdaFunction {
  const logGroup = new LogGroup(scope, 'Logs', { retention, removalPolicy: RemovalPolicy.DESTROY });
  const role = new Role(scope, 'FunctionRole', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: 'Rewrites Zoho token alerts for a chat channel',
  });
  for (const statement of publishAndLog(chatTopic, logGroup)) role.addToPolicy(statement);
  if (chatTopic.masterKey !== undefined) role.addToPolicy(useOfKey(scope, chatTopic.masterKey, 'sns'));
  return new LambdaFunction(scope, 'Function', {
    description: 'Rewrites Zoho token alerts for Amazon Q Developer in chat applications',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: chatCode(),
    role,
    memorySize: 256,
    timeout,
    environment: { CHAT_TOPIC_ARN: chatTopic.topicArn },
    logGroup,
    loggingFormat: LoggingFormat.JSON,
  });
}

/**
 * In the installed package the bundle that came along; in a clone a new one, so that no old build can be deployed. esbuild
 * runs in a process of its own: nothing that the package ships imports it.
 */
function chatCode(): AssetCode {
  if (!existsSync(build)) return Code.fromAsset(builtBundle);
  return writtenCode(fileURLToPath(new URL('.', import.meta.url)), (outputFolder) => {
    execFileSync(execPath, [build, outputFolder], { stdio: ['ignore', 2, 2] });
  });
}
