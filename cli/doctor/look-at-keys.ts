import type { Connection } from '../../lambda/connections/read-connections.ts';
import { tokenShape } from '../../lambda/zoho/token-answer.ts';
import { type EnvFile, findLine, ownLine } from '../env-file/env-file.ts';
import { blockedBy, knownKeys, ownKeys, sharedPrefix } from '../env-file/expected-keys.ts';
import { meantKey } from '../faults.ts';
import { type Finding, mistake } from './finding.ts';

/** Finds keys that are missing, empty, misspelt or there twice. */
export function* lookAtKeys(file: EnvFile, connections: readonly Connection[]): Iterable<Finding> {
  const expected = knownKeys(connections);
  const known = expected.map(({ key }) => key);
  const absent = known.filter((key) => !file.assignments.some((line) => line.key === key));
  const meant = new Set<string>();
  for (const { line, key, value } of file.assignments) {
    if (known.includes(key)) continue;
    const translated = synonyms.reduce((left, [pattern, word]) => left.replace(pattern, word), key.toUpperCase());
    const right = meantKey(key, absent) ?? meantKey(translated, absent);
    if (right === undefined) {
      const isSecret = tokenShape.test(value);
      // A secret may be pasted in the place of a key, too.
      const at = { line, key: /^\w{1,60}$/.test(key) && !/[0-9a-f]{16}/i.test(key) ? key : null };
      const problem = isSecret ? 'holds a token of Zoho’s shape, and nothing reads it' : 'is read by nothing';
      const found = mistake(file, at, problem, `write it as one of ${known.join(', ')}, or take the line away`);
      if (isSecret || /zoho/i.test(key)) yield { ...found, severity: isSecret ? 'error' : 'warning' };
      continue;
    }
    meant.add(right);
    const blocks = expected.filter((each) => each.key === right).flatMap(blockedBy);
    yield mistake(file, { line, key }, 'is misspelt: nothing reads it', `write ${right}`, blocks);
  }
  for (const key of known) {
    const [first, second] = file.assignments.filter((line) => line.key === key);
    if (first === undefined || second === undefined) continue;
    yield mistake(file, second, `is also on line ${first.line}: the last one counts`, 'keep one of the two');
  }
  for (const connection of connections) yield* missingOf(file, connection, meant);
  for (const suffix of ['CLIENT_ID', 'CLIENT_SECRET']) {
    const shared = `${sharedPrefix}_${suffix}`;
    const without = connections.filter((connection) => ownLine(file, connection, suffix) === undefined);
    if (without.length === 0 || meant.has(shared) || findLine(file, shared) !== undefined) continue;
    const names = without.map(({ name }) => name);
    yield missing(file, shared, names);
  }
}

/** Which of a connection's own keys are missing; one finding if the file has none of them. */
function missingOf(file: EnvFile, connection: Connection, meant: ReadonlySet<string>): Finding[] {
  const keys = ownKeys(connection).filter(({ role }) => role !== 'client id' && role !== 'client secret');
  const absent = keys.filter(({ key }) => findLine(file, key) === undefined && !meant.has(key));
  if (absent.length < keys.length) return absent.map((each) => missing(file, each.key, blockedBy(each)));
  const { name } = connection;
  const problem = `has no key of the connection ${name}: ${absent.map(({ key }) => key).join(', ')}`;
  const fix = `nothing to do for an import of the others; \`npx --no-install zoho-tokens authorize ${name}\` gives it credentials`;
  return [{ ...mistake(file, undefined, problem, fix, [name]), severity: 'warning' }];
}

function missing(file: EnvFile, key: string, blocks: readonly string[]): Finding {
  const empty = file.assignments.find((assignment) => assignment.key === key);
  if (empty !== undefined) return mistake(file, empty, 'is empty', 'give it its value', blocks);
  return mistake(file, { line: null, key }, 'is missing', `add the line ${key}=...`, blocks);
}

/** Words that people write for parts of our keys. */
const synonyms: readonly (readonly [pattern: RegExp, meant: string])[] = [
  [/^ZOHO_(?=SALESIQ|DESK)/, ''],
  [/ORGANI[SZ]ATION(_?ID)?$/, 'ORG_ID'],
  [/(DEPT|DEPARTMENT)(_?ID)?$/, 'DEPARTMENT_ID'],
  [/PORTAL(_?NAME)?$/, 'SCREEN_NAME'],
  [/REFRESH(_?TOK(EN)?)?$/, 'REFRESH_TOKEN'],
  [/(OAUTH|AUTH|ACCESS)_?TOKEN$/, 'ACCESS_TOKEN'],
];
