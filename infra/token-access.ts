import { Stack } from 'aws-cdk-lib';
import {
  type AddToResourcePolicyResult,
  Grant,
  type IGrantable,
  type IResourceWithPolicyV2,
  PolicyDocument,
  type PolicyStatement,
} from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnResourcePolicy, type CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { secretArn, secretName } from './arns.ts';
import type { ConnectionSecretsProps } from './connection-secrets.ts';
import { onlyThrough } from './keys.ts';

/** Which token secret it is about. */
export type TokenAccessProps = ConnectionSecretsProps & {
  /** The secret, if this stack makes it; a resource policy has to come after it. */
  readonly resource: CfnSecret | undefined;
};

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
  private readonly props: TokenAccessProps;
  private readonly name: string;
  private policy: PolicyDocument | undefined;

  constructor(scope: Construct, id: string, props: TokenAccessProps) {
    super(scope, id);
    this.props = props;
    this.name = secretName(props.settings.secretPrefix, props.connection, 'token');
    this.env = { account: Stack.of(this).account, region: Stack.of(this).region };
    this.secret = Secret.fromSecretAttributes(this, 'Secret', {
      secretPartialArn: secretArn(this, this.name).replace(/-\?{6}$/, ''),
      encryptionKey: props.encryptionKey,
    });
  }

  /** Allows reading the token, here and in the replica regions, and nothing else. */
  grantRead(grantee: IGrantable): Grant {
    const { encryptionKey, settings } = this.props;
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
    // The policies of keys in other Regions are not this stack's: a reader in another account needs a statement there.
    let all = grant.combine(this.grantUseOf(encryptionKey, grantee));
    for (const [region, keyArn] of Object.entries(settings.tokenReplicaKeyArns)) {
      const conditions = onlyThrough(this, 'secretsmanager', region);
      all = all.combine(
        Grant.addToPrincipal({ grantee, actions: ['kms:Decrypt'], resourceArns: [keyArn], conditions }),
      );
    }
    return all;
  }

  private grantUseOf(key: IKey, grantee: IGrantable): Grant {
    const grant = Grant.addToPrincipalOrResource({
      grantee,
      actions: ['kms:Decrypt'],
      resourceArns: [key.keyArn],
      conditions: onlyThrough(this, 'secretsmanager'),
      resourceSelfArns: ['*'],
      resource: key,
    });
    if (grant.success) return grant;
    throw new Error(
      `grantReadToken: the imported encryptionKey cannot be opened to the reader of "${this.props.connection}" from here, allow it kms:Decrypt in the key's own policy`,
    );
  }

  /** Called by {@link grantRead} for a reader in another account. */
  addToResourcePolicy(statement: PolicyStatement): AddToResourcePolicyResult {
    if (this.props.encryptionKey === undefined) {
      throw new Error(
        `grantReadToken: a reader of "${this.props.connection}" in another account cannot use the AWS-managed key, set customerManagedKey: true`,
      );
    }
    this.policy ??= this.makePolicy();
    this.policy.addStatements(statement);
    return { statementAdded: true, policyDependable: this };
  }

  private makePolicy(): PolicyDocument {
    const resourcePolicy = new PolicyDocument();
    const policy = new CfnResourcePolicy(this, 'Policy', {
      secretId: this.name,
      resourcePolicy,
      blockPublicPolicy: true,
    });
    if (this.props.resource !== undefined) policy.addResourceDependency(this.props.resource);
    return resourcePolicy;
  }
}
