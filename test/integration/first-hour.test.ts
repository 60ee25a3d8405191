import { statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCliStage } from '../support/cli/cli-stage.ts';
import { answerConsentPage, registerClient } from '../support/cli/consent-page.ts';
import { hasPseudoTerminal } from '../support/cli/start-program.ts';
import { commandsToRun, patternOfOutput } from '../support/document-commands.ts';
import type { Answer } from '../support/run-cli-inside.ts';
import { searchForSecrets } from '../support/secrets-search.ts';
import { openAccount } from './open-account.ts';

// docs/first-hour.md, command by command as it stands there, on an AWS account and a Zoho that this machine plays.

/** Commands that are not run here, and why. */
const leftOut: Readonly<Record<string, string>> = {
  'npx cdk deploy --strict': 'test/deploy runs it, on moto; here the stack stands already',
  'npm start': 'test/integration/main-job.test.ts starts it',
  'export HTTPS_PROXY=http://proxy.example:3128 NO_PROXY=localhost': 'test/integration/cli-network.test.ts has a proxy',
  'export NODE_EXTRA_CA_CERTS=/etc/ssl/company.pem': 'the same',
  'ssh -L 8765:localhost:8765 HOST': 'there is no other machine',
};

/** The guide's own broken file: a Desk token under SalesIQ, an old Desk token, and its placeholders. */
const oldEnv = `# ═════════════════════════════════════════════════════════════
# SALESIQ TOKENS (Chat Transfer & Closure)
# ═════════════════════════════════════════════════════════════
SALESIQ_ACCESS_TOKEN=1005.0f1e2d3c4b5a69788796a5b4c3d2e1f0.00112233445566778899aabbccddeeff
SALESIQ_REFRESH_TOKEN=1000.your_salesiq_refresh_token
SALESIQ_APP_ID=2782000012893013
SALESIQ_DEPARTMENT_ID=2782000000002013
SALESIQ_SCREEN_NAME=rtdsportal

# ═════════════════════════════════════════════════════════════
# DESK TOKENS (Callback Creation)
# ═════════════════════════════════════════════════════════════
DESK_ACCESS_TOKEN=1005.a1b2c3d4e5f60718293a4b5c6d7e8f90.ffeeddccbbaa99887766554433221100
DESK_REFRESH_TOKEN=1005.90f8e7d6c5b4a3928170f6e5d4c3b2a1.0123456789abcdeffedcba9876543210
DESK_ORG_ID=60000688226
DESK_DEPARTMENT_ID=2782000000002013

ZOHO_CLIENT_ID=1000.ABCDEFGHIJKLMNOPQRSTUVWXYZ0123
ZOHO_CLIENT_SECRET=0123456789abcdef0123456789abcdef0123456789
`;
const threeDaysAgo = new Date(Date.now() - 72 * 60 * 60 * 1000);
const program = 'npx --no-install zoho-tokens ';

test('docs/first-hour.md runs from top to bottom as it is written, and shows what comes', async () => {
  const cli = await openCliStage({ hasCredentials: false });
  const { zoho, stage, folder } = cli;
  const { variables } = await openAccount(cli);
  cli.write('old.env', oldEnv);
  cli.write('.env', 'OWN_SETTING=kept\n');
  utimesSync(join(folder, 'old.env'), threeDaysAgo, threeDaysAgo);
  cli.remember(...(oldEnv.match(/[0-9a-f]{32}/g) ?? []));

  const clientOf = (name: string): Answer[] => {
    const { client_secret, answers: typed } = registerClient(zoho, stage.connectionNamed(name), cli.callbackPort);
    cli.remember(client_secret);
    return typed;
  };
  const selfClient = cli.selfClient();

  /** What a person types at the questions of a command. */
  const answers: Readonly<Record<string, () => Answer[]>> = {
    'init old.env': () => [
      { question: '[y/N] ', typed: 'y' },
      { question: 'Data centre of the Zoho account, e.g. in: ', typed: 'in' },
      { question: 'AWS Region, e.g. ap-south-1: ', typed: 'ap-south-1' },
      { question: 'E-mail address that is alerted: ', typed: 'on-call@acme.io' },
    ],
    'authorize salesiq --self-client': () => [
      { question: 'Client ID: ', typed: selfClient.client_id },
      { question: 'Client secret (not shown): ', typed: selfClient.client_secret },
      { question: 'Code (not shown): ', typed: selfClient.code },
    ],
    'authorize desk --org': () => clientOf('desk'),
    'authorize salesiq-visitor --org': () => clientOf('salesiq-visitor'),
    'check --live': () => [
      { question: 'Desk contact id for the test call: ', typed: '2782000000123456' },
      { question: '[y/N] ', typed: 'y' },
    ],
  };
  /** Before the tokens are there, `doctor`, `import` and `status` have something to find fault with. */
  const failing = ['doctor old.env', 'import old.env', 'status'];

  const run = async (line: string) => {
    const typed = answers[line]?.() ?? [];
    // One command asks for its secrets at a real terminal, and every process of the machine is looked at meanwhile.
    if (line.endsWith('--self-client') && hasPseudoTerminal) {
      const dialog = typed.map(({ question, typed: text }) => ({ wait: question, send: `${text}\r` }));
      const ran = await cli.talk(line.split(' '), dialog);
      expect(ran.commandLines.some((each) => each.includes('authorize'))).toBe(true);
      return { shown: ran.shown.replaceAll('\r\n', '\n'), code: ran.code, unasked: ran.unanswered };
    }
    const isBrowser = line.endsWith('--org');
    const granted = isBrowser ? answerConsentPage(cli.callbackPort, 'grant') : undefined;
    const own = isBrowser ? cli.withoutBrowser : [];
    const talked = await cli.runElsewhere([...line.split(' '), ...own], variables, typed);
    await granted;
    return talked;
  };

  for (const { line, output } of commandsToRun('docs/first-hour.md', leftOut)) {
    expect(line.startsWith(program), `${line}: neither run nor left out for a reason`).toBe(true);
    const words = line.slice(program.length);
    const { shown, code: exitCode, unasked } = await run(words);
    expect(unasked, line).toEqual([]);
    const failed = failing[0] === words;
    if (failed) failing.shift();
    expect({ line, exitCode, shown }).toMatchObject({ exitCode: failed ? 1 : 0 });
    if (output.length > 0) expect(shown, line).toMatch(patternOfOutput(output));
  }
  expect(failing).toEqual([]);

  expect(stage.sns.inbox.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^TEST: /)]);
  expect(cli.read('old.env')).toBe(oldEnv);
  expect(cli.read('.env')).toMatch(/^OWN_SETTING=kept\n[\s\S]*DESK_ACCESS_TOKEN=1005\./);
  expect(cli.read('.env.bak')).toBe('OWN_SETTING=kept\n');
  expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
  expect(searchForSecrets([cli.readableByOthers()], cli.secretsSoFar())).toBeUndefined();
});
