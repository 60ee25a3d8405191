import type { Connection } from '../../lambda/connections/read-connections.ts';
import { duration } from '../../lambda/incident/time-words.ts';
import { defaultLifetimeSeconds } from '../../lambda/settings.ts';
import { type EnvFile, findLine } from '../env-file/env-file.ts';
import { keyPrefix } from '../env-file/expected-keys.ts';
import { writtenExpiry } from '../env-file/expiry-comment.ts';
import { shapeFault } from '../env-file/value-shapes.ts';
import type { Finding } from './finding.ts';

/**
 * Finds access tokens that have ended.
 *
 * A token does not say when it ends. It is known if it is also stored, if `zoho-tokens env` wrote it beside the
 * token, or if the file has not been touched for longer than any token lives.
 *
 * @param storedExpiry - When a token that is also stored ends.
 */
export function lookAtAge(
  file: EnvFile,
  connections: readonly Connection[],
  storedExpiry: (accessToken: string) => Date | undefined,
  now: Date,
): Finding[] {
  return connections.flatMap((connection): Finding[] => {
    const line = findLine(file, `${keyPrefix(connection)}_ACCESS_TOKEN`);
    if (line === undefined || shapeFault({ role: 'access token' }, line.value) !== undefined) return [];
    const expiry = storedExpiry(line.value) ?? writtenExpiry(file, line.key);
    const untouched = now.getTime() - file.changedAt.getTime();
    const base = { where: file.name, line: line.line, key: line.key, blocks: [] };
    const fix = `do not renew it by hand: apps read the stored token, and \`npx --no-install zoho-tokens env ${connection.name}\` writes a fresh one for development`;
    if (expiry !== undefined) {
      if (expiry > now) return [];
      const problem = `expired ${duration(now.getTime() - expiry.getTime())} ago`;
      return [{ ...base, severity: 'error', problem, fix }];
    }
    if (untouched > defaultLifetimeSeconds * 1000) {
      const problem = `has expired: a token lives one hour, and this file was last changed ${duration(untouched)} ago`;
      return [{ ...base, severity: 'error', problem, fix }];
    }
    const problem = 'may have expired: a token lives one hour and does not say when it ends';
    return [{ ...base, severity: 'warning', problem, fix: '--online asks Zoho whether it still works' }];
  });
}
