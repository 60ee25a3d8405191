import { readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callbackAddress } from '../../cli/authorize/callback-address.ts';
import { registerFor } from '../../local/offer-stage.ts';
import { answerConsentPage } from '../support/cli/consent-page.ts';
import { hasPseudoTerminal, withoutTerminal } from '../support/cli/program.ts';
import { openCliStage, threeConnections } from '../support/cli/stage.ts';
import { searchForSecrets } from '../support/secrets-search.ts';

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

test.skipIf(!hasPseudoTerminal)(
  `the guide, walked from its broken .env to three good operations${withoutTerminal}`,
  { timeout: 120_000 },
  async () => {
    const cli = await openCliStage({ connectionsText: threeConnections, hasCredentials: false });
    const { zoho, callbackPort, stage } = cli;
    const redirectUris = [callbackAddress(callbackPort)];
    const selfClient = zoho.registerClient({ dataCenter: 'in' });
    const clientFor = (name: string) => registerFor(zoho, cli.connectionNamed(name), redirectUris);
    const clients = { desk: clientFor('desk'), 'salesiq-visitor': clientFor('salesiq-visitor') };
    cli.remember(selfClient.client_secret, ...Object.values(clients).map((client) => client.client_secret));
    cli.remember(...(oldEnv.match(/[0-9a-f]{32}/g) ?? []));
    cli.write('old.env', oldEnv);
    utimesSync(join(cli.folder, 'old.env'), threeDaysAgo, threeDaysAgo);
    const walked: string[] = [];
    const step = (line: string) => {
      walked.push(`npx --no-install zoho-tokens ${line}`);
      return line.split(' ');
    };

    const examined = await cli.run(step('doctor old.env'));
    expect(examined.code).toBe(1);
    expect(examined.stdout).toMatch(
      /✗ old.env:4 {2}SALESIQ_ACCESS_TOKEN .* this is a Desk token, not a SalesIQ/,
    );
    expect(examined.stdout).toMatch(/✗ old.env:13 {2}DESK_ACCESS_TOKEN {2}has expired/);
    expect(cli.read('old.env')).toBe(oldEnv);

    const before = cli.everythingStored();
    const imported = await cli.run(step('import old.env'));
    expect(imported.code).toBe(1);
    expect(imported.stdout).toMatch(/✗ salesiq {2}refused: SALESIQ_REFRESH_TOKEN is still a placeholder/);
    expect(imported.stdout).toMatch(/✗ desk {2}refused: ZOHO_CLIENT_ID is one client for salesiq/);
    expect(cli.everythingStored()).toBe(before);

    const empty = await cli.run(step('status'));
    expect(empty.stdout.match(/not set up/g)).toHaveLength(3);
    expect(empty.stdout, 'colour is for terminals').not.toContain('\u001b');

    const code = zoho.selfClientCode({
      clientId: selfClient.client_id,
      scopes: ['SalesIQ.conversations.CREATE', 'SalesIQ.conversations.READ', 'SalesIQ.conversations.UPDATE'],
    });
    cli.remember(code);
    const typed = await cli.talk(step('authorize salesiq --self-client'), [
      { wait: 'Client ID', send: `${selfClient.client_id}\r` },
      { wait: 'Client secret (not shown): ', send: `${selfClient.client_secret}\r` },
      { wait: 'Code (not shown): ', send: `${code}\r` },
    ]);
    expect(typed).toMatchObject({ code: 0, unanswered: [] });
    expect(typed.shown).toContain(
      'with this scope:\r\n  SalesIQ.conversations.CREATE,SalesIQ.conversations.READ',
    );
    expect(typed.commandLines.some((line) => line.includes('authorize'))).toBe(true);

    for (const name of ['desk', 'salesiq-visitor'] as const) {
      const own = ['--no-browser', '--port', `${callbackPort}`];
      const granted = answerConsentPage(callbackPort, 'grant');
      const ran = await cli.talk(
        [...step(`authorize ${name} --org`), ...own],
        [
          { wait: 'Client ID', send: `${clients[name].client_id}\r` },
          { wait: 'Client secret (not shown): ', send: `${clients[name].client_secret}\r` },
        ],
      );
      expect(ran).toMatchObject({ code: 0, unanswered: [] });
      expect(await granted).toContain(`Consent for ${name} is stored`);
    }

    expect(await cli.run(step('refresh'))).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/(.*refreshed .*\n){3}/),
    });

    const checked = await cli.run(step('check'));
    expect(checked.stdout).toMatch(
      /✓ Chat Transfer +salesiq-visitor: .*\n✓ Chat Closure +salesiq: .*\n✓ Callback Creation +desk: /,
    );
    expect(checked.code).toBe(0);

    const live = await cli.talk(step('check --live'), [
      { wait: 'Desk contact id', send: '2782000000123456\r' },
      { wait: '[y/N]', send: 'y\r' },
    ]);
    expect(live.shown.match(/✓/g)).toHaveLength(3);
    expect(live.shown).toContain('\u001b[32m✓\u001b[39m');
    expect(live.code).toBe(0);

    expect((await cli.run(step('test-alert'))).code).toBe(0);
    expect(stage.sns.inbox.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^TEST: /)]);

    const shown = await cli.run(step('status'));
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/(.*fresh .*\n){3}/) });

    expect((await cli.run(step('env --tokens-only'))).code).toBe(0);
    expect(statSync(join(cli.folder, '.env')).mode & 0o777).toBe(0o600);
    expect(statSync(cli.store).mode & 0o777).toBe(0o600);
    expect(searchForSecrets([cli.readableByOthers()], cli.secretsSoFar())).toBeUndefined();

    const document = readFileSync('docs/first-hour.md', 'utf8');
    const documented = [...document.matchAll(/^\$ (npx --no-install zoho-tokens .*)$/gm)].map(
      ([, line]) => line,
    );
    expect(documented, 'the commands of docs/first-hour.md').toEqual(walked);
  },
);
