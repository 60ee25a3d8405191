import { Names } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { alarmArns } from '../alarm-arns.ts';
import type { ZohoTokenRefresherProps } from '../props.ts';
import { ChatChannel } from './chat-channel.ts';

/** What a channel shows of its refresher. */
export type ChatContext = {
  readonly alertTopic: ITopic;
  readonly secretPrefix: string;
  readonly encryptionKey?: IKey;
  readonly logRetention: RetentionDays;
};

/** Makes the Slack and Teams channels that the props ask for; `undefined` if they ask for none. */
export function makeChatChannel(
  scope: Construct,
  props: ZohoTokenRefresherProps,
  context: ChatContext,
): ChatChannel | undefined {
  const { slackWorkspaceId, slackChannelId, teamsTenantId, teamsTeamId, teamsChannelId } = props;
  const slack =
    slackWorkspaceId && slackChannelId ? { slack: { workspaceId: slackWorkspaceId, channelId: slackChannelId } } : {};
  const teams =
    teamsTenantId && teamsTeamId && teamsChannelId
      ? { teams: { tenantId: teamsTenantId, teamId: teamsTeamId, channelId: teamsChannelId } }
      : {};
  if (!('slack' in slack) && !('teams' in teams)) return undefined;
  return new ChatChannel(scope, 'Chat', {
    configurationName: Names.uniqueResourceName(scope, { maxLength: 100, separator: '-' }),
    alertTopic: context.alertTopic,
    alarmArns: alarmArns(scope, context.secretPrefix),
    logRetention: context.logRetention,
    ...(context.encryptionKey === undefined ? {} : { encryptionKey: context.encryptionKey }),
    ...slack,
    ...teams,
  });
}
