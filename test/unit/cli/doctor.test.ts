import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { examineEnv } from '../../../cli/doctor/examine-env.ts';
import { lookAtValues } from '../../../cli/doctor/look-at-values.ts';
import { decodeText } from '../../../cli/env-file/decode-text.ts';
import { expiryComment } from '../../../cli/env-file/expiry-comment.ts';
import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { envFile, envText, findingsOf, goodLines, guideConnections, now, token } from './env-file.ts';

/** `LINE KEY problem` of each finding, for a look at all of them. */
function told(text: string, hoursOld = 0): string[] {
  return findingsOf(text, hoursOld).map(
    ({ line, key, problem }) => `${line ?? '-'} ${key ?? '-'} ${problem}`,
  );
}

test('nothing is found in a file in which nothing is wrong', () => {
  expect(told(envText())).toEqual([]);
});

describe('mixed tokens', () => {
  test('a Desk token under SalesIQ is named on its line', () => {
    expect(told(envText({ SALESIQ_ACCESS_TOKEN: token('1005.', 'a') }))).toEqual([
      '1 SALESIQ_ACCESS_TOKEN starts with 1005., expected 1000.: this is a Desk token, not a SalesIQ token',
    ]);
  });

  test('and the reverse', () => {
    expect(told(envText({ DESK_ACCESS_TOKEN: token('1000.', 'a') }))).toEqual([
      '8 DESK_ACCESS_TOKEN starts with 1000., expected 1005.: this is a SalesIQ token, not a Desk token',
    ]);
  });

  test('is another service’s if two connections have the prefix, else that of the other connection', () => {
    const [salesiq, desk] = guideConnections;
    if (salesiq === undefined || desk === undefined) throw new Error('the guide has two connections');
    const visitor = { ...salesiq, name: 'salesiq-visitor', tokenPrefixes: ['1005.'] };
    const file = envFile(envText({ SALESIQ_ACCESS_TOKEN: token('1005.', 'a') }));
    const kindOf = (connections: readonly Connection[]) => lookAtValues(file, connections)[0]?.problem;
    expect(kindOf([salesiq, visitor, desk])).toMatch(/this is a Desk token, not a SalesIQ token$/);
    expect(kindOf([salesiq, visitor])).toMatch(/this is the kind of token that salesiq-visitor needs$/);
  });

  test('a refresh token of the wrong kind keeps its connection from being imported', () => {
    const [found] = findingsOf(envText({ DESK_REFRESH_TOKEN: token('1000.', 'a') }));
    expect(found).toMatchObject({ line: 9, key: 'DESK_REFRESH_TOKEN', blocks: ['desk'] });
  });

  test('the guide’s own 1005.xxx is both of the wrong kind and a placeholder', () => {
    expect(told(envText({ SALESIQ_ACCESS_TOKEN: '1005.xxx' }))).toEqual([
      '1 SALESIQ_ACCESS_TOKEN starts with 1005., expected 1000.: this is a Desk token, not a SalesIQ token',
      '1 SALESIQ_ACCESS_TOKEN is still a placeholder',
    ]);
  });
});

