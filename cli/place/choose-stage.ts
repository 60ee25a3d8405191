import { resolve } from 'node:path';
import { type Stage as DeployedStage, readDeployment } from '../../infra/deployment/read-deployment.ts';
import { functionNameOf } from '../../infra/function-name.ts';
import type { Connections } from '../../lambda/connections/read-connections.ts';
import { UsageError } from '../faults.ts';
import { unknownWord } from '../usage/unknown-word.ts';
import { deploymentFolder, readConnectionsFile, readDeploymentText } from './own-file.ts';
import type { PlaceOptions } from './place.ts';

/** What the command line wants to know of a stage of `deployment.json`. */
export type Stage = Pick<
  DeployedStage,
  'name' | 'stackName' | 'secretPrefix' | 'connections' | 'account' | 'region' | 'profile' | 'runbookUrl'
>;

/** Several stages, and nobody said which. A command that needs no account can do without. */
export class StageNeeded extends UsageError {}

/** Where in AWS a command works, as far as options and files say. */
export type Target = {
  readonly connections: Connections;
  readonly stage: Stage | undefined;
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly functionName: string;
};

/**
 * Chooses the deployment: that of `--stage`, or the only one of `deployment.json`, or what the options spell out.
 *
 * Everything comes from one place: a prefix of one stage and a function of another would read here and write there.
 *
 * @throws {@link UsageError} for a stage that is unknown, or that contradicts another option; {@link StageNeeded}.
 */
export function chooseTarget(
  options: PlaceOptions,
  workingFolder: string,
  variables: Readonly<Record<string, string | undefined>>,
): Target {
  const folder = deploymentFolder(workingFolder);
  const stage = chooseStage(options, folder);
  const file =
    options.connections === undefined
      ? resolve(folder, stage?.connections ?? 'connections.json')
      : resolve(workingFolder, options.connections);
  const hint = options.connections === undefined ? '; name another with --connections FILE' : '';
  const read = readConnectionsFile(file, hint);
  const secretPrefix = options['secret-prefix'] ?? stage?.secretPrefix ?? read.secretPrefix;
  // The variable names one function: it must not be invoked for the stage that somebody has just named.
  const isNamed = options.stage !== undefined || options['secret-prefix'] !== undefined;
  const functionOfVariable = isNamed ? undefined : variables.ZOHO_TOKENS_FUNCTION;
  return {
    connections: { ...read, secretPrefix },
    stage,
    region: options.region ?? stage?.region,
    profile: options.profile ?? stage?.profile,
    functionName: options.function ?? functionOfVariable ?? functionNameOf(secretPrefix),
  };
}

function chooseStage(options: PlaceOptions, folder: string): Stage | undefined {
  const text = readDeploymentText(folder);
  if (text === undefined) {
    if (options.stage === undefined) return undefined;
    throw new UsageError(`--stage: there is no deployment.json in ${folder}`);
  }
  const stages: readonly Stage[] = readDeployment(
    text,
    (file) => readConnectionsFile(resolve(folder, file)).secretPrefix,
  );
  const names = stages.map((each) => each.name);
  const { stage: name, region, 'secret-prefix': prefix } = options;
  if (name === undefined && prefix !== undefined) {
    const fitting = stages.filter(
      (stage) => stage.secretPrefix === prefix && (region === undefined || region === (stage.region ?? region)),
    );
    return fitting.length === 1 ? fitting[0] : undefined;
  }
  if (name === undefined) {
    if (stages.length === 1) return stages[0];
    throw new StageNeeded(`deployment.json has several stages: choose one with --stage (${names.join(', ')})`);
  }
  const stage = stages.find((each) => each.name === name);
  if (stage === undefined) throw new UsageError(unknownWord('stage', name, names));
  if (prefix !== undefined && prefix !== stage.secretPrefix)
    throw new UsageError(`--secret-prefix contradicts --stage ${stage.name}: leave it out`);
  if (region !== undefined && stage.region !== undefined && region !== stage.region)
    throw new UsageError(`--region contradicts --stage ${stage.name}, which is in ${stage.region}: leave it out`);
  return stage;
}
