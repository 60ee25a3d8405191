import { Stack, Token, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnTopic, type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { alarmArn } from './arns.ts';
import { isAwsManagedKey, usableKey } from './encryption-key.ts';
import { printStatement } from './print-statement.ts';
import type { Settings } from './settings.ts';

/** Makes or takes the topics of alerts and alarms that the props ask for, subscribes people, and lets alarms publish. */
export function makeTopics(scope: Construct, settings: Settings, encryptionKey: IKey | undefined) {
  if (settings.alertTopic !== undefined) checkAlertTopic(scope, settings.alertTopic);
  const alertTopic: ITopic = settings.alertTopic ?? makeTopic(scope, 'AlertTopic', 'Zoho token alerts', encryptionKey);
  const alarmTopic = settings.pagingTopic
    ? makeTopic(scope, 'PagingTopic', 'Zoho token alarms', encryptionKey)
    : alertTopic;
  for (const address of settings.alertEmails) alertTopic.addSubscription(new EmailSubscription(address));
  letAlarmsPublish(scope, alarmTopic, settings.secretPrefix);
  return { alertTopic, alarmTopic };
}

/** Makes a topic that takes messages over TLS only. Without a key it is unencrypted: under SNS's own, alarms cannot publish. */
export function makeTopic(scope: Construct, id: string, displayName: string, encryptionKey: IKey | undefined): Topic {
  return new Topic(scope, id, { displayName, enforceSSL: true, masterKey: encryptionKey });
}

/**
 * Lets this refresher's CloudWatch alarms publish to a topic, and use its key.
 *
 * A topic with a policy of its own (enforcing TLS makes one) has lost SNS's default one, and CDK's alarm action adds
 * nothing: alarms would look wired and deliver nothing. The policy of an imported topic or key cannot be changed from
 * here, so that becomes a warning that whoever has looked at the policy acknowledges.
 */
function letAlarmsPublish(scope: Construct, topic: ITopic, secretPrefix: string): void {
  const publish = statementForAlarms(scope, secretPrefix, ['sns:Publish'], topic.topicArn);
  const useKey = statementForAlarms(scope, secretPrefix, ['kms:Decrypt', 'kms:GenerateDataKey*'], '*');
  if (!topic.addToResourcePolicy(publish).statementAdded) {
    Validations.of(scope).addWarning(
      'zoho-token-refresher:imported-topic',
      `alertTopic is imported: until its policy has the statement ${printStatement(scope, publish)} the alarms reach nobody; if it is encrypted, the policy of its key also needs ${printStatement(scope, useKey)}. Acknowledge this once they are there`,
    );
  }
  if (topic.masterKey === undefined) return;
  if (!usableKey(topic.masterKey, 'alertTopic').addToResourcePolicy(useKey).statementAdded) {
    Validations.of(scope).addWarning(
      'zoho-token-refresher:imported-key',
      `the key of the topic is imported: until its policy has the statement ${printStatement(scope, useKey)} the alarms reach nobody. Acknowledge this once it is there`,
    );
  }
}

/** Its Sid, e.g. `AllowCloudWatchAlarmsZoho`, has the prefix: a shared topic or key holds one such statement per stage. */
function statementForAlarms(scope: Construct, secretPrefix: string, actions: string[], resource: string) {
  const words = secretPrefix.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return new PolicyStatement({
    sid: `AllowCloudWatchAlarms${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`,
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    actions,
    resources: [resource],
    conditions: {
      StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
      ArnLike: { 'aws:SourceArn': alarmArn(scope, `${secretPrefix}/*`) },
    },
  });
}

/** Checks that a topic can ever work for alerts and alarms: no FIFO topic, of this Region, under no AWS-managed key. */
function checkAlertTopic(scope: Construct, topic: ITopic): void {
  if (topic.fifo) {
    throw new Error(
      'alertTopic: a FIFO topic reaches neither e-mail nor HTTPS, and alarms cannot publish to it; give a standard topic',
    );
  }
  checkTopicRegion(topic.env.region, Stack.of(scope).region);
  const resource = topic.node.defaultChild;
  const ownKey = resource instanceof CfnTopic ? resource.kmsMasterKeyId : undefined;
  if ([topic.masterKey?.keyArn, topic.masterKey?.keyId, ownKey].some(isAwsManagedKey)) {
    throw new Error(
      'alertTopic: CloudWatch cannot publish to a topic under the AWS-managed key of SNS, and nobody can change the policy of that key; leave the topic unencrypted or give it a customer-managed key',
    );
  }
}

/** Checks that alarms of a Region can publish to a topic of another; what is unknown at synth passes. */
export function checkTopicRegion(topicRegion: string, region: string): void {
  if (Token.isUnresolved(topicRegion) || Token.isUnresolved(region) || topicRegion === region) return;
  throw new Error(
    `alertTopic: it is in ${topicRegion}, and alarms of ${region} cannot publish there; give a topic in ${region}`,
  );
}
