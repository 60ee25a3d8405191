import type { Connection } from '../../lambda/connections/read-connections.ts';
import { services } from '../../lambda/zoho/services.ts';
import { type EnvFile, findLine } from '../env-file/env-file.ts';
import { type ExpectedKey, knownKeys } from '../env-file/expected-keys.ts';
import type { EnvLine } from '../env-file/parse-env-lines.ts';
import { prefixOf, shapeFault } from '../env-file/value-shapes.ts';
import type { Finding } from './finding.ts';

/** Finds values that cannot be what their key says: mixed tokens, placeholders, ids that cannot be ids. */
export function lookAtValues(file: EnvFile, connections: readonly Connection[]): Finding[] {
  return knownKeys(connections).flatMap((expected) => {
    const line = findLine(file, expected.key);
    if (line === undefined) return [];
    return [
      ...prefixFault(file, line, expected, connections),
      ...shapeFaults(file, line, expected),
      ...settingFault(file, line, expected),
    ];
  });
}

/** A token of one kind of client under the name of a connection that needs another: the guide's first mistake. */
function prefixFault(
  file: EnvFile,
  line: EnvLine,
  { role, connections: [connection] }: ExpectedKey,
  all: readonly Connection[],
): Finding[] {
  const prefix = prefixOf(line.value);
  const isToken = role === 'access token' || role === 'refresh token';
  if (!isToken || connection === undefined || prefix === undefined) return [];
  if (connection.tokenPrefixes.includes(prefix)) return [];
  const kind = kindOf(
    connection,
    all.filter(({ tokenPrefixes }) => tokenPrefixes.includes(prefix)),
  );
  const how =
    role === 'access token'
      ? `\`npx --no-install zoho-tokens env ${connection.name}\` writes the right one`
      : `\`npx --no-install zoho-tokens authorize ${connection.name}\` gets the right one`;
  return [
    finding(
      file,
      line,
      `starts with ${prefix}, expected ${connection.tokenPrefixes.join(' or ')}: this is ${kind}`,
      `${how}; if ${prefix} is right here, change token_prefix of ${connection.name} in connections.json`,
      role === 'refresh token' ? [connection.name] : [],
    ),
  ];
}

/** What a token seems to be, by those whose prefix it has; a mix-up of two services is the likelier one. */
function kindOf({ service }: Connection, owners: readonly Connection[]): string {
  const owner = owners.find((other) => other.service !== service) ?? owners[0];
  if (owner === undefined) return `a token of another kind of client, not a ${services[service].title} token`;
  if (owner.service === service) return `the kind of token that ${owner.name} needs`;
  return `a ${services[owner.service].title} token, not a ${services[service].title} token`;
}

function shapeFaults(file: EnvFile, line: EnvLine, expected: ExpectedKey): Finding[] {
  const fault = shapeFault(expected, line.value);
  if (fault === undefined) return [];
  const isCredential = expected.role !== 'setting' && expected.role !== 'access token';
  const blocks = isCredential ? expected.connections.map(({ name }) => name) : [];
  if (fault.kind === 'placeholder') {
    return [finding(file, line, 'is still a placeholder', `put ${fault.expected} there`, blocks)];
  }
  const problem =
    expected.role === 'setting' && expected.setting !== 'screen_name' ? 'is not a Zoho id' : 'has the wrong shape';
  return [finding(file, line, problem, `expected ${fault.expected}, whole and nothing else`, blocks)];
}

/** The same setting in two places with two values. Both are shown, since settings are not secret. */
function settingFault(file: EnvFile, line: EnvLine, { setting, connections: [connection] }: ExpectedKey): Finding[] {
  if (setting === undefined || connection === undefined) return [];
  const configured = connection.settings[setting];
  if (configured === undefined || configured === line.value) return [];
  if (shapeFault({ role: 'setting', setting }, line.value) !== undefined) return [];
  return [
    finding(
      file,
      line,
      `is ${line.value}, but settings.${setting} of ${connection.name} in connections.json is ${configured}`,
      'find out which is right (`npx --no-install zoho-tokens check` asks Zoho) and correct the other',
      [],
    ),
  ];
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
