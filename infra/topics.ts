import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { alarmArns, statementIdOf } from './alarm-arns.ts';
import { useOfKeyByAlarms } from './encryption-key.ts';
import { printStatement } from './print-statement.ts';

/**
 * Makes a topic that takes messages over TLS only.
 *
 * @param encryptionKey - Without one the topic is not encrypted: under SNS's own key alarms could not publish.
 */
export function makeTopic(scope: Construct, id: string, displayName: string, encryptionKey?: IKey): Topic {
  return new Topic(scope, id, {
    displayName,
    enforceSSL: true,
    ...(encryptionKey === undefined ? {} : { masterKey: encryptionKey }),
  });
}

/**
 * Lets this refresher's CloudWatch alarms publish to a topic.
 *
 * A topic with a policy of its own (enforcing TLS makes one) has lost SNS's default one, and CDK's alarm action adds
 * nothing: alarms would look wired and deliver nothing.
 */
export function allowAlarmsToPublish(scope: Construct, topic: ITopic, secretPrefix: string): void {
  const statement = new PolicyStatement({
    sid: statementIdOf(secretPrefix),
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    actions: ['sns:Publish'],
    resources: [topic.topicArn],
    conditions: {
      StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
      ArnLike: { 'aws:SourceArn': alarmArns(scope, secretPrefix) },
    },
  });
  if (topic.addToResourcePolicy(statement).statementAdded) return;
  Validations.of(scope).addWarning(
    'zoho-token-refresher:imported-topic',
    `alertTopic is imported: until its policy has the statement ${printStatement(scope, statement)} the alarms reach nobody; if it is encrypted, the policy of its key also needs ${printStatement(scope, useOfKeyByAlarms(scope, secretPrefix))}. Acknowledge this once they are there`,
  );
}
