import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Tells cfn-lint that a resource has a property newer than cfn-lint; CDK's own validation knows it. */
export function ignoreUnknownProperties(resource: IConstruct | undefined): void {
  if (!CfnResource.isCfnResource(resource)) throw new Error('expected the CloudFormation resource of a construct');
  resource.addMetadata('cfn-lint', { config: { ignore_checks: ['E3002'] } });
}
