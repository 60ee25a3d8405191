/**
 * Entry point of `npx cdk`: makes the stack of one stage of `deployment.json`, which `-c stage=NAME` chooses. Every other
 * option stands in the file, so that a plain deploy is what the last one was.
 */

import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readConnections } from '../lambda/connections/read-connections.ts';
import { describeStage, makeStage } from './deployment/make-stage.ts';
import { chooseStage, readDeployment } from './deployment/read-deployment.ts';

/** Refused: the next plain deploy would take them away again. In snake case each is a field of a stage. */
const formerOptions = [
  'alertEmails',
  'runbookUrl',
  'connections',
  'existingSecrets',
  'pagingTopic',
  'customerManagedKey',
];

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

try {
  const given = formerOptions.filter((name) => app.node.tryGetContext(name) !== undefined);
  if (given.length > 0) {
    const fieldOf = (option: string) => option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const advice = given.map((option) => `  -c ${option}: use the field ${fieldOf(option)} of a stage`);
    throw new Error(
      `durable options live in deployment.json, so that every later deploy keeps them (docs/deploy.md)\n${advice.join('\n')}`,
    );
  }
  const wanted: unknown = app.node.tryGetContext('stage');
  const stages = readDeployment(readFileSync('deployment.json', 'utf8'), (file) => {
    if (!existsSync(file)) throw new Error(`deployment.json names the connections file ${file}, which is not there`);
    return readConnections(readFileSync(file, 'utf8')).secretPrefix;
  });
  const stage = chooseStage(stages, wanted === undefined ? undefined : String(wanted));
  // cdk names the Region of the environment or profile there.
  const defaultRegion = process.env.CDK_DEFAULT_REGION;
  makeStage(app, stage, readFileSync(stage.connections, 'utf8'), { defaultRegion });
  process.stderr.write(`${describeStage(stage)}\n`);
} catch (fault) {
  // The message says all; where the program noticed it helps nobody.
  process.stderr.write(`\n${fault instanceof Error ? fault.message : String(fault)}\n\n`);
  process.exit(1);
}
