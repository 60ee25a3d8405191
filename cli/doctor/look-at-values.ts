import type { Connection } from '../../lambda/connections/read-connections.ts';
import { services } from '../../lambda/zoho/services.ts';
import { credentialLines, type EnvFile, type EnvLine, findLine, ownLine } from '../env-file/env-file.ts';
import { blockedBy, type ExpectedKey, keyPrefix, knownKeys, prefixOf, shapeFault } from '../env-file/expected-keys.ts';
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
    ...lookAtRefreshTokens(file, connections),
    ...connections.flatMap((connection) => lookAtClient(file, connections, connection)),
  ];
}

/** One refresh token belongs to one connection, and both kinds of token look alike: only a copy gives the mistake away. */
function* lookAtRefreshTokens(file: EnvFile, connections: readonly Connection[]): Iterable<Finding> {
  const authorize = 'npx --no-install zoho-tokens authorize';
  const accessTokens = connections.map((each) => ownLine(file, each, 'ACCESS_TOKEN'));
  const tokens = connections.map(({ name }) => ({ name, own: ownLine(file, { name }, 'REFRESH_TOKEN') }));
  for (const [index, { name, own }] of tokens.entries()) {
    if (own === undefined) continue;
    const first = tokens.slice(0, index).find((other) => other.own?.value === own.value);
    if (first?.own !== undefined) {
      const problem = `is the same refresh token as ${first.own.key} on line ${first.own.line}`;
      const fix = `one refresh token belongs to one connection: consent for each with \`${authorize}\``;
      yield mistake(file, own, problem, fix, [first.name, name]);
    }
    const access = accessTokens.find((other) => other?.value === own.value);
    if (access === undefined) continue;
    const problem = `is the same token as ${access.key} on line ${access.line}: an access token in the place of a refresh token, or the reverse`;
    yield mistake(file, own, problem, `get a refresh token with \`${authorize} ${name}\``, [name]);
  }
}

/** A client gives tokens of its own prefix and of no other, whichever connections share it. */
function lookAtClient(file: EnvFile, connections: readonly Connection[], connection: Connection): Finding[] {
  const { clientId, refreshToken } = credentialLines(file, connection);
  if (clientId === undefined || refreshToken === undefined) return [];
  const prefix = prefixOf(clientId.value);
  const tokenPrefix = prefixOf(refreshToken.value);
  if (prefix === undefined) return [];
  const { name, tokenPrefixes } = connection;
  const needs = (of: Connection) => `${of.name} (${of.tokenPrefixes.join(' or ')})`;
  if (!tokenPrefixes.includes(prefix)) {
    const rightful = connections.find((other) => {
      const lines = credentialLines(file, other);
      return lines.clientId === clientId && lines.refreshToken && other.tokenPrefixes.includes(prefix);
    });
    const [problem, register] =
      rightful === undefined
        ? [
            `is a ${prefix} client, but ${name} needs tokens that start with ${tokenPrefixes.join(' or ')}`,
            'register a client of that kind (1000. user-level, 1005. organisation-level)',
          ]
        : [
            `is one client for ${needs(rightful)} and ${needs(connection)}: no single Zoho client gives both`,
            `register a client of the other kind in the API console and add ${keyPrefix(connection)}_CLIENT_ID and ${keyPrefix(connection)}_CLIENT_SECRET`,
          ];
    return [mistake(file, clientId, problem, `${register}, or correct token_prefix in connections.json`, [name])];
  }
  if (tokenPrefix === undefined || tokenPrefix === prefix || !tokenPrefixes.includes(tokenPrefix)) return [];
  const problem = `starts with ${tokenPrefix}, but its client ${clientId.key} on line ${clientId.line} with ${prefix}: the two do not belong together`;
  const fix = `copy client and refresh token from the same client, or run \`npx --no-install zoho-tokens authorize ${name}\``;
  return [mistake(file, refreshToken, problem, fix, [name])];
}
