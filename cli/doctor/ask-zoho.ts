import type { Connection } from '../../lambda/connections/read-connections.ts';
import { type FailureCode, RefreshError } from '../../lambda/failure.ts';
import { tokenSecretId } from '../../lambda/run.ts';
import { SecretText } from '../../lambda/secret-text.ts';
import { probeToken } from '../../lambda/zoho/probe.ts';
import type { ProbeVerdict } from '../../lambda/zoho/services/service.ts';
import { type EnvFile, ownLine, readEnvCredentials } from '../env-file/env-file.ts';
import { shapeFault } from '../env-file/expected-keys.ts';
import type { Place } from '../place/place.ts';
import { explainFault, remedyFor, remedyHere } from '../remedies.ts';
import { probeStored, proveCredentials, readStored, readStoredCredentials } from '../stored/stored.ts';
import { at, type StoredConnection } from './examine-stored.ts';
import { type Finding, mistake } from './finding.ts';

/** Reads what is stored of every connection; one that cannot be read is a finding, and no reason to skip the others. */
export async function gatherStored(place: Place) {
  const { connections, secretPrefix } = place.connections;
  const unreadable: Finding[] = [];
  const read = connections.map(async (connection) => {
    try {
      const both = [readStored(place, connection), readStoredCredentials(place, connection)] as const;
      const [stored, credentials] = await Promise.all(both);
      return [{ connection, stored, credentials }];
    } catch (fault) {
      if (!(fault instanceof RefreshError)) throw fault;
      const { error, fix = 'try again' } = explainFault(fault);
      unreadable.push(at(tokenSecretId(secretPrefix, connection))(null, error, fix));
      return [];
    }
  });
  return { all: (await Promise.all(read)).flat(), unreadable };
}

/** When a token that is stored now ends; `undefined` for one that is not stored. */
export function storedExpiry(all: readonly StoredConnection[]): (accessToken: string) => Date | undefined {
  const documents = all.flatMap(({ stored }) => stored.token.document ?? []);
  return (accessToken) => documents.find((each) => each.accessToken.reveal() === accessToken)?.expiresAt;
}

/** Finds values of the file that stand in another connection's secrets, or in the wrong one of its own. */
export function findSharedWithStored(
  file: EnvFile,
  connections: readonly Connection[],
  all: readonly StoredConnection[],
): Finding[] {
  return connections.flatMap((connection) => {
    const { name } = connection;
    const line = ownLine(file, connection, 'REFRESH_TOKEN');
    if (line === undefined) return [];
    const isOwner = (each: StoredConnection) =>
      each.connection.name !== name && each.credentials?.refreshToken.reveal() === line.value;
    const owner = all.find(isOwner)?.connection.name;
    if (owner === undefined && storedExpiry(all)(line.value) === undefined) return [];
    const problem =
      owner === undefined
        ? 'is a stored access token in the place of a refresh token'
        : `is the stored refresh token of ${owner}: one refresh token belongs to one connection`;
    const fix = `get a refresh token of its own with \`npx --no-install zoho-tokens authorize ${name}\``;
    return [mistake(file, line, problem, fix, [name])];
  });
}

type Zoho = Pick<Place, 'callZoho'>;

/** What each verdict is in the words of the refresher. */
const codes: Readonly<Partial<Record<ProbeVerdict['verdict'], FailureCode>>> = {
  rejected: 'token_rejected',
  'lacks scope': 'scope_mismatch',
  'wrong setting': 'setting_mismatch',
};

/** Asks each service about its stored token. An answer that cannot tell is a warning: unknown is not healthy. */
export async function probeAll(place: Place, all: readonly StoredConnection[]): Promise<Finding[]> {
  const { secretPrefix } = place.connections;
  const found = all.map(async ({ connection, stored }): Promise<Finding[]> => {
    const probed = await probeStored(place, connection, stored);
    if (probed === undefined || probed.verdict === 'accepted') return [];
    const code = codes[probed.verdict];
    const problem = `${connection.service} says: ${probed.verdict} (${probed.reason})`;
    const finding = at(tokenSecretId(secretPrefix, connection));
    if (code === undefined) return [finding('access_token', problem, 'try again later', 'warning')];
    return [finding('access_token', problem, remedyFor(code, connection.name))];
  });
  return (await Promise.all(found)).flat();
}

/** Asks Zoho about the tokens of an `.env`: one read each, and one refresh unless the credentials are known to be bad. */
export async function askZohoAbout(
  file: EnvFile,
  connections: readonly Connection[],
  blocked: ReadonlySet<string>,
  zoho: Zoho,
): Promise<Finding[]> {
  const answers = connections.flatMap((connection) => [
    askAboutAccessToken(file, connection, zoho),
    blocked.has(connection.name) ? [] : askAboutRefreshToken(file, connection, zoho),
  ]);
  return (await Promise.all(answers)).flat();
}

async function askAboutAccessToken(file: EnvFile, connection: Connection, { callZoho }: Zoho): Promise<Finding[]> {
  const { name, service } = connection;
  const line = ownLine(file, connection, 'ACCESS_TOKEN');
  if (line === undefined || shapeFault({ role: 'access token' }, line.value) !== undefined) return [];
  const { verdict, reason } = await probeToken(callZoho, connection, new SecretText(line.value), undefined);
  if (verdict === 'rejected') {
    const fix = `apps read the stored token instead; \`npx --no-install zoho-tokens env ${name}\` writes a fresh one for development`;
    const problem = `is rejected by ${service} (${reason}): expired, or of another data centre`;
    return [mistake(file, line, problem, fix)];
  }
  const code = codes[verdict];
  if (code === undefined) return [];
  const problem = verdict === 'lacks scope' ? 'lacks a scope' : 'works, but a setting is wrong';
  return [mistake(file, line, `${problem} (${reason})`, remedyFor(code, name))];
}

async function askAboutRefreshToken(file: EnvFile, connection: Connection, zoho: Zoho): Promise<Finding[]> {
  const { name } = connection;
  const line = ownLine(file, connection, 'REFRESH_TOKEN');
  const credentials = readEnvCredentials(file, connection);
  if (line === undefined || credentials === undefined) return [];
  try {
    const { settingFault } = await proveCredentials(zoho, connection, credentials);
    if (settingFault === undefined) return [];
    return [mistake(file, line, settingFault, remedyFor('setting_mismatch', name))];
  } catch (fault) {
    if (!(fault instanceof RefreshError)) throw fault;
    return [mistake(file, line, fault.message, remedyHere(fault, name), [name])];
  }
}
