import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { examineEnv } from '../../../cli/doctor/examine-env.ts';
import { lookAtValues } from '../../../cli/doctor/look-at-values.ts';
import { decodeText } from '../../../cli/env-file/text-file.ts';
import { expiryComment } from '../../../cli/env-file/write-env.ts';
import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { desk, envFile, envText, findingsOf, goodLines, guideConnections, now, salesiq, token } from './guide-env.ts';

type Changes = Parameters<typeof envText>[0];

/** `LINE KEY problem` of each finding, for a look at all of them. */
function told(text: string, hoursOld = 0): string[] {
  return findingsOf(text, hoursOld).map(({ line, key, problem }) => `${line ?? '-'} ${key ?? '-'} ${problem}`);
}

const deskUnderSalesiq = 'starts with 1005., expected 1000.: this is a Desk token, not a SalesIQ token';
const salesiqUnderDesk = 'starts with 1000., expected 1005.: this is a SalesIQ token, not a Desk token';

test.each<[changes: Changes, findings: string[]]>([
  [{}, []],
  [{ SALESIQ_ACCESS_TOKEN: token('1005.', 'a') }, [`1 SALESIQ_ACCESS_TOKEN ${deskUnderSalesiq}`]],
  [{ DESK_ACCESS_TOKEN: token('1000.', 'a') }, [`8 DESK_ACCESS_TOKEN ${salesiqUnderDesk}`]],
  [
    { SALESIQ_ACCESS_TOKEN: '1005.xxx' },
    [`1 SALESIQ_ACCESS_TOKEN ${deskUnderSalesiq}`, '1 SALESIQ_ACCESS_TOKEN is still a placeholder'],
  ],
  [{ DESK_ORG_ID: undefined, DESK_REFRESH_TOKEN: '' }, ['9 DESK_REFRESH_TOKEN is empty', '- DESK_ORG_ID is missing']],
])('in a file with %j these are found: %j', (changes, findings) => {
  expect(told(envText(changes))).toEqual(findings);
});

test('a token of the wrong kind is another service’s, unless it is what another connection needs', () => {
  const visitor = { ...salesiq, name: 'salesiq-visitor', tokenPrefixes: ['1005.'] };
  const file = envFile(envText({ SALESIQ_ACCESS_TOKEN: token('1005.', 'a') }));
  const kindOf = (connections: readonly Connection[]) => lookAtValues(file, connections)[0]?.problem;
  expect(kindOf([salesiq, visitor, desk])).toMatch(/this is a Desk token, not a SalesIQ token$/);
  expect(kindOf([salesiq, visitor])).toMatch(/this is the kind of token that salesiq-visitor needs$/);
});

test.each<[lines: string, findings: string[]]>([
  ['DATABASE_URL="postgres://x" # mine\nNODE_ENV = production', []],
  ['DESK_ORG_ID=60000688226', ['14 DESK_ORG_ID is also on line 10: the last one counts']],
  ['0123456789abcdef', ['14 - is neither KEY=value nor a comment: a value that was broken over two lines?']],
])('behind the good lines, %j gives %j', (lines, findings) => {
  expect(told(`${envText()}${lines}\n`)).toEqual(findings);
});

describe('expired tokens', () => {
  test('in a file that is older than any token lives', () => {
    const why = 'has expired: a token lives one hour, and this file was last changed 26 h 0 min ago';
    expect(told(envText(), 26)).toEqual([`1 SALESIQ_ACCESS_TOKEN ${why}`, `8 DESK_ACCESS_TOKEN ${why}`]);
  });

  test('by the expiry that stands beside them', () => {
    const noted = (time: string) => `# ${expiryComment('DESK_ACCESS_TOKEN', new Date(time))}\n${envText()}`;
    expect(told(noted('2026-03-01T11:30:00Z'))).toEqual(['9 DESK_ACCESS_TOKEN expired 30 minutes ago']);
    expect(told(noted('2026-03-01T12:30:00Z'))).toEqual([]);
  });

  test('by what is stored, whatever the age of the file', () => {
    const expiry = (text: string) => (text === goodLines.DESK_ACCESS_TOKEN ? new Date(now.getTime() + 1) : undefined);
    const found = examineEnv(envFile(envText(), 26), guideConnections, now, expiry);
    expect(found.map(({ key }) => key)).toEqual(['SALESIQ_ACCESS_TOKEN']);
  });

  test('are only warned of in a young file', () => {
    const found = examineEnv(envFile(envText()), guideConnections, now);
    expect(found.map(({ severity, line }) => `${severity} ${line}`)).toEqual(['warning 1', 'warning 8']);
  });
});

