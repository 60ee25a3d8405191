import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { alarmArns, statementIdOf } from './alarm-arns.ts';
import { printStatement } from './print-statement.ts';
import type { ZohoTokenRefresherProps } from './props.ts';
import { isAwsManagedKey, usableKey } from './usable-key.ts';

/**
 * The key of secrets and topics that the props ask for; `undefined` if AWS-managed keys do.
 *
 * @throws Error for an alias or for a key of AWS's own.
 */
export function keyOf(
  scope: Construct,
  { encryptionKey, customerManagedKey }: ZohoTokenRefresherProps,
  secretPrefix: string,
): IKey | undefined {
  if (encryptionKey === undefined) {
    return customerManagedKey ? makeEncryptionKey(scope, secretPrefix) : undefined;
  }
  if ([encryptionKey.keyArn, encryptionKey.keyId].some(isAwsManagedKey)) {
    throw new Error(
      "encryptionKey: CloudWatch cannot publish to a topic under one of AWS's own keys; give a customer-managed key, or none",
    );
  }
  return usableKey(encryptionKey, 'encryptionKey');
}

/**
 * Makes the customer-managed key for secrets and topics.
 *
 * It outlives the stack, because the secrets do: without it nobody could read them again.
 */
function makeEncryptionKey(scope: Construct, secretPrefix: string): Key {
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
  const statement = useOfKeyByAlarms(scope, secretPrefix);
  if (key.addToResourcePolicy(statement).statementAdded) return;
  Validations.of(scope).addWarning(
    'zoho-token-refresher:imported-key',
    `the key of the topic is imported: until its policy has the statement ${printStatement(scope, statement)} the alarms reach nobody. Acknowledge this once it is there`,
  );
}

/** What the policy of a topic's key must say so that this refresher's alarms can publish. */
export function useOfKeyByAlarms(scope: Construct, secretPrefix: string): PolicyStatement {
  return new PolicyStatement({
    sid: statementIdOf(secretPrefix),
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    resources: ['*'],
    conditions: {
      StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
      ArnLike: { 'aws:SourceArn': alarmArns(scope, secretPrefix) },
    },
  });
}
