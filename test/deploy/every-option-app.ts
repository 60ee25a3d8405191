/** Entry point of a CDK app with every option, for the deploy test. */

import { App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { makeBringYourOwnStack, makeEveryOptionStack } from '../infra/stacks.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
const stack = makeEveryOptionStack(app);
// moto 5.2.1 cannot make a key with tags from a template: it looks for TagKey where CloudFormation says Key.
for (const tag of ['team', 'cost-centre']) {
  Tags.of(stack).remove(tag, { includeResourceTypes: ['AWS::KMS::Key'] });
}
makeBringYourOwnStack(app);
