import type { EnvFile } from '../env-file/env-file.ts';
import { type ExpectedKey, keyPrefix } from '../env-file/expected-keys.ts';
import type { EnvLine } from '../env-file/parse-env-lines.ts';
import { meantKey } from '../env-file/spelling.ts';
import { hasTokenShape } from '../env-file/value-shapes.ts';
import type { Finding } from './finding.ts';

/** Words that people write for parts of our keys. */
const synonyms: readonly (readonly [pattern: RegExp, meant: string])[] = [
  [/^ZOHO_(?=SALESIQ|DESK)/, ''],
  [/ORGANI[SZ]ATION(_?ID)?$/, 'ORG_ID'],
  [/(DEPT|DEPARTMENT)(_?ID)?$/, 'DEPARTMENT_ID'],
  [/PORTAL(_?NAME)?$/, 'SCREEN_NAME'],
  [/REFRESH(_?TOK(EN)?)?$/, 'REFRESH_TOKEN'],
  [/(OAUTH|AUTH|ACCESS)_?TOKEN$/, 'ACCESS_TOKEN'],
];

/** What a key that nothing reads was meant to be; `undefined` if it is another program's. */
export type Meant = { readonly key: string | undefined; readonly finding: Finding };

/**
 * Finds keys that nothing reads although they plainly hold something for us: by their name, or by a token in them.
 *
 * @param known - All keys that this program reads.
 */
export function lookAtForeignKey(file: EnvFile, line: EnvLine, known: readonly ExpectedKey[]): Meant | undefined {
  const keys = known.map(({ key }) => key);
  const plain = line.key.toUpperCase();
  const translated = synonyms.reduce((key, [pattern, meant]) => key.replace(pattern, meant), plain);
  const at = (severity: Finding['severity'], problem: string, fix: string): Finding => ({
    where: file.name,
    line: line.line,
    key: printable(line.key),
    severity,
    problem,
    fix,
    blocks: [],
  });
  const meant = translated === plain ? undefined : meantKey(translated, keys);
  if (meant !== undefined) return { key: meant, finding: at('error', 'is read by nothing', `write ${meant}`) };
  if (/zoho/i.test(plain) && /ACCOUNTS?_(URL|SERVER|DOMAIN|HOST)$|_(DC|DATA_?CENT(ER|RE)|API_DOMAIN)$/.test(plain)) {
    const fix = 'write the data centre as data_center of each connection in connections.json, and take the line away';
    return { key: undefined, finding: at('warning', 'is read by nothing', fix) };
  }
  const prefixes = [...new Set(known.flatMap(({ connections }) => connections.map(keyPrefix)))];
  const isOurs = /zoho/i.test(plain) || prefixes.some((prefix) => plain.includes(prefix));
  const alike = known.filter(({ key }) => endingOf(key, prefixes) !== '' && plain.endsWith(endingOf(key, prefixes)));
  const fitting = alike.filter(({ key }) => prefixes.some((each) => plain.includes(each) && key.startsWith(each)));
  const hasToken = hasTokenShape(line.value);
  const tokens = known.filter(({ role }) => role === 'access token' || role === 'refresh token');
  const candidates = fitting.length > 0 ? fitting : alike.length > 0 ? alike : hasToken ? tokens : [];
  if (candidates.length === 0) return undefined;
  const problem = hasToken ? 'holds a token of Zoho’s shape, and is read by nothing' : 'is read by nothing';
  const names = [...new Set(candidates.map(({ key }) => key))].join(' or ');
  const fix = `if it is for Zoho, write ${names}`;
  return { key: undefined, finding: at(isOurs || hasToken ? 'error' : 'warning', problem, fix) };
}

/** What of a key tells its role, e.g. `_REFRESH_TOKEN`. */
function endingOf(key: string, prefixes: readonly string[]): string {
  const prefix = [...prefixes, 'ZOHO']
    .filter((each) => key.startsWith(`${each}_`))
    .toSorted((one, other) => other.length - one.length)[0];
  return prefix === undefined ? '' : key.slice(prefix.length);
}

/** The key, unless a secret was pasted in its place. */
function printable(key: string): string | null {
  return /^\w{1,60}$/.test(key) && !/[0-9a-f]{16}/i.test(key) ? key : null;
}
