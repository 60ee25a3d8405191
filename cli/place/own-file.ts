import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Connections, readConnections } from '../../lambda/connections/read-connections.ts';
import { decodeText } from '../env-file/decode-text.ts';
import { quotePath, UsageError } from '../faults.ts';

/** The clone's folder; the installed package has none of these files. */
const clone = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The folder of the deployment: the one where somebody works, or that of the clone if it has neither of the two files.
 */
export function deploymentFolder(workingFolder: string): string {
  const has = (folder: string) =>
    ['connections.json', 'deployment.json'].some((name) => existsSync(resolve(folder, name)));
  return !has(workingFolder) && has(clone) ? clone : workingFolder;
}

/** Reads a connections file. @throws {@link UsageError} that names the path, or ConnectionsError with every fault. */
export function readConnectionsFile(file: string, hint = ''): Connections {
  return readConnections(readText(file, hint));
}

/** Text of `deployment.json` of a folder; `undefined` if there is none. */
export function readDeploymentText(folder: string): string | undefined {
  const file = resolve(folder, 'deployment.json');
  return existsSync(file) ? readText(file) : undefined;
}

function readText(file: string, hint = ''): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (fault) {
    throw new UsageError(`cannot read ${quotePath(file)}: ${(fault as NodeJS.ErrnoException).code}${hint}`);
  }
  const text = decodeText(bytes);
  if (text === undefined) throw new UsageError(`${quotePath(file)} is not a text file`);
  return text;
}
