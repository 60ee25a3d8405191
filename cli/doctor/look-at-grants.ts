import type { Connection } from '../../lambda/connections/read-connections.ts';
import { credentialLines, type EnvFile, findLine } from '../env-file/env-file.ts';
import { keyPrefix, sharedClientId } from '../env-file/expected-keys.ts';
import type { EnvLine } from '../env-file/parse-env-lines.ts';
import { prefixOf } from '../env-file/value-shapes.ts';
import type { Finding } from './finding.ts';

/** Finds what only shows when lines are compared: shared grants, swapped tokens, clients that cannot be. */
export function lookAtGrants(file: EnvFile, connections: readonly Connection[]): Finding[] {
  return [
    ...sharedRefreshTokens(file, connections),
    ...accessTokensInPlaceOfRefreshTokens(file, connections),
    ...clientFaults(file, connections),
  ];
}

/** One refresh token belongs to one connection: two would draw on one budget of requests. */
function sharedRefreshTokens(file: EnvFile, connections: readonly Connection[]): Finding[] {
  const findings: Finding[] = [];
  const seen = new Map<string, { line: EnvLine; connection: Connection }>();
  for (const connection of connections) {
    const line = findLine(file, `${keyPrefix(connection)}_REFRESH_TOKEN`);
    if (line === undefined) continue;
    const first = seen.get(line.value);
    if (first === undefined) seen.set(line.value, { line, connection });
    else {
      findings.push(
        finding(
          file,
          line,
          `is the same refresh token as ${first.line.key} on line ${first.line.line}`,
          `one refresh token belongs to one connection: consent for each with \`npx --no-install zoho-tokens authorize\``,
          [first.connection.name, connection.name],
        ),
      );
    }
  }
  return findings;
}

/** Both kinds look alike; only a copy of the access token gives the mistake away. */
function accessTokensInPlaceOfRefreshTokens(file: EnvFile, connections: readonly Connection[]): Finding[] {
  const accessLines = connections.flatMap((connection) => {
    const line = findLine(file, `${keyPrefix(connection)}_ACCESS_TOKEN`);
    return line === undefined ? [] : [line];
  });
  return connections.flatMap((connection) => {
    const refreshLine = findLine(file, `${keyPrefix(connection)}_REFRESH_TOKEN`);
    const access = accessLines.find(({ value }) => value === refreshLine?.value);
    if (refreshLine === undefined || access === undefined) return [];
    return [
      finding(
        file,
        refreshLine,
        `is the same token as ${access.key} on line ${access.line}: an access token in the place of a refresh token, or the reverse`,
        `get a refresh token with \`npx --no-install zoho-tokens authorize ${connection.name}\``,
        [connection.name],
      ),
    ];
  });
}

/** A client gives tokens of its own prefix and of no other. */
function clientFaults(file: EnvFile, connections: readonly Connection[]): Finding[] {
  const shared = findLine(file, sharedClientId);
  const sharing = connections.filter(
    (connection) =>
      shared !== undefined &&
      credentialLines(file, connection).clientId === shared &&
      credentialLines(file, connection).refreshToken !== undefined,
  );
  const [first] = sharing;
  const odd = sharing.find(
    ({ tokenPrefixes }) => !tokenPrefixes.some((prefix) => first?.tokenPrefixes.includes(prefix)),
  );
  const isTorn = shared !== undefined && first !== undefined && odd !== undefined;
  const single = connections.flatMap((connection) => clientFault(file, connection, isTorn ? shared : undefined));
  if (!isTorn) return single;
  const prefix = prefixOf(shared.value);
  const blocked = sharing.filter(({ tokenPrefixes }) => prefix === undefined || !tokenPrefixes.includes(prefix));
  const other = (blocked[0] ?? odd).name;
  const own = keyPrefix({ name: other });
  return [
    finding(
      file,
      shared,
      `is one client for ${first.name} (${first.tokenPrefixes.join(' or ')}) and ${odd.name} (${odd.tokenPrefixes.join(' or ')}): no single Zoho client gives both`,
      `register a client of the other kind in the API console and add ${own}_CLIENT_ID and ${own}_CLIENT_SECRET, or correct token_prefix in connections.json`,
      blocked.map(({ name }) => name),
    ),
    ...single,
  ];
}

/** One connection's client against its configuration and its refresh token. */
function clientFault(file: EnvFile, connection: Connection, except: EnvLine | undefined): Finding[] {
  const { clientId, refreshToken } = credentialLines(file, connection);
  if (clientId === undefined || refreshToken === undefined || clientId === except) return [];
  const prefix = prefixOf(clientId.value);
  const tokenPrefix = prefixOf(refreshToken.value);
  if (prefix === undefined) return [];
  const { name, tokenPrefixes } = connection;
  if (!tokenPrefixes.includes(prefix)) {
    const problem = `is a ${prefix} client, but ${name} needs tokens that start with ${tokenPrefixes.join(' or ')}`;
    const fix = `register a client of that kind (1000. user-level, 1005. organisation-level), or correct token_prefix in connections.json`;
    return [finding(file, clientId, problem, fix, [name])];
  }
  if (tokenPrefix === undefined || tokenPrefix === prefix || !tokenPrefixes.includes(tokenPrefix)) return [];
  const problem = `starts with ${tokenPrefix}, but its client ${clientId.key} on line ${clientId.line} with ${prefix}: the two do not belong together`;
  const fix = `copy client and refresh token from the same client, or run \`npx --no-install zoho-tokens authorize ${name}\``;
  return [finding(file, refreshToken, problem, fix, [name])];
}

function finding(
  file: EnvFile,
  { line, key }: EnvLine,
  problem: string,
  fix: string,
  blocks: readonly string[],
): Finding {
  return { where: file.name, line, key, severity: 'error', problem, fix, blocks };
}