test.each([
  '1000.your_salesiq_access_token',
  'your_client_secret_from_api_console',
  '<token>',
  'xxxxxxxx',
  'changeme',
  `1000.${'0'.repeat(32)}.${'0'.repeat(32)}`,
])('the placeholder %s is found', (value) => {
  const refreshToken = told(envText({ SALESIQ_REFRESH_TOKEN: value }));
  expect(refreshToken).toContainEqual('2 SALESIQ_REFRESH_TOKEN is still a placeholder');
  const shape = /^7 SALESIQ_CLIENT_SECRET (is still a placeholder|has the wrong shape)/;
  const clientSecret = told(envText({ SALESIQ_CLIENT_SECRET: value }));
  expect(clientSecret).toContainEqual(expect.stringMatching(shape));
});

describe('keys', () => {
  test.each([
    ['SALESIQ_ACESS_TOKEN', 'SALESIQ_ACCESS_TOKEN'],
    ['SALESIQ_ACCESS_TOEKN', 'SALESIQ_ACCESS_TOKEN'],
    ['desk-access-token', 'DESK_ACCESS_TOKEN'],
    ['SALESIQ_APPID', 'SALESIQ_APP_ID'],
    ['ZOHO_DESK_REFRESH_TOKEN', 'DESK_REFRESH_TOKEN'],
    ['DESK_ORGANIZATION_ID', 'DESK_ORG_ID'],
    ['ZOHO_SALESIQ_PORTAL_NAME', 'SALESIQ_SCREEN_NAME'],
    ['DESK_OAUTH_TOKEN', 'DESK_ACCESS_TOKEN'],
  ])('%s is named with the key to write', (key, right) => {
    const found = findingsOf(envText().replace(`${right}=`, `${key}=`));
    expect(found).toMatchObject([{ key, severity: 'error', fix: `write ${right}` }]);
    expect(found).toHaveLength(1);
  });

  test.each([
    ['ZOHO_ACCOUNTS_URL=https://accounts.zoho.in', 'warning'],
    [`SOMETHING=${token('1000.', '9')}`, 'error'],
    [`${token('1000.', '9')}=${token('1000.', '9')}`, 'error'],
    [`${'9'.repeat(42)}=${token('1000.', '9')}`, 'error'],
  ])('%s is not passed over, though nothing reads it', (line, severity) => {
    const found = findingsOf(`${envText()}${line}\n`);
    expect(found).toMatchObject([{ severity, problem: expect.stringMatching(/nothing/) }]);
    const text = JSON.stringify(found);
    for (const secret of [token('1000.', '9'), '9'.repeat(42)]) expect(text).not.toContain(secret);
  });

  test('of a connection that the file does not know are one warning', () => {
    const found = findingsOf('DESK_ACCESS_TOKEN=\n').filter(({ blocks }) => blocks.includes('salesiq'));
    expect(found).toContainEqual(expect.objectContaining({ severity: 'warning', line: null }));
  });
});

