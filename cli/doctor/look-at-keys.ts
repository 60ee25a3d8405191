import type { Connection } from '../../lambda/connections/read-connections.ts';
import { type EnvFile, findLine, ownLine } from '../env-file/env-file.ts';
import {
  blockedBy,
  type ExpectedKey,
  hasTokenShape,
  keyPrefix,
  knownKeys,
  ownKeys,
  sharedPrefix,
} from '../env-file/keys.ts';
import type { EnvLine } from '../env-file/parse-env-lines.ts';
import { meantKey } from '../spelling.ts';
import { type Finding, mistake } from './finding.ts';

/** Finds keys that are missing, empty, misspelt, foreign or there twice. */
export function lookAtKeys(file: EnvFile, connections: readonly Connection[]): Finding[] {
  const expected = knownKeys(connections);
  const known = expected.map(({ key }) => key);
  const absent = known.filter((key) => !file.assignments.some((line) => line.key === key));
  const findings: Finding[] = [];
  const meant = new Set<string>();
  for (const { line, key, value } of file.assignments) {
    if (known.includes(key)) continue;
    const misspelt = meantKey(key, absent);
    const foreign = misspelt === undefined ? lookAtForeignKey(key, value, expected) : undefined;
    const right = misspelt ?? foreign?.meant;
    if (right !== undefined) meant.add(right);
    const blocks = expected.filter((each) => each.key === right).flatMap(blockedBy);
    if (misspelt !== undefined)
      findings.push(mistake(file, { line, key }, 'is misspelt: nothing reads it', `write ${misspelt}`, blocks));
    else if (foreign !== undefined) {
      const { severity, problem, fix } = foreign;
      findings.push({ ...mistake(file, { line, key: printable(key) }, problem, fix, blocks), severity });
    }
  }
  for (const key of known) {
    const [first, second] = file.assignments.filter((line) => line.key === key);
    if (first === undefined || second === undefined) continue;
    findings.push(mistake(file, second, `is also on line ${first.line}: the last one counts`, 'keep one of the two'));
  }
  for (const connection of connections) findings.push(...missingOf(file, connection, meant));
  for (const suffix of ['CLIENT_ID', 'CLIENT_SECRET']) {
    const shared = `${sharedPrefix}_${suffix}`;
    const without = connections.filter((connection) => ownLine(file, connection, suffix) === undefined);
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

/** What a key that nothing reads was meant to be, if that is sure. */
type Foreign = Pick<Finding, 'severity' | 'problem' | 'fix'> & { readonly meant?: string };

/** Whether a key plainly holds something for us, by its name or by a token in it; `undefined` if it is another program's. */
function lookAtForeignKey(key: string, value: EnvLine['value'], known: readonly ExpectedKey[]): Foreign | undefined {
  const plain = key.toUpperCase();
  const translated = synonyms.reduce((left, [pattern, word]) => left.replace(pattern, word), plain);
  const keys = known.map((each) => each.key);
  const meant = translated === plain ? undefined : meantKey(translated, keys);
  const problem = 'is read by nothing';
  if (meant !== undefined) return { meant, severity: 'error', problem, fix: `write ${meant}` };
  if (/zoho/i.test(plain) && /ACCOUNTS?_(URL|SERVER|DOMAIN|HOST)$|_(DC|DATA_?CENT(ER|RE)|API_DOMAIN)$/.test(plain)) {
    const fix = 'write the data centre as data_center of each connection in connections.json, and take the line away';
    return { severity: 'warning', problem, fix };
  }
  const prefixes = [...new Set(known.flatMap(({ connections }) => connections.map(keyPrefix)))];
  const isOurs = /zoho/i.test(plain) || prefixes.some((prefix) => plain.includes(prefix));
  const alike = keys.filter((each) => endingOf(each, prefixes) !== '' && plain.endsWith(endingOf(each, prefixes)));
  const fitting = alike.filter((each) => prefixes.some((prefix) => plain.includes(prefix) && each.startsWith(prefix)));
  const hasToken = hasTokenShape(value);
  const tokens = hasToken ? keys.filter((each) => /_(ACCESS|REFRESH)_TOKEN$/.test(each)) : [];
  const candidates = [fitting, alike, tokens].find((each) => each.length > 0);
  if (candidates === undefined) return undefined;
  return {
    severity: isOurs || hasToken ? 'error' : 'warning',
    problem: hasToken ? `holds a token of Zoho’s shape, and ${problem}` : problem,
    fix: `if it is for Zoho, write ${[...new Set(candidates)].join(' or ')}`,
  };
}

/** What of a key tells its role, e.g. `_REFRESH_TOKEN`. */
function endingOf(key: string, prefixes: readonly string[]): string {
  const [prefix = key] = [...prefixes, sharedPrefix]
    .filter((each) => key.startsWith(`${each}_`))
    .toSorted((one, other) => other.length - one.length);
  return key.slice(prefix.length);
}

/** The key, unless a secret was pasted in its place. */
function printable(key: string): string | null {
  return /^\w{1,60}$/.test(key) && !/[0-9a-f]{16}/i.test(key) ? key : null;
}