describe('expired tokens', () => {
  test('in a file that is older than any token lives', () => {
    expect(told(envText(), 26)).toEqual([
      '1 SALESIQ_ACCESS_TOKEN has expired: a token lives one hour, and this file was last changed 26 h 0 min ago',
      '8 DESK_ACCESS_TOKEN has expired: a token lives one hour, and this file was last changed 26 h 0 min ago',
    ]);
  });

  test('by the expiry that stands beside them', () => {
    const noted = (time: string) => `# ${expiryComment('DESK_ACCESS_TOKEN', new Date(time))}\n${envText()}`;
    expect(told(noted('2026-03-01T11:30:00Z'))).toEqual(['9 DESK_ACCESS_TOKEN expired 30 minutes ago']);
    expect(told(noted('2026-03-01T12:30:00Z'))).toEqual([]);
  });

  test('by what is stored, whatever the age of the file', () => {
    const expiry = (text: string) =>
      text === goodLines.DESK_ACCESS_TOKEN ? new Date(now.getTime() + 1) : undefined;
    const found = examineEnv(envFile(envText(), 26), guideConnections, now, expiry);
    expect(found.map(({ key }) => key)).toEqual(['SALESIQ_ACCESS_TOKEN']);
  });

  test('a young file gives a warning only', () => {
    const found = examineEnv(envFile(envText()), guideConnections, now);
    expect(found.map(({ severity, line }) => [severity, line])).toEqual([
      ['warning', 1],
      ['warning', 8],
    ]);
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
  expect(told(envText({ SALESIQ_REFRESH_TOKEN: value }))).toContainEqual(
    '2 SALESIQ_REFRESH_TOKEN is still a placeholder',
  );
  expect(told(envText({ SALESIQ_CLIENT_SECRET: value }))).toContainEqual(
    expect.stringMatching(/^7 SALESIQ_CLIENT_SECRET (is still a placeholder|has the wrong shape)/),
  );
});

describe('keys', () => {
  test('that are missing or empty', () => {
    expect(told(envText({ DESK_ORG_ID: undefined, DESK_REFRESH_TOKEN: '' }))).toEqual([
      '9 DESK_REFRESH_TOKEN is empty',
      '- DESK_ORG_ID is missing',
    ]);
  });

  test.each([
    ['SALESIQ_ACESS_TOKEN', 'SALESIQ_ACCESS_TOKEN'],
    ['SALESIQ_ACCESS_TOEKN', 'SALESIQ_ACCESS_TOKEN'],
    ['desk-access-token', 'DESK_ACCESS_TOKEN'],
    ['SALESIQ_APPID', 'SALESIQ_APP_ID'],
  ])('that are misspelt: %s', (wrong, right) => {
    const text = envText().replace(`${right}=`, `${wrong}=`);
    const found = findingsOf(text);
    expect(found).toEqual([expect.objectContaining({ key: wrong, fix: `write ${right}` })]);
  });

  test('of other programs are left alone', () => {
    expect(told(`${envText()}DATABASE_URL="postgres://x" # mine\nNODE_ENV = production\n`)).toEqual([]);
  });

  test('that are there twice', () => {
    expect(told(`${envText()}DESK_ORG_ID=60000688226\n`)).toEqual([
      '14 DESK_ORG_ID is also on line 10: the last one counts',
    ]);
  });

  test('of a connection that the file does not know are one warning', () => {
    const found = findingsOf('DESK_ACCESS_TOKEN=\n');
    expect(
      found.filter(({ blocks }) => blocks.includes('salesiq')).map(({ severity, line }) => [severity, line]),
    ).toContainEqual(['warning', null]);
  });
});

describe('keys that nothing reads although they plainly hold something for us', () => {
  test.each([
    ['ZOHO_DESK_REFRESH_TOKEN', 'DESK_REFRESH_TOKEN'],
    ['DESK_ORGANIZATION_ID', 'DESK_ORG_ID'],
    ['ZOHO_SALESIQ_PORTAL_NAME', 'SALESIQ_SCREEN_NAME'],
    ['DESK_OAUTH_TOKEN', 'DESK_ACCESS_TOKEN'],
  ])('%s is named with the key to write', (wrong, right) => {
    const found = findingsOf(envText().replace(`${right}=`, `${wrong}=`));
    expect(found).toEqual([
      expect.objectContaining({ key: wrong, severity: 'error', fix: `write ${right}` }),
    ]);
  });

  test.each([
    ['ZOHO_ACCOUNTS_URL=https://accounts.zoho.in', 'warning', /data_center/],
    ['SLACK_CLIENT_SECRET=whatever', 'warning', /if it is for Zoho, write SALESIQ_CLIENT_SECRET or /],
    ['ZOHO_REFRESH_TOKEN=x', 'error', /SALESIQ_REFRESH_TOKEN or DESK_REFRESH_TOKEN/],
    [`SOMETHING=${token('1000.', '9')}`, 'error', /write SALESIQ_ACCESS_TOKEN or /],
    [`${token('1000.', '9')}=${token('1000.', '9')}`, 'error', /write SALESIQ_ACCESS_TOKEN or /],
  ])('%s is not passed over', (line, severity, fix) => {
    const found = findingsOf(`${envText()}${line}\n`);
    expect(found).toEqual([expect.objectContaining({ severity, fix: expect.stringMatching(fix) })]);
    expect(JSON.stringify(found)).not.toContain(token('1000.', '9'));
  });
});

describe('files that are no .env in UTF-8', () => {
  const utf16 = (text: string) => new Uint8Array(Buffer.from(text, 'utf16le'));
  const swapped = (text: string) => new Uint8Array(Buffer.from(text, 'utf16le').swap16());
  test.each([
    ['UTF-8', new Uint8Array(Buffer.from('A=1\nü=2'))],
    ['UTF-8 with a mark', new Uint8Array(Buffer.from('\ufeffA=1\nü=2'))],
    ['UTF-16LE with a mark', utf16('\ufeffA=1\nü=2')],
    ['UTF-16LE', utf16('A=1\nü=2')],
    ['UTF-16BE with a mark', swapped('\ufeffA=1\nü=2')],
    ['UTF-16BE', swapped('A=1\nü=2')],
  ])('%s is decoded', (_title, bytes) => {
    expect(decodeText(bytes)).toBe('A=1\nü=2');
  });

  test.each([
    [[0, 1, 2]],
    [[0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]],
    [[0x1f, 0x8b, 8, 0, 0]],
    [[0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0]],
    [[0xff, 0xfe, 0x00, 0xd8]],
  ])('the bytes %j are no text', (bytes) => {
    expect(decodeText(new Uint8Array(bytes))).toBeUndefined();
  });

  test.each([
    [envText().replace(/^(\w+)=(.*)$/gm, '$env:$1 = "$2"'), 'is a PowerShell script'],
    [envText().replace(/^/gm, 'set '), 'is a script of the Windows command line'],
  ])('a script is one finding', (text, problem) => {
    expect(findingsOf(text)).toEqual([
      expect.objectContaining({ problem: expect.stringContaining(problem), blocks: ['salesiq', 'desk'] }),
    ]);
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
  ['27\u200b82', 'has an invisible character'],
  ['27 82', 'has a space inside'],
])('the line ORG_ID=%s is found odd', (value, problem) => {
  expect(told(envText({ DESK_ORG_ID: value }))).toContainEqual(
    expect.stringContaining(`10 DESK_ORG_ID ${problem}`),
  );
});

test('a value that was broken over two lines is found', () => {
  expect(told(`${envText()}0123456789abcdef\n`)).toEqual([
    '14 - is neither KEY=value nor a comment: a value that was broken over two lines?',
  ]);
});

describe('grants', () => {
  test('an access token in the place of a refresh token', () => {
    const [found] = findingsOf(envText({ DESK_REFRESH_TOKEN: goodLines.DESK_ACCESS_TOKEN }));
    expect(found).toMatchObject({
      line: 9,
      problem: expect.stringContaining('an access token in the place of a refresh token'),
      blocks: ['desk'],
    });
  });

  test('one refresh token under two services blocks both', () => {
    const found = findingsOf(envText({ DESK_REFRESH_TOKEN: goodLines.SALESIQ_REFRESH_TOKEN }));
    expect(found).toContainEqual(
      expect.objectContaining({
        line: 9,
        problem: 'is the same refresh token as SALESIQ_REFRESH_TOKEN on line 2',
        blocks: ['salesiq', 'desk'],
      }),
    );
  });

  test('one client for two prefixes blocks the connection that it cannot serve', () => {
    const text = envText({
      SALESIQ_CLIENT_ID: undefined,
      SALESIQ_CLIENT_SECRET: undefined,
      DESK_CLIENT_ID: undefined,
      DESK_CLIENT_SECRET: undefined,
      ZOHO_CLIENT_ID: goodLines.SALESIQ_CLIENT_ID,
      ZOHO_CLIENT_SECRET: goodLines.SALESIQ_CLIENT_SECRET,
    });
    expect(findingsOf(text)).toEqual([
      expect.objectContaining({
        line: 10,
        key: 'ZOHO_CLIENT_ID',
        problem: 'is one client for salesiq (1000.) and desk (1005.): no single Zoho client gives both',
        fix: expect.stringContaining('DESK_CLIENT_ID and DESK_CLIENT_SECRET'),
        blocks: ['desk'],
      }),
    ]);
  });

  test('a client of the wrong kind', () => {
    const [found] = findingsOf(envText({ DESK_CLIENT_ID: goodLines.SALESIQ_CLIENT_ID }));
    expect(found).toMatchObject({
      line: 12,
      problem: expect.stringContaining('is a 1000. client, but desk needs'),
      blocks: ['desk'],
    });
  });
});

describe('settings', () => {
  test.each([
    ['DESK_ORG_ID', '6000O688226', 'is not a Zoho id'],
    ['SALESIQ_APP_ID', 'my-app', 'is not a Zoho id'],
    ['SALESIQ_SCREEN_NAME', 'https://salesiq.zoho.in/rtdsportal', 'has the wrong shape'],
    ['SALESIQ_SCREEN_NAME', 'your_screen_name', 'is still a placeholder'],
    ['DESK_ORG_ID', '1', 'is 1, but settings.org_id of desk in connections.json is 60000688226'],
  ])('%s=%s', (key, value, problem) => {
    expect(told(envText({ [key]: value }))).toEqual([expect.stringContaining(`${key} ${problem}`)]);
  });
});

test('whatever stands in a file, the doctor ends, and repeats no value of a secret', () => {
  const secretValue = fc.stringMatching(/^[0-9a-f]{24,64}$/);
  const line = fc.oneof(
    fc.string(),
    fc
      .tuple(fc.constantFrom(...Object.keys(goodLines), 'ZOHO_CLIENT_ID'), fc.string())
      .map((pair) => pair.join('=')),
  );
  fc.assert(
    fc.property(
      fc.array(line),
      secretValue,
      fc.constantFrom(...Object.keys(goodLines)),
      (lines, secret, key) => {
        const isSetting = /ID$|NAME$/.test(key) && !key.endsWith('CLIENT_ID');
        const text = [...lines, `${key}=1000.${secret}.${secret}`, `${key} "${secret}`].join('\n');
        const found = JSON.stringify(examineEnv(envFile(text), guideConnections, now));
        if (!isSetting) expect(found).not.toContain(secret);
      },
    ),
  );
});
