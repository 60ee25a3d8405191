/**
 * Entry point of the app that a person deploys once, before the deploy workflow can run; see docs/deploy-special.md:
 *
 *     npx cdk deploy --app "npx --no-install node infra/github/app.ts" -c repository=OWNER/NAME
 */

import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { DeployRoleStack } from './deploy-role-stack.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
new DeployRoleStack(app, 'ZohoTokenRefresherDeployRole', {
  repository: String(app.node.tryGetContext('repository') ?? ''),
  environment: String(app.node.tryGetContext('environment') ?? 'production'),
  hasProvider: app.node.tryGetContext('hasProvider') === 'true',
});
