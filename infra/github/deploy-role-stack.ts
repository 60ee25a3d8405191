import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { CfnOIDCProvider, PolicyStatement, Role, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** Which workflow may deploy. */
export type DeployRoleProps = {
  /** Repository, e.g. `example/zoho-token-refresher`. */
  readonly repository: string;
  /** GitHub environment of the job that deploys; its protection rules decide who may start it, e.g. `production`. */
  readonly environment: string;
  /** Whether the account has GitHub's OIDC provider already: there can be only one. Otherwise it is made. */
  readonly hasProvider: boolean;
};

const issuer = 'token.actions.githubusercontent.com';
/** Of a plain `cdk bootstrap`. */
const bootstrapQualifier = 'hnb659fds';
/** One deploy takes about two minutes. */
const longestSession = Duration.hours(1);

/** Lets one GitHub environment of one repository take on the roles of `cdk bootstrap`, without any stored key. */
export class DeployRoleStack extends Stack {
  constructor(scope: Construct, id: string, props: DeployRoleProps) {
    super(scope, id, { description: 'Lets a GitHub workflow deploy the Zoho token refresher' });
    const { repository, environment } = props;
    if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
      throw new Error(`repository: found "${repository}", expected owner and name, such as example/zoho-tokens`);
    }
    if (!/^[\w.-]+$/.test(environment)) {
      throw new Error(`environment: found "${environment}", expected a name such as production`);
    }
    const iamArn = (resource: string, resourceName: string) =>
      this.formatArn({ service: 'iam', region: '', resource, resourceName });
    const role = new Role(this, 'Role', {
      description: `Deploys from ${repository}, environment ${environment}`,
      maxSessionDuration: longestSession,
      assumedBy: new WebIdentityPrincipal(iamArn('oidc-provider', issuer), {
        StringEquals: {
          [`${issuer}:aud`]: 'sts.amazonaws.com',
          [`${issuer}:sub`]: `repo:${repository}:environment:${environment}`,
        },
      }),
    });
    if (!props.hasProvider) {
      const url = `https://${issuer}`;
      role.node.addDependency(new CfnOIDCProvider(this, 'Provider', { url, clientIdList: ['sts.amazonaws.com'] }));
    }
    role.addToPolicy(
      new PolicyStatement({
        actions: ['sts:AssumeRole'],
        resources: ['deploy-role', 'file-publishing-role', 'lookup-role'].map((kind) =>
          iamArn('role', `cdk-${bootstrapQualifier}-${kind}-${this.account}-${this.region}`),
        ),
      }),
    );
    new CfnOutput(this, 'RoleArn', {
      description: "Put it into the environment's variable AWS_DEPLOY_ROLE_ARN",
      value: role.roleArn,
    });
  }
}
