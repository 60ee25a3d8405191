import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import {
  type AddToResourcePolicyResult,
  Grant,
  type IGrantable,
  type IResourceWithPolicyV2,
  PolicyDocument,
  type PolicyStatement,
} from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnResourcePolicy, CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { secretArn, secretName } from './arns.ts';
import { onlyThrough } from './encryption-key.ts';
import type { Settings } from './settings.ts';

/** Whose secrets they are, and under which key. */
type ConnectionProps = {
  readonly settings: Settings;
  readonly connection: string;
  readonly encryptionKey: IKey | undefined;
};

/** Makes the two secrets of a connection unless they exist, and gives access to its token. */
export function makeConnectionSecrets(refresher: Construct, props: ConnectionProps): TokenAccess {
  const { settings, connection } = props;
  const token = settings.existingSecrets.includes(connection) ? undefined : makeSecrets(refresher, props);
  return new TokenAccess(refresher, `Token-${connection}`, props, token);
}

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
function makeSecrets(refresher: Construct, { settings, connection, encryptionKey }: ConnectionProps): CfnSecret {
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

/**
 * Who may read one token secret.
 *
 * A reader in this account gets a statement in its own role. For one in another account the secret gets a resource
 * policy, which Secrets Manager refuses if it were ever to open the secret to the public.
 */
export class TokenAccess extends Construct implements IResourceWithPolicyV2 {
  readonly env: { readonly account: string; readonly region: string };
  /** The token secret for other constructs, known by its ARN without the random suffix. */
  readonly secret: ISecret;
  private readonly props: ConnectionProps;
  /** The secret, if this stack makes it: a resource policy has to come after it. */
  private readonly resource: CfnSecret | undefined;
  private readonly name: string;
  private policy: PolicyDocument | undefined;

  constructor(scope: Construct, id: string, props: ConnectionProps, resource: CfnSecret | undefined) {
    super(scope, id);
    this.props = props;
    this.resource = resource;
    this.name = secretName(props.settings.secretPrefix, props.connection, 'token');
    this.env = { account: Stack.of(this).account, region: Stack.of(this).region };
    this.secret = Secret.fromSecretAttributes(this, 'Secret', {
      secretPartialArn: secretArn(this, this.name).replace(/-\?{6}$/, ''),
      encryptionKey: props.encryptionKey,
    });
  }

  /** Allows reading the token, here and in the replica regions, and nothing else. */
  grantRead(grantee: IGrantable): Grant {
    const { encryptionKey, settings, connection } = this.props;
    const regions = [undefined, ...settings.tokenReplicaRegions];
    const grant = Grant.addToPrincipalOrResource({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: regions.map((region) => secretArn(this, this.name, region)),
      // In a secret's own policy "*" is that secret.
      resourceSelfArns: ['*'],
      resource: this,
    });
    if (encryptionKey === undefined) return grant;
    const useOfKey = Grant.addToPrincipalOrResource({
      grantee,
      actions: ['kms:Decrypt'],
      resourceArns: [encryptionKey.keyArn],
      conditions: onlyThrough(this, 'secretsmanager'),
      resourceSelfArns: ['*'],
      resource: encryptionKey,
    });
    if (!useOfKey.success) {
      throw new Error(
        `grantReadToken: the imported encryptionKey cannot be opened to the reader of "${connection}" from here, allow it kms:Decrypt in the key's own policy`,
      );
    }
    let all = grant.combine(useOfKey);
    // The policies of keys in other Regions are not this stack's: a reader in another account needs a statement there.
    for (const [region, keyArn] of Object.entries(settings.tokenReplicaKeyArns)) {
      const conditions = onlyThrough(this, 'secretsmanager', region);
      all = all.combine(
        Grant.addToPrincipal({ grantee, actions: ['kms:Decrypt'], resourceArns: [keyArn], conditions }),
      );
    }
    return all;
  }

  /** Called by {@link grantRead} for a reader in another account. */
  addToResourcePolicy(statement: PolicyStatement): AddToResourcePolicyResult {
    if (this.props.encryptionKey === undefined) {
      throw new Error(
        `grantReadToken: a reader of "${this.props.connection}" in another account cannot use the AWS-managed key, set customerManagedKey: true`,
      );
    }
    if (this.policy === undefined) {
      const resourcePolicy = new PolicyDocument();
      this.policy = resourcePolicy;
      const policy = new CfnResourcePolicy(this, 'Policy', {
        secretId: this.name,
        resourcePolicy,
        blockPublicPolicy: true,
      });
      if (this.resource !== undefined) policy.addResourceDependency(this.resource);
    }
    this.policy.addStatements(statement);
    return { statementAdded: true, policyDependable: this };
  }
}
