import type { Connection } from '../../lambda/connections/read-connections.ts';
import { type EnvFile, findLine } from '../env-file/env-file.ts';
import { type ExpectedKey, knownKeys, ownKeys, sharedClientId, sharedClientSecret } from '../env-file/expected-keys.ts';
import { meantKey } from '../env-file/spelling.ts';
import type { Finding } from './finding.ts';
import { lookAtForeignKey } from './look-at-foreign-keys.ts';

/** Finds keys that are missing, empty, misspelt or there twice. */
export function lookAtKeys(file: EnvFile, connections: readonly Connection[]): Finding[] {
  const expected = knownKeys(connections);
  const known = expected.map(({ key }) => key);
  const present = new Set(file.assignments.map(({ key }) => key));
  const absent = known.filter((key) => !present.has(key));
  const findings: Finding[] = [];
  const meant = new Set<string>();
  for (const assignment of file.assignments) {
    const { line, key } = assignment;
    if (known.includes(key)) continue;
    const candidate = meantKey(key, absent);
    if (candidate === undefined) {
      const foreign = lookAtForeignKey(file, assignment, expected);
      if (foreign === undefined) continue;
      const blocks = foreign.key === undefined ? [] : blockedBy(foreign.key, connections);
      if (foreign.key !== undefined) meant.add(foreign.key);
      findings.push({ ...foreign.finding, blocks });
      continue;
    }
    meant.add(candidate);
    const blocks = blockedBy(candidate, connections);
    findings.push(finding(file, line, key, 'is misspelt: nothing reads it', `write ${candidate}`, blocks));
  }
  for (const key of known) {
    const lines = file.assignments.filter((assignment) => assignment.key === key);
    const [first, second] = lines;
    if (first !== undefined && second !== undefined) {
      const problem = `is also on line ${first.line}: the last one counts`;
      findings.push(finding(file, second.line, key, problem, 'keep one of the two', []));
    }
  }
  for (const connection of connections) findings.push(...missingOf(file, connection, meant));
  for (const [shared, role] of [
    [sharedClientId, 'client id'],
    [sharedClientSecret, 'client secret'],
  ] as const) {
    const without = connections.filter((connection) => !hasOwnClient(file, connection, role));
    if (without.length === 0 || meant.has(shared) || findLine(file, shared) !== undefined) continue;
    const names = without.map(({ name }) => name);
    findings.push(missing(file, shared, names));
  }
  return findings;
}

/** Which of a connection's own keys are missing; one finding if the file has none of them. */
function missingOf(file: EnvFile, connection: Connection, meant: ReadonlySet<string>): Finding[] {
  const keys = ownKeys(connection).filter(({ role }) => role !== 'client id' && role !== 'client secret');
  const absent = keys.filter(({ key }) => findLine(file, key) === undefined && !meant.has(key));
  if (absent.length === keys.length) {
    const names = absent.map(({ key }) => key).join(', ');
    const problem = `has no key of the connection ${connection.name}: ${names}`;
    const fix = `nothing to do for an import of the others; \`npx --no-install zoho-tokens authorize ${connection.name}\` gives it credentials`;
    return [{ ...finding(file, null, null, problem, fix, [connection.name]), severity: 'warning' }];
  }
  return absent.map(({ key, role }) => missing(file, key, role === 'refresh token' ? [connection.name] : []));
}

function missing(file: EnvFile, key: string, blocks: readonly string[]): Finding {
  const empty = file.assignments.find((assignment) => assignment.key === key);
  if (empty !== undefined) return finding(file, empty.line, key, 'is empty', 'give it its value', blocks);
  return finding(file, null, key, 'is missing', `add the line ${key}=...`, blocks);
}

function hasOwnClient(file: EnvFile, connection: Connection, role: ExpectedKey['role']): boolean {
  const own = ownKeys(connection).find((expected) => expected.role === role);
  return own !== undefined && findLine(file, own.key) !== undefined;
}

function blockedBy(key: string, connections: readonly Connection[]): string[] {
  const expected = knownKeys(connections).find((known) => known.key === key);
  const isCredential = expected?.role !== 'setting' && expected?.role !== 'access token';
  return isCredential ? (expected?.connections ?? []).map(({ name }) => name) : [];
}

function finding(
  file: EnvFile,
  line: number | null,
  key: string | null,
  problem: string,
  fix: string,
  blocks: readonly string[],
): Finding {
  return { where: file.name, line, key, severity: 'error', problem, fix, blocks };
}
