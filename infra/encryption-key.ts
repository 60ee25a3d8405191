import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { alarmArns, statementIdOf } from './alarm-arns.ts';

/**
 * Makes the customer-managed key for secrets and topics.
 *
 * It outlives the stack, because the secrets do: without it nobody could read them again.
 */
export function makeEncryptionKey(scope: Construct, secretPrefix: string): Key {
  return new Key(scope, 'Key', {
    description: `Zoho tokens of ${secretPrefix}: secrets and alert topics`,
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
}

/**
 * Lets CloudWatch alarms use the key of a topic they publish to.
 *
 * Without this an alarm looks wired and delivers nothing. An imported key cannot be given the statement from here, so
 * that becomes a warning that whoever has looked at the key's policy acknowledges.
 */
export function allowAlarmsToUseKey(scope: Construct, key: IKey, secretPrefix: string): void {
  const { statementAdded } = key.addToResourcePolicy(
    new PolicyStatement({
      sid: statementIdOf(secretPrefix),
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
        ArnLike: { 'aws:SourceArn': alarmArns(scope, secretPrefix) },
      },
    }),
  );
  if (!statementAdded) {
    Validations.of(scope).addWarning(
      'zoho-token-refresher:imported-key',
      'encryptionKey is imported: its policy must allow cloudwatch.amazonaws.com kms:Decrypt and kms:GenerateDataKey*, or the alarms reach nobody; acknowledge this once it does',
    );
  }
}
