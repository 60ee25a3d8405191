import type { Connection } from '../../lambda/connections/read-connections.ts';
import type { EnvFile } from '../env-file/env-file.ts';
import { knownKeys } from '../env-file/expected-keys.ts';
import { type Finding, inOrder } from './finding.ts';
import { lookAtAge } from './look-at-age.ts';
import { lookAtGrants } from './look-at-grants.ts';
import { lookAtKeys } from './look-at-keys.ts';
import { lookAtKind } from './look-at-kind.ts';
import { lookAtLines } from './look-at-lines.ts';
import { lookAtValues } from './look-at-values.ts';

/**
 * Finds everything that is wrong with an `.env` as far as the file itself tells; nobody is asked.
 *
 * @param storedExpiry - When a token that is also stored ends; a token that ended by its comment may have been kept.
 */
export function examineEnv(
  file: EnvFile,
  connections: readonly Connection[],
  now: Date,
  storedExpiry: (accessToken: string) => Date | undefined = () => undefined,
): Finding[] {
  const stranger = lookAtKind(file, connections);
  if (stranger !== undefined) return [stranger];
  const ours = knownKeys(connections).map(({ key }) => key);
  return inOrder([
    ...lookAtLines(file, (key) => ours.includes(key)),
    ...lookAtKeys(file, connections),
    ...lookAtValues(file, connections),
    ...lookAtGrants(file, connections),
    ...lookAtAge(file, connections, storedExpiry, now),
  ]);
}
