import type { Connection } from '../../lambda/connections/read-connections.ts';
import { services } from '../../lambda/zoho/services.ts';
import { credentialLines, type EnvFile, type EnvLine, findLine, ownLine } from '../env-file/env-file.ts';
import {
  blockedBy,
  type ExpectedKey,
  keyPrefix,
  knownKeys,
  prefixOf,
  shapeFault,
  sharedPrefix,
} from '../env-file/keys.ts';
import { type Finding, mistake } from './finding.ts';

/** Finds values that cannot be what their key says: mixed tokens, placeholders, ids that cannot be ids. */
export function lookAtValues(file: EnvFile, connections: readonly Connection[]): Finding[] {
  return knownKeys(connections).flatMap((expected) => {
    const line = findLine(file, expected.key);
    if (line === undefined) return [];
    const shape = lookAtShape(file, line, expected);
    return [...lookAtPrefix(file, line, expected, connections), ...(shape ?? lookAtSetting(file, line, expected))];
  });
}

/** A token of one kind of client under the name of a connection that needs another: the guide's first mistake. */
function lookAtPrefix(file: EnvFile, line: EnvLine, expected: ExpectedKey, all: readonly Connection[]): Finding[] {
  const { role } = expected;
  const [connection] = expected.connections;
  const prefix = prefixOf(line.value);
  const isToken = role === 'access token' || role === 'refresh token';
  if (!isToken || connection === undefined || prefix === undefined) return [];
  const { name, tokenPrefixes } = connection;
  if (tokenPrefixes.includes(prefix)) return [];
  const owners = all.filter((other) => other.tokenPrefixes.includes(prefix));
  const how =
    role === 'access token'
      ? `\`npx --no-install zoho-tokens env ${name}\` writes the right one`
      : `\`npx --no-install zoho-tokens authorize ${name}\` gets the right one`;
  const problem = `starts with ${prefix}, expected ${tokenPrefixes.join(' or ')}: this is ${kindOf(connection, owners)}`;
  const fix = `${how}; if ${prefix} is right here, change token_prefix of ${name} in connections.json`;
  return [mistake(file, line, problem, fix, blockedBy(expected))];
}

/** What a token seems to be, by those whose prefix it has; a mix-up of two services is the likelier one. */
function kindOf({ service }: Connection, owners: readonly Connection[]): string {
  const owner = owners.find((other) => other.service !== service) ?? owners[0];
  if (owner === undefined) return `a token of another kind of client, not a ${services[service].title} token`;
  if (owner.service === service) return `the kind of token that ${owner.name} needs`;
  return `a ${services[owner.service].title} token, not a ${services[service].title} token`;
}

function lookAtShape(file: EnvFile, line: EnvLine, expected: ExpectedKey): Finding[] | undefined {
  const fault = shapeFault(expected, line.value);
  if (fault === undefined) return undefined;
  const isId = expected.role === 'setting' && expected.setting !== 'screen_name';
  const [problem, fix] =
    fault.kind === 'placeholder'
      ? ['is still a placeholder', `put ${fault.expected} there`]
      : [isId ? 'is not a Zoho id' : 'has the wrong shape', `expected ${fault.expected}, whole and nothing else`];
  return [mistake(file, line, problem, fix, blockedBy(expected))];
}

/** The same setting in two places with two values. Both are shown, since settings are not secret. */
function lookAtSetting(file: EnvFile, line: EnvLine, { setting, connections: [connection] }: ExpectedKey): Finding[] {
  if (setting === undefined || connection === undefined) return [];
  const configured = connection.settings[setting];
  if (configured === undefined || configured === line.value) return [];
  const problem = `is ${line.value}, but settings.${setting} of ${connection.name} in connections.json is ${configured}`;
  const fix = 'find out which is right (`npx --no-install zoho-tokens check` asks Zoho) and correct the other';
  return [mistake(file, line, problem, fix)];
}

/** Finds what only shows when lines are compared: shared grants, swapped tokens, clients that cannot be. */
export function lookAtGrants(file: EnvFile, connections: readonly Connection[]): Finding[] {
  return [
    ...connections.flatMap((connection, index) => lookAtRefreshToken(file, connections, connection, index)),
    ...lookAtClients(file, connections),
  ];
}

