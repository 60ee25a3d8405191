import { type App, Duration, type Stack, Validations } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { ZohoTokenRefresherProps } from '../props.ts';
import { ZohoTokenRefresherStack } from '../stack.ts';
import { checkTopicRegion } from '../topics.ts';
import type { Stage } from './read-deployment.ts';

/** The warnings of this project, as `acknowledge` in `deployment.json` names them, with this before each. */
const warningPrefix = 'zoho-token-refresher:';
/** Domains that belong to nobody: the shipped file has an address there. */
const placeholder = /@(.+\.)?example\.(com|org|net)$/i;

/**
 * Makes the stack of a stage.
 *
 * @param options - `functionCodeFolder`: where the bundle is, the built one unless given. `defaultRegion`: where a stage goes
 *   that names no Region.
 * @throws Error for what can never work.
 */
export function makeStage(
  app: App,
  stage: Stage,
  connectionsJson: string,
  { functionCodeFolder, defaultRegion }: { functionCodeFolder?: string; defaultRegion?: string | undefined } = {},
): ZohoTokenRefresherStack {
  const { alertTopicArn, probeIntervalMinutes } = stage;
  const region = stage.region ?? defaultRegion;
  if (region !== undefined && alertTopicArn !== undefined) checkTopicRegion(alertTopicArn.split(':')[3] ?? '', region);
  const stack = new ZohoTokenRefresherStack(app, stage.stackName, {
    // Most options have the name and the form of a prop; those that are none are not looked at.
    ...stage,
    connectionsJson,
    stage: stage.name,
    env: { account: stage.account, region: stage.region },
    // false would contradict a key that is given
    customerManagedKey: stage.customerManagedKey || undefined,
    probeInterval: probeIntervalMinutes === undefined ? undefined : Duration.minutes(probeIntervalMinutes),
    // RetentionDays is an enum of numbers of days
    logRetention: stage.logRetentionDays,
    functionCodeFolder,
    permissionsBoundary: undefined,
    imports: (scope) => importsOf(stage, scope),
  });
  const placeholders = stage.alertEmails.filter((address) => placeholder.test(address));
  if (placeholders.length > 0) {
    Validations.of(stack).addWarning(
      `${warningPrefix}placeholder-address`,
      `deployment.json, stage ${stage.name}: alert_emails holds ${placeholders.join(', ')}, where nobody reads mail; replace it by the address of your on-call engineers`,
    );
  }
  for (const [id, reason] of Object.entries(stage.acknowledge)) {
    Validations.of(stack).acknowledge({ id: `${warningPrefix}${id}`, reason });
  }
  return stack;
}

/** One sentence for whoever deploys: which stage it is, and who will be alerted. */
export function describeStage(stage: Stage): string {
  const place = [stage.account, stage.region].filter((part) => part !== undefined).join(' ');
  const hearers = [
    ...stage.alertEmails,
    ...(stage.alertTopicArn === undefined ? [] : [`whoever is subscribed to ${stage.alertTopicArn}`]),
    ...(stage.slackChannelId === undefined ? [] : [`Slack channel ${stage.slackChannelId}`]),
    ...(stage.teamsChannelId === undefined ? [] : [`Teams channel ${stage.teamsChannelId}`]),
  ];
  const alarms = stage.pagingTopic ? '; alarms go to the subscribers of the paging topic' : '';
  return `stage ${stage.name}: stack ${stage.stackName}${place === '' ? '' : ` in ${place}`}, secrets ${stage.secretPrefix}/*; alerts go to ${hearers.length === 0 ? 'nobody' : hearers.join(', ')}${alarms}`;
}

/** What exists already. */
function importsOf(stage: Stage, scope: Stack): Partial<ZohoTokenRefresherProps> {
  const { alertTopicArn, alertTopicKeyArn: keyArn, encryptionKeyArn, permissionsBoundary } = stage;
  return {
    ...(alertTopicArn && {
      alertTopic: Topic.fromTopicAttributes(scope, 'AlertTopic', { topicArn: alertTopicArn, keyArn }),
    }),
    ...(encryptionKeyArn && { encryptionKey: Key.fromKeyArn(scope, 'EncryptionKey', encryptionKeyArn) }),
    formerEncryptionKeys: stage.formerEncryptionKeyArns.map((arn, index) =>
      Key.fromKeyArn(scope, `FormerEncryptionKey${index}`, arn),
    ),
    ...(permissionsBoundary && {
      permissionsBoundary: ManagedPolicy.fromManagedPolicyName(scope, 'Boundary', permissionsBoundary),
    }),
  };
}
