/**
 * Entry point of `npx cdk`: makes the stack of one stage of `deployment.json`.
 *
 * `-c stage=NAME` chooses it. Every other option stands in the file, so that a plain deploy is what the last one was.
 */

import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readConnections } from '../lambda/connections/read-connections.ts';
import { describeStage, makeStage } from './deployment/make-stage.ts';
import { chooseStage, readDeployment } from './deployment/read-deployment.ts';
import { refuseOptions } from './deployment/refuse-options.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

try {
  refuseOptions((name) => app.node.tryGetContext(name) !== undefined);
  const wanted: unknown = app.node.tryGetContext('stage');
  const stages = readDeployment(readFileSync('deployment.json', 'utf8'), (file) => {
    if (!existsSync(file)) throw new Error(`deployment.json names the connections file ${file}, which is not there`);
    return readConnections(readFileSync(file, 'utf8')).secretPrefix;
  });
  const stage = chooseStage(stages, wanted === undefined ? undefined : String(wanted), '-c stage=NAME');
  // cdk names the Region of the environment or profile there.
  const defaultRegion = process.env.CDK_DEFAULT_REGION;
  makeStage(app, stage, readFileSync(stage.connections, 'utf8'), { defaultRegion });
  process.stderr.write(`${describeStage(stage)}\n`);
} catch (fault) {
  // The message says all; where the program noticed it helps nobody.
  process.stderr.write(`\n${fault instanceof Error ? fault.message : String(fault)}\n\n`);
  process.exit(1);
}
