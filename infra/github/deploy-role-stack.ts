import { ArnFormat, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { CfnOIDCProvider, PolicyStatement, Role, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** Which workflow may deploy. */
export type DeployRoleProps = {
  /** Repository, e.g. `example/zoho-token-refresher`. */
  readonly repository: string;
  /** GitHub environment of the job that deploys; its protection rules decide who may start it, e.g. `production`. */
  readonly environment: string;
  /**
   * Whether the account has GitHub's OIDC provider already: there can be only one.
   *
   * @default false - it is made
   */
  readonly hasProvider?: boolean;
  /**
   * Qualifier of the account's `cdk bootstrap`.
   *
   * @default 'hnb659fds' - that of a plain `cdk bootstrap`
   */
  readonly bootstrapQualifier?: string;
};

const issuer = 'token.actions.githubusercontent.com';
const defaultBootstrapQualifier = 'hnb659fds';
/** One deploy takes about two minutes. */
const longestSession = Duration.hours(1);

/**
 * Lets one GitHub environment of one repository deploy, without any stored key.
 *
 * The role can do nothing by itself but take on the roles of `cdk bootstrap`.
 */
export class DeployRoleStack extends Stack {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: DeployRoleProps) {
    super(scope, id, { description: 'Lets a GitHub workflow deploy the Zoho token refresher' });
    const { repository, environment, bootstrapQualifier = defaultBootstrapQualifier } = props;
    if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
      throw new Error(`repository: found "${repository}", expected owner and name, such as example/zoho-tokens`);
    }
    if (!/^[\w.-]+$/.test(environment)) {
      throw new Error(`environment: found "${environment}", expected a name such as production`);
    }
    const provider = props.hasProvider
      ? undefined
      : new CfnOIDCProvider(this, 'Provider', {
          url: `https://${issuer}`,
          clientIdList: ['sts.amazonaws.com'],
        });
    const providerArn = this.formatArn({
      service: 'iam',
      region: '',
      resource: 'oidc-provider',
      resourceName: issuer,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    this.role = new Role(this, 'Role', {
      description: `Deploys from ${repository}, environment ${environment}`,
      maxSessionDuration: longestSession,
      assumedBy: new WebIdentityPrincipal(providerArn, {
        StringEquals: {
          [`${issuer}:aud`]: 'sts.amazonaws.com',
          [`${issuer}:sub`]: `repo:${repository}:environment:${environment}`,
        },
      }),
    });
    if (provider !== undefined) this.role.node.addDependency(provider);
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['sts:AssumeRole'],
        resources: ['deploy-role', 'file-publishing-role', 'lookup-role'].map((kind) =>
          this.formatArn({
            service: 'iam',
            region: '',
            resource: 'role',
            resourceName: `cdk-${bootstrapQualifier}-${kind}-${this.account}-${this.region}`,
          }),
        ),
      }),
    );
    new CfnOutput(this, 'RoleArn', {
      description: "Put it into the environment's variable AWS_DEPLOY_ROLE_ARN",
      value: this.role.roleArn,
    });
  }
}
