import type { Connection } from '../../lambda/connections/read-connections.ts';
import { services } from '../../lambda/zoho/services.ts';
import { type EnvFile, type EnvLine, findLine } from '../env-file/env-file.ts';
import { blockedBy, type ExpectedKey, knownKeys, prefixOf, shapeFault } from '../env-file/keys.ts';
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
