import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { test } from '../support/cli/cli-stage.ts';
import { hasPseudoTerminal, withoutTerminal } from '../support/cli/start-program.ts';

const typedSecret = `1000.${'d00d'.repeat(8)}.${'feed'.repeat(8)}`;

test('every command answers bad input with one clear line, and stores nothing', {
  timeout: 120_000,
}, async ({ cli }) => {
  await cli.run(['refresh']);
  cli.remember(typedSecret);
  cli.write('empty.env', '');
  cli.write('binary.env', '\u0000\u0001\u0002');
  writeFileSync(join(cli.folder, 'faulty.json'), '{"connections":[{"name":"X"}]}');
  const before = cli.everythingStored();
  const cases: [line: string, code: number, says: RegExp, input?: string][] = [
    ['status nope', 2, /unknown connection "nope"; expected salesiq, desk or salesiq-visitor/],
    [`status ${typedSecret}`, 2, /unknown connection; expected salesiq/],
    ['status --interval 0', 2, /--interval: expected 1 to 3600/],
    ['authorize desk --port 70000', 2, /--port: expected 1 to 65535/],
    ['authorize desk --org --self-client', 2, /exclude each other/],
    ['authorize salesiq --org', 1, /an organisation consent gives 1005. tokens, but salesiq needs 1000./],
    ['authorize salesiq --self-client', 1, /the input ended before an answer: Client ID/],
    ['authorize salesiq --self-client', 1, /this is not a client id/, `${typedSecret}\n`],
    ['authorize salesiq --self-client', 1, /this is not a code/, '\n\nnonsense\n'],
    ['doctor nowhere.env', 2, /cannot read nowhere.env: ENOENT/],
    ['doctor --online', 2, /--online is about the tokens of a FILE/],
    ['doctor empty.env', 1, /has no key of the connection salesiq/],
    ['doctor binary.env', 1, /binary.env is not a text file/],
    ['import binary.env', 1, /binary.env is not a text file/],
    ['doctor .', 2, /cannot read .: EISDIR/],
    ['doctor empty.env/x', 2, /cannot read empty.env\/x: ENOTDIR/],
    [`doctor ${'x'.repeat(300)}`, 2, /cannot read x+: ENAMETOOLONG/],
    ['import empty.env', 1, /salesiq {2}absent: the file has no key of it/],
    ['check --contact-id 1', 2, /--contact-id belongs to --live/],
    ['check --live', 2, /say for whom with --contact-id/],
    ['check --live --contact-id abc --yes', 2, /expected the digits/],
    ['env --out nowhere/.env', 1, /cannot write .*nowhere\/.env: ENOENT/],
    ['env --stdout --json', 2, /exclude each other/],
    ['status --profile x', 2, /--profile is about AWS and --local is not/],
    ['status --connections nowhere.json', 2, /cannot read .*nowhere.json: ENOENT/],
    ['status --connections faulty.json', 2, /connections.json has \d+ faults\n {2}\$/],
  ];
  for (const [line, code, says, input] of cases) {
    const ran = await cli.run(line.split(' '), input);
    expect({ line, code: ran.code }).toEqual({ line, code });
    expect(ran.stdout + ran.stderr).toMatch(says);
    expect(ran.stderr).not.toMatch(/ {4}at |unexpected/);
    expect(cli.everythingStored()).toBe(before);
  }
});

test('without a place to work there is one line that says what to do', async ({ cli }) => {
  const noKeys = { ...cli.account, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
  const cases: [line: string, code: number, says: RegExp, variables?: Record<string, string>][] = [
    ['status', 1, /no AWS Region is set\n.*--region/],
    ['status --region eu-west-1', 1, /no AWS credentials are found.*\n.*aws sso login/],
    ['status --profile teem', 1, /no AWS credentials are found for the profile "teem" /, noKeys],
    // Before anything is sent there.
    ['status', 2, /ZOHO_ENDPOINT_URL/, { ...cli.account, ZOHO_ENDPOINT_URL: 'https://elsewhere.example' }],
    ['status --local', 1, /start one with `npm start`/, { ZOHO_TOKENS_LOCAL_STORE: join(cli.folder, 'away.json') }],
  ];
  for (const [line, code, says, variables] of cases) {
    const ran = await cli.runElsewhere(line.split(' '), variables);
    expect({ line, code: ran.code, said: ran.shown }).toEqual({ line, code, said: expect.stringMatching(says) });
  }
  const asOthers = await cli.runElsewhere(['status'], { AWS_DEFAULT_REGION: 'ap-south-1' });
  expect(asOthers.stderr).not.toContain('no AWS Region');
  chmodSync(cli.store, 0o644);
  expect((await cli.run(['status'])).stderr).toContain('can be touched by others');
});

test('with --json an error is JSON too, and nothing stands beside it', async ({ cli }) => {
  const { code, stdout } = await cli.run(['status', 'nope', '--json']);
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    code: 'usage',
    usage: expect.stringContaining('zoho-tokens status'),
    fix: 'see `npx --no-install zoho-tokens help status`',
    error: 'unknown connection "nope"; expected salesiq, desk or salesiq-visitor',
  });
});

test.skipIf(!hasPseudoTerminal)(
  `Ctrl-C at a question stores nothing and exits 130${withoutTerminal}`,
  async ({ cli }) => {
    const before = cli.everythingStored();
    const ran = await cli.talk(
      ['authorize', 'salesiq', '--self-client'],
      [{ wait: 'Client ID', send: 'half an ans\u007f\u007f\u0003' }],
    );
    expect(ran).toMatchObject({ code: 130, shown: expect.stringContaining('stopped; nothing was stored') });
    expect(cli.everythingStored()).toBe(before);
  },
);
