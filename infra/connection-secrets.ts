import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { secretName } from './arns.ts';
import type { Settings } from './settings.ts';

/** Whose secrets they are, and under which key. */
export type ConnectionSecretsProps = {
  readonly settings: Settings;
  readonly connection: string;
  readonly encryptionKey: IKey | undefined;
};

/**
 * Makes the credentials secret and the token secret of one connection, both empty.
 *
 * They have no value property at all: CloudFormation writes a value whenever its text changes, and would put it over
 * what an operator or the Lambda has stored. That is also why these are L1 constructs: the L2 `Secret` always makes a
 * value. A failed first create removes them again, so that the next one does not trip over their names; from then on
 * nothing that happens to the stack deletes them.
 *
 * @returns The token secret, for resources that must come after it.
 */
export function makeConnectionSecrets(
  refresher: Construct,
  { settings, connection, encryptionKey }: ConnectionSecretsProps,
): CfnSecret {
  const scope = new Construct(refresher, `Secrets-${connection}`);
  const { secretPrefix, tokenReplicaRegions, tokenReplicaKeyArns } = settings;
  const kmsKeyId = encryptionKey?.keyArn;
  const credentials = new CfnSecret(scope, 'Credentials', {
    name: secretName(secretPrefix, connection, 'credentials'),
    description: `Zoho client and refresh token of connection ${connection}. Written by operators, read by the refresher.`,
    kmsKeyId,
  });
  const replicas = tokenReplicaRegions.map((region) => ({ region, kmsKeyId: tokenReplicaKeyArns[region] }));
  const token = new CfnSecret(scope, 'Token', {
    name: secretName(secretPrefix, connection, 'token'),
    description: `Zoho access token of connection ${connection}. Written by the refresher, read by apps.`,
    kmsKeyId,
    replicaRegions: replicas.length === 0 ? undefined : replicas,
  });
  for (const secret of [credentials, token]) {
    secret.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason:
        'Native rotation cannot run more often than every four hours and an access token lives one: the refresher itself replaces it. The credentials are given by a person at Zoho and cannot be rotated by a program.',
    });
  }
  return token;
}
