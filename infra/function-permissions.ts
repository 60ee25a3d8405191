import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { secretArn, secretName } from './secret-names.ts';

/** What the function works on. */
export type FunctionResources = {
  readonly secretPrefix: string;
  readonly connections: readonly string[];
  readonly alertTopic: ITopic;
  readonly logGroup: ILogGroup;
  /** Key of the secrets. */
  readonly encryptionKey?: IKey;
  /** Keys under which older versions of the secrets may still be. */
  readonly formerEncryptionKeys: readonly IKey[];
};

/**
 * Everything the function may do, statement by statement.
 *
 * CDK's own grants are wider: `grantWrite` of a secret includes UpdateSecret, which can change its key. The function
 * writes credentials only if Zoho should ever hand out a new refresh token.
 */
export function functionPermissions(scope: Construct, resources: FunctionResources): PolicyStatement[] {
  const { secretPrefix, connections, alertTopic, logGroup, encryptionKey, formerEncryptionKeys } = resources;
  const statements = connections.map(
    (connection) =>
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
        resources: (['credentials', 'token'] as const).map((kind) =>
          secretArn(scope, secretName(secretPrefix, connection, kind)),
        ),
      }),
  );
  statements.push(
    new PolicyStatement({ actions: ['sns:Publish'], resources: [alertTopic.topicArn] }),
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  );
  if (encryptionKey !== undefined) statements.push(useOfKey(scope, encryptionKey, 'secretsmanager'));
  for (const key of formerEncryptionKeys) {
    statements.push(useOfKey(scope, key, 'secretsmanager', ['kms:Decrypt']));
  }
  if (alertTopic.masterKey !== undefined) statements.push(useOfKey(scope, alertTopic.masterKey, 'sns'));
  return statements;
}

/** The two calls that reading and writing under a customer-managed key need, and only through one AWS service. */
export function useOfKey(
  scope: Construct,
  key: IKey,
  service: 'secretsmanager' | 'sns',
  actions: string[] = ['kms:Decrypt', 'kms:GenerateDataKey'],
): PolicyStatement {
  const { region, urlSuffix } = Stack.of(scope);
  return new PolicyStatement({
    actions,
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `${service}.${region}.${urlSuffix}` } },
  });
}
