import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { secretArn, secretName } from './arns.ts';
import { usableKey, useOfKey } from './keys.ts';
import type { Settings } from './settings.ts';

/** What the function works on. */
export type FunctionResources = {
  readonly settings: Settings;
  readonly alertTopic: ITopic;
  readonly logGroup: ILogGroup;
  /** Key of the secrets. */
  readonly encryptionKey: IKey | undefined;
};

/**
 * Everything the function may do, statement by statement.
 *
 * CDK's own grants are wider: `grantWrite` of a secret includes UpdateSecret, which can change its key. The function
 * writes credentials only if Zoho should ever hand out a new refresh token.
 */
export function functionPermissions(
  scope: Construct,
  { settings, alertTopic, logGroup, encryptionKey }: FunctionResources,
): PolicyStatement[] {
  const { connections, secretPrefix, formerEncryptionKeys } = settings;
  const { masterKey } = alertTopic;
  return [
    ...connections.map(
      (connection) =>
        new PolicyStatement({
          actions: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
          resources: (['credentials', 'token'] as const).map((kind) =>
            secretArn(scope, secretName(secretPrefix, connection, kind)),
          ),
        }),
    ),
    ...publishAndLog(alertTopic, logGroup),
    ...(encryptionKey === undefined ? [] : [useOfKey(scope, encryptionKey, 'secretsmanager')]),
    ...formerEncryptionKeys.map((key) =>
      useOfKey(scope, usableKey(key, 'formerEncryptionKeys'), 'secretsmanager', ['kms:Decrypt']),
    ),
    ...(masterKey === undefined ? [] : [useOfKey(scope, usableKey(masterKey, 'alertTopic'), 'sns')]),
  ];
}

/** To publish to one topic, and to write to a log group that exists already. */
export function publishAndLog(topic: ITopic, logGroup: ILogGroup): PolicyStatement[] {
  return [
    new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }),
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  ];
}
