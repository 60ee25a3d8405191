/** Entry point of a CDK app with every option of the construct, for cfn-lint. */

import { App } from 'aws-cdk-lib';
import { makeBringYourOwnStack, makeEveryOptionStack } from '../infra/example-stacks.ts';

const app = new App();
makeEveryOptionStack(app);
makeBringYourOwnStack(app);
