import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeploymentError, readDeployment } from '../infra/deployment/read-deployment.ts';

/**
 * The stage that alerts name as those of the deployed Lambda do: the only one of a folder's `deployment.json`.
 *
 * `undefined` if there are several, no file, or a fault in it: `npm start` needs no stage, and `cdk` reports the fault.
 */
export function onlyStageName(folder: string): string | undefined {
  const file = join(folder, 'deployment.json');
  if (!existsSync(file)) return undefined;
  try {
    const [first, ...others] = readDeployment(readFileSync(file, 'utf8'), () => 'zoho');
    return others.length === 0 ? first?.name : undefined;
  } catch (fault) {
    if (fault instanceof DeploymentError) return undefined;
    throw fault;
  }
}