describe('files that are not an .env in UTF-8', () => {
  const lines = 'A=1\nü=2';
  const utf16 = (text: string) => Buffer.from(text, 'utf16le');
  test.each([
    ['UTF-8', Buffer.from(lines)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${lines}`)],
    ['UTF-16LE with a mark', utf16(`\ufeff${lines}`)],
    ['UTF-16BE with a mark', utf16(`\ufeff${lines}`).swap16()],
  ])('%s is decoded', (_title, bytes) => {
    expect(decodeText(new Uint8Array(bytes))).toBe(lines);
  });

  const binary = ['000102', '7f454c4602010100', '1f8b080000', '89504e470d0a1a0a0000', 'fffe00d8'];
  test.each(binary)('the bytes %s are no text', (hex) => {
    expect(decodeText(new Uint8Array(Buffer.from(hex, 'hex')))).toBeUndefined();
  });

  test.each([
    (line: string) => line.replace(/=(.*)/, ' = "$1"').replace(/^/, '$env:'),
    (line: string) => `set ${line}`,
    (line: string) => `set "${line}"`,
  ])('the lines of a script are read, and each is named as one', (ofScript) => {
    const found = findingsOf(envText().replace(/^.+$/gm, ofScript));
    const told = found.filter(({ problem }) => problem.startsWith('is a line of a script'));
    expect(told).toHaveLength(Object.keys(goodLines).length);
    expect(found.flatMap(({ blocks }) => blocks)).toEqual([]);
  });
});

test.each([
  ['"2782"', 'has quotes around the value'],
  ["'2782'", 'has quotes around the value'],
  ['"2782', 'has a quote on one side'],
  ['“2782”', 'has a quote on one side'],
  [' 2782', 'has spaces around'],
  ['2782 ', 'has spaces around'],
  ['=2782', 'has a stray ='],
  ['2782=', 'has a stray ='],
  ['2782 # mine', 'has a comment behind the value'],
  ['"2782" # it’s \'mine', 'has a comment behind the value'],
  ['27\u200b82', 'has an invisible character'],
  ['27 82', 'has a space inside'],
])('the line ORG_ID=%s is found odd', (value, problem) => {
  const found = told(envText({ DESK_ORG_ID: value }));
  expect(found).toContainEqual(expect.stringContaining(`10 DESK_ORG_ID ${problem}`));
});

describe('grants', () => {
  const { SALESIQ_CLIENT_ID, SALESIQ_CLIENT_SECRET, SALESIQ_REFRESH_TOKEN, DESK_ACCESS_TOKEN } = goodLines;
  const oneClient = {
    ...{ SALESIQ_CLIENT_ID: undefined, SALESIQ_CLIENT_SECRET: undefined },
    ...{ DESK_CLIENT_ID: undefined, DESK_CLIENT_SECRET: undefined },
    ZOHO_CLIENT_ID: SALESIQ_CLIENT_ID,
    ZOHO_CLIENT_SECRET: SALESIQ_CLIENT_SECRET,
  };

  const twice = { DESK_REFRESH_TOKEN: SALESIQ_REFRESH_TOKEN };
  test.each<[line: number, problem: string, blocks: string[], changes: Changes]>([
    [9, 'starts with 1000.', ['desk'], { DESK_REFRESH_TOKEN: token('1000.', 'a') }],
    [9, 'an access token in the place of a refresh token', ['desk'], { DESK_REFRESH_TOKEN: DESK_ACCESS_TOKEN }],
    [9, 'is the same refresh token as SALESIQ_REFRESH_TOKEN on line 2', ['salesiq', 'desk'], twice],
    [12, 'is a 1000. client, but desk needs', ['desk'], { DESK_CLIENT_ID: SALESIQ_CLIENT_ID }],
    [10, 'is one client for salesiq (1000.) and desk (1005.): no single Zoho client gives both', ['desk'], oneClient],
  ])('on line %i, "%s" keeps %j from being imported', (line, problem, blocks, changes) => {
    const found = findingsOf(envText(changes));
    const wanted = { line, problem: expect.stringContaining(problem), blocks };
    expect(found).toContainEqual(expect.objectContaining(wanted));
  });

  test('of one client for two prefixes are distinguished by the keys to write', () => {
    const fix = expect.stringContaining('DESK_CLIENT_ID and DESK_CLIENT_SECRET');
    expect(findingsOf(envText(oneClient))).toEqual([expect.objectContaining({ key: 'ZOHO_CLIENT_ID', fix })]);
  });
});

test.each([
  ['DESK_ORG_ID', '6000O688226', 'is not a Zoho id'],
  ['SALESIQ_APP_ID', 'my-app', 'is not a Zoho id'],
  ['SALESIQ_SCREEN_NAME', 'https://salesiq.zoho.in/rtdsportal', 'has the wrong shape'],
  ['SALESIQ_SCREEN_NAME', 'your_screen_name', 'is still a placeholder'],
  ['DESK_ORG_ID', '1', 'is 1, but settings.org_id of desk in connections.json is 60000688226'],
])('the setting %s=%s %s', (key, value, problem) => {
  expect(told(envText({ [key]: value }))).toEqual([expect.stringContaining(`${key} ${problem}`)]);
});

test('whatever stands in a file, the doctor ends, and repeats no value of a secret', () => {
  const secretKeys = Object.keys(goodLines).filter((key) => !/(APP|DEPARTMENT|ORG)_ID$|NAME$/.test(key));
  const anyKey = fc.constantFrom(...Object.keys(goodLines), 'ZOHO_CLIENT_ID');
  const line = fc.oneof(
    fc.string(),
    fc.tuple(anyKey, fc.string()).map((pair) => pair.join('=')),
  );
  const secretValue = fc.stringMatching(/^[0-9a-f]{24,64}$/);
  fc.assert(
    fc.property(fc.array(line), secretValue, fc.constantFrom(...secretKeys), (lines, secret, key) => {
      const text = [...lines, `${key}=1000.${secret}.${secret}`, `${key} "${secret}`].join('\n');
      const found = JSON.stringify(examineEnv(envFile(text), guideConnections, now));
      expect(found).not.toContain(secret);
    }),
  );
});
