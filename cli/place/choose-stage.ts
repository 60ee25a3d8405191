import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readDeployment, type Stage } from '../../infra/deployment/read-deployment.ts';
import { functionNameOf } from '../../infra/function-name.ts';
import { type Connections, readConnections } from '../../lambda/connections/read-connections.ts';
import type { PlaceOptions, Variables } from '../command.ts';
import { readTextFile } from '../env-file/text-file.ts';
import { quotePath, UsageError, unknownWord } from '../faults.ts';

/** Several stages, and nobody said which. A command that needs no account can do without. */
export class StageNeeded extends UsageError {}

/** Where in AWS a command works, as far as options and files say. */
export type Target = ReturnType<typeof chooseTarget>;

/**
 * Chooses the deployment: that of `--stage`, or the only one of `deployment.json`, or what the options spell out.
 * Everything comes from one place: a prefix of one stage and a function of another would read here and write there.
 *
 * @throws {@link UsageError} for a stage that is unknown, or that contradicts another option; {@link StageNeeded}.
 */
export function chooseTarget(options: PlaceOptions, workingFolder: string, variables: Variables) {
  const folder = deploymentFolder(workingFolder);
  const stage = chooseStage(options, folder);
  const usual = resolve(folder, stage?.connections ?? 'connections.json');
  const read =
    options.connections === undefined
      ? readConnectionsFile(usual, '; name another with --connections FILE')
      : readConnectionsFile(resolve(workingFolder, options.connections));
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
  const { stage: name, region, 'secret-prefix': prefix } = options;
  const file = resolve(folder, 'deployment.json');
  if (!existsSync(file)) {
    if (name === undefined) return undefined;
    throw new UsageError(`--stage: there is no deployment.json in ${folder}`);
  }
  const prefixOf = (connections: string) => readConnectionsFile(resolve(folder, connections)).secretPrefix;
  const stages = readDeployment(readText(file), prefixOf);
  const names = stages.map((each) => each.name);
  if (name === undefined && prefix !== undefined) {
    const isThere = (stage: Stage) => region === undefined || region === (stage.region ?? region);
    const [first, second] = stages.filter((stage) => stage.secretPrefix === prefix && isThere(stage));
    return second === undefined ? first : undefined;
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

/** The clone's folder; the installed package has none of these files. */
const clone = fileURLToPath(new URL('../..', import.meta.url));

/** The folder of the deployment: the one where somebody works, or that of the clone if it has neither of the two files. */
export function deploymentFolder(workingFolder: string): string {
  const has = (folder: string) =>
    ['connections.json', 'deployment.json'].some((name) => existsSync(resolve(folder, name)));
  return !has(workingFolder) && has(clone) ? clone : workingFolder;
}

/** Reads a connections file. @throws {@link UsageError} that names the path, or ConnectionsError with every fault. */
export function readConnectionsFile(file: string, hint = ''): Connections {
  return readConnections(readText(file, hint));
}

function readText(file: string, hint = ''): string {
  const text = readTextFile(file, file, hint);
  if (text === undefined) throw new UsageError(`${quotePath(file)} is not a text file`);
  return text;
}
