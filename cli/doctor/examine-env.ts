import type { Connection } from '../../lambda/connections/read-connections.ts';
import { duration } from '../../lambda/incident/time-words.ts';
import { defaultLifetimeSeconds } from '../../lambda/settings.ts';
import { type EnvFile, ownLine } from '../env-file/env-file.ts';
import { knownKeys, shapeFault } from '../env-file/expected-keys.ts';
import { writtenExpiry } from '../env-file/write-env.ts';
import { type Finding, inOrder, mistake } from './finding.ts';
import { lookAtKeys } from './look-at-keys.ts';
import { lookAtGrants, lookAtValues } from './look-at-values.ts';

type ExpiryOf = (accessToken: string) => Date | undefined;

/** Finds what is wrong with an `.env` without asking anybody; `storedExpiry` knows when a token that is stored ends. */
export function examineEnv(
  file: EnvFile,
  connections: readonly Connection[],
  now: Date,
  storedExpiry: ExpiryOf = () => undefined,
): Finding[] {
  return inOrder([
    ...lookAtLines(file, connections),
    ...lookAtKeys(file, connections),
    ...lookAtValues(file, connections),
    ...lookAtGrants(file, connections),
    ...connections.flatMap((connection) => lookAtAge(file, connection, storedExpiry, now)),
  ]);
}

/** What is written wrong, whatever it says: quotes, spaces, stray signs. */
function lookAtLines(file: EnvFile, connections: readonly Connection[]): Finding[] {
  const ours = knownKeys(connections).map(({ key }) => key);
  const odd = file.assignments
    .filter(({ key }) => ours.includes(key))
    .flatMap((line) => line.oddities.map((words) => mistake(file, line, ...words)));
  const problem = 'is neither KEY=value nor a comment: a value that was broken over two lines?';
  const fix = 'join it with the line above, or take it away';
  return [...odd, ...file.strays.map((line) => mistake(file, { line, key: null }, problem, fix))];
}

/** A token does not say when it ends; what is stored, the comment that `env` wrote, or the age of the file may. */
function lookAtAge(file: EnvFile, connection: Connection, storedExpiry: ExpiryOf, now: Date): Finding[] {
  const line = ownLine(file, connection, 'ACCESS_TOKEN');
  if (line === undefined || shapeFault({ role: 'access token' }, line.value) !== undefined) return [];
  const expiry = storedExpiry(line.value) ?? writtenExpiry(file, line.key);
  const fix = `do not renew it by hand: apps read the stored token, and \`npx --no-install zoho-tokens env ${connection.name}\` writes a fresh one for development`;
  if (expiry !== undefined) {
    const problem = `expired ${duration(now.getTime() - expiry.getTime())} ago`;
    return expiry > now ? [] : [mistake(file, line, problem, fix)];
  }
  const untouched = now.getTime() - file.changedAt.getTime();
  if (untouched > defaultLifetimeSeconds * 1000) {
    const problem = `has expired: a token lives one hour, and this file was last changed ${duration(untouched)} ago`;
    return [mistake(file, line, problem, fix)];
  }
  const problem = 'may have expired: a token lives one hour and does not say when it ends';
  return [{ ...mistake(file, line, problem, '--online asks Zoho whether it still works'), severity: 'warning' }];
}