/** One refresh token belongs to one connection, and both kinds of token look alike: only a copy gives the mistake away. */
function lookAtRefreshToken(
  file: EnvFile,
  connections: readonly Connection[],
  { name }: Connection,
  index: number,
): Finding[] {
  const tokens = connections.map((each) => ownLine(file, each, 'REFRESH_TOKEN'));
  const line = tokens[index];
  if (line === undefined) return [];
  const findings: Finding[] = [];
  const authorize = 'npx --no-install zoho-tokens authorize';
  const twin = tokens.findIndex((other) => other?.value === line.value);
  const first = tokens[twin];
  if (first !== undefined && twin < index) {
    const problem = `is the same refresh token as ${first.key} on line ${first.line}`;
    const fix = `one refresh token belongs to one connection: consent for each with \`${authorize}\``;
    findings.push(mistake(file, line, problem, fix, [connections[twin]?.name ?? '', name]));
  }
  const accessTokens = connections.map((each) => ownLine(file, each, 'ACCESS_TOKEN'));
  const access = accessTokens.find((other) => other?.value === line.value);
  if (access !== undefined) {
    const problem = `is the same token as ${access.key} on line ${access.line}: an access token in the place of a refresh token, or the reverse`;
    findings.push(mistake(file, line, problem, `get a refresh token with \`${authorize} ${name}\``, [name]));
  }
  return findings;
}

/** A client gives tokens of its own prefix and of no other. */
function lookAtClients(file: EnvFile, connections: readonly Connection[]): Finding[] {
  const shared = findLine(file, `${sharedPrefix}_CLIENT_ID`);
  const sharing = connections.filter((connection) => {
    const { clientId, refreshToken } = credentialLines(file, connection);
    return shared !== undefined && clientId === shared && refreshToken !== undefined;
  });
  const [first] = sharing;
  const odd = sharing.find(
    ({ tokenPrefixes }) => !tokenPrefixes.some((prefix) => first?.tokenPrefixes.includes(prefix)),
  );
  if (shared === undefined || first === undefined || odd === undefined)
    return connections.flatMap((connection) => lookAtClient(file, connection, undefined));
  const prefix = prefixOf(shared.value);
  const blocked = sharing.filter(({ tokenPrefixes }) => prefix === undefined || !tokenPrefixes.includes(prefix));
  const own = keyPrefix({ name: (blocked[0] ?? odd).name });
  const needs = ({ name, tokenPrefixes }: Connection) => `${name} (${tokenPrefixes.join(' or ')})`;
  const problem = `is one client for ${needs(first)} and ${needs(odd)}: no single Zoho client gives both`;
  const fix = `register a client of the other kind in the API console and add ${own}_CLIENT_ID and ${own}_CLIENT_SECRET, or correct token_prefix in connections.json`;
  const names = blocked.map(({ name }) => name);
  const others = connections.flatMap((connection) => lookAtClient(file, connection, shared));
  return [mistake(file, shared, problem, fix, names), ...others];
}

function lookAtClient(file: EnvFile, connection: Connection, except: EnvLine | undefined): Finding[] {
  const { clientId, refreshToken } = credentialLines(file, connection);
  if (clientId === undefined || refreshToken === undefined || clientId === except) return [];
  const prefix = prefixOf(clientId.value);
  const tokenPrefix = prefixOf(refreshToken.value);
  if (prefix === undefined) return [];
  const { name, tokenPrefixes } = connection;
  if (!tokenPrefixes.includes(prefix)) {
    const problem = `is a ${prefix} client, but ${name} needs tokens that start with ${tokenPrefixes.join(' or ')}`;
    const fix = `register a client of that kind (1000. user-level, 1005. organisation-level), or correct token_prefix in connections.json`;
    return [mistake(file, clientId, problem, fix, [name])];
  }
  if (tokenPrefix === undefined || tokenPrefix === prefix || !tokenPrefixes.includes(tokenPrefix)) return [];
  const problem = `starts with ${tokenPrefix}, but its client ${clientId.key} on line ${clientId.line} with ${prefix}: the two do not belong together`;
  const fix = `copy client and refresh token from the same client, or run \`npx --no-install zoho-tokens authorize ${name}\``;
  return [mistake(file, refreshToken, problem, fix, [name])];
}
