import type { Duration } from 'aws-cdk-lib';
import type { IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';

/** The options of a {@link ZohoTokenRefresher}; only the connections have no default. */
export type ZohoTokenRefresherProps = {
  /** Text of `connections.json`; a copy of it is deployed beside the function's code. */
  readonly connectionsJson: string;
  /** First part of every secret's and alarm's name, e.g. `zoho-staging`. @default - that of `connectionsJson` */
  readonly secretPrefix?: string;
  /** Stage of `deployment.json`, for the commands in alerts. @default - they have `--secret-prefix` instead of `--stage` */
  readonly stage?: string;
  /** Folder with the bundle that `npm run build` writes. @default - this package's `dist/lambda` */
  readonly functionCodeFolder?: string;
  /** How often a stored token is tried at its own service. @default Duration.minutes(15) */
  readonly probeInterval?: Duration;
  /** Memory of the function in MB; CPU comes with it. @default 512 */
  readonly memorySizeMegabytes?: number;
  /**
   * Reserved concurrency of the function. Not needed: overlapping runs are settled by compare and swap, and an
   * account with the lowest quota cannot reserve anything. @default - none reserved
   */
  readonly reservedConcurrency?: number;
  /** Least level that the function logs; its metrics are written under every level. @default 'INFO' */
  readonly logLevel?: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  /** How long log lines are kept. @default RetentionDays.THREE_MONTHS */
  readonly logRetention?: RetentionDays;
  /** Where alerts and the dashboard send an on-call engineer. @default - the name of the runbook in this repository */
  readonly runbookUrl?: string;

  /** E-mail addresses that receive alerts and alarms alike, each once its owner has confirmed. @default - none */
  readonly alertEmails?: readonly string[];
  /**
   * Topic for the alerts instead of an own one: a standard topic in the stack's Region, unencrypted or under a
   * customer-managed key. An imported topic's policy must itself let CloudWatch publish.
   *
   * Alerts carry the message attributes `connection`, `service`, `code`, `severity` and `state` for filter policies.
   * CloudWatch's alarms carry none of them: a subscription with a filter policy never receives them. Give alarms a
   * `pagingTopic`, or add a second subscription without a filter.
   *
   * @default - a new topic
   */
  readonly alertTopic?: ITopic;
  /**
   * Makes a second topic that receives the CloudWatch alarms only, ALARM and OK, in the shape that paging services
   * read. Their address holds a key and must not stand in a template: subscribe it by hand. Until somebody has, nobody
   * receives the alarms.
   *
   * @default false - the alarms go to the alert topic
   */
  readonly pagingTopic?: boolean;
  /**
   * Slack workspace, e.g. `T0123ABCD`, authorized once by hand in the console of Amazon Q Developer in chat applications.
   * Needs `slackChannelId`. @default - no Slack channel
   */
  readonly slackWorkspaceId?: string;
  /** Slack channel, e.g. `C0123ABCD`. @default - no Slack channel */
  readonly slackChannelId?: string;
  /**
   * Microsoft Entra tenant of the Teams channel, authorized once by hand as for Slack. Needs the other two.
   * @default - no Teams channel
   */
  readonly teamsTenantId?: string;
  /** Team of the Teams channel. @default - no Teams channel */
  readonly teamsTeamId?: string;
  /** The Teams channel, e.g. `19%3A...%40thread.tacv2`. @default - no Teams channel */
  readonly teamsChannelId?: string;

  /**
   * Makes a customer-managed key for secrets and topics: needed for readers in other accounts. 1 USD a month.
   *
   * @default false - the AWS-managed key of Secrets Manager; topics are not encrypted at rest
   */
  readonly customerManagedKey?: boolean;
  /**
   * Customer-managed key to use instead of a new one: a key, not an alias. An imported key's policy must itself let
   * CloudWatch use it.
   *
   * @default - as `customerManagedKey` says
   */
  readonly encryptionKey?: IKey;
  /**
   * Keys under which the secrets were stored before: the function may still decrypt with them. Secrets Manager does
   * not re-encrypt the incident record when a secret's key changes. @default - none
   */
  readonly formerEncryptionKeys?: readonly IKey[];
  /** Regions to which the token secrets (never the credentials) are copied by Secrets Manager. @default - none */
  readonly tokenReplicaRegions?: readonly string[];
  /** ARN of a customer-managed key in each replica Region, needed if the stack has one. @default - none */
  readonly tokenReplicaKeyArns?: Readonly<Record<string, string>>;
  /** Connections whose two secrets exist already, e.g. kept from a removed stack: used, not made. @default - none */
  readonly existingSecrets?: readonly string[];
  /** Permissions boundary of every role. @default - none */
  readonly permissionsBoundary?: IManagedPolicy;
  /**
   * Tags of every resource that takes tags, but for the alarms: each update of an alarm starts its warm-up anew.
   * @default - none
   */
  readonly tags?: Readonly<Record<string, string>>;
};
