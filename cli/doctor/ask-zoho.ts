import type { Connection } from '../../lambda/connections/read-connections.ts';
import { RefreshError } from '../../lambda/failure.ts';
import { SecretText } from '../../lambda/secret-text.ts';
import { probeToken } from '../../lambda/zoho/probe.ts';
import { proveToken } from '../../lambda/zoho/prove-token.ts';
import { type EnvFile, findLine } from '../env-file/env-file.ts';
import { keyPrefix } from '../env-file/expected-keys.ts';
import type { EnvLine } from '../env-file/parse-env-lines.ts';
import { readEnvCredentials } from '../env-file/read-credentials.ts';
import { shapeFault } from '../env-file/value-shapes.ts';
import { remedyHere } from '../network-fix.ts';
import type { Place } from '../place/place.ts';
import { refreshOnce } from '../refresh-once.ts';
import { remedyFor } from '../remedies.ts';
import type { Finding } from './finding.ts';

/**
 * Asks Zoho about the tokens of an `.env`: a read with each access token, and one refresh with each refresh token.
 *
 * @param blocked - Connections whose credentials are known to be bad: asking would only use up the budget of requests.
 */
export async function askZohoAbout(
  file: EnvFile,
  connections: readonly Connection[],
  blocked: ReadonlySet<string>,
  place: Pick<Place, 'callZoho'>,
): Promise<Finding[]> {
  const answers = await Promise.all(
    connections.flatMap((connection) => [
      askAboutAccessToken(file, connection, place),
      blocked.has(connection.name) ? [] : askAboutRefreshToken(file, connection, place),
    ]),
  );
  return answers.flat();
}

async function askAboutAccessToken(
  file: EnvFile,
  connection: Connection,
  { callZoho }: Pick<Place, 'callZoho'>,
): Promise<Finding[]> {
  const { name } = connection;
  const line = findLine(file, `${keyPrefix(connection)}_ACCESS_TOKEN`);
  if (line === undefined || shapeFault({ role: 'access token' }, line.value) !== undefined) return [];
  const { verdict, reason } = await probeToken(callZoho, connection, new SecretText(line.value), undefined);
  if (verdict === 'rejected') {
    const fix = `apps read the stored token instead; \`npx --no-install zoho-tokens env ${name}\` writes a fresh one for development`;
    return [
      finding(file, line, `is rejected by ${connection.service} (${reason}): expired, or of another data centre`, fix),
    ];
  }
  if (verdict === 'lacks scope') {
    return [finding(file, line, `lacks a scope (${reason})`, remedyFor('scope_mismatch', name))];
  }
  if (verdict === 'wrong setting') {
    return [finding(file, line, `works, but a setting is wrong (${reason})`, remedyFor('setting_mismatch', name))];
  }
  return [];
}

async function askAboutRefreshToken(
  file: EnvFile,
  connection: Connection,
  place: Pick<Place, 'callZoho'>,
): Promise<Finding[]> {
  const line = findLine(file, `${keyPrefix(connection)}_REFRESH_TOKEN`);
  const credentials = readEnvCredentials(file, connection);
  if (line === undefined || credentials === undefined) return [];
  const { name } = connection;
  try {
    const token = await refreshOnce(place.callZoho, connection.dataCenter, credentials);
    const { settingFault } = await proveToken(place, connection, token);
    if (settingFault === undefined) return [];
    return [{ ...finding(file, line, settingFault, remedyFor('setting_mismatch', name)), blocks: [] }];
  } catch (fault) {
    if (!(fault instanceof RefreshError)) throw fault;
    const { verdict } =
      fault.code === 'invalid_code'
        ? await probeToken(place.callZoho, connection, credentials.refreshToken, undefined)
        : { verdict: 'cannot tell' };
    const problem =
      verdict === 'accepted' || verdict === 'lacks scope'
        ? 'is an access token in the place of a refresh token: the service itself takes it'
        : fault.message;
    return [finding(file, line, problem, remedyHere(fault, name), [name])];
  }
}

function finding(
  file: EnvFile,
  { line, key }: EnvLine,
  problem: string,
  fix: string,
  blocks: readonly string[] = [],
): Finding {
  return { where: file.name, line, key, severity: 'error', problem, fix, blocks };
}
