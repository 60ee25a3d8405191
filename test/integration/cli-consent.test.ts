import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test as baseTest, expect } from 'vitest';
import { type CliStage, openCliStage } from '../support/cli/cli-stage.ts';
import { followConsent, waitForStart } from '../support/cli/consent-page.ts';

const test = baseTest.extend('cli', () => openCliStage({ hasCredentials: false }));

/** Starts `authorize` as for the practice client: an empty line keeps its id, another its secret. */
function authorize(cli: CliStage, name: string) {
  return cli.run(['authorize', name, ...cli.withoutBrowser], '\n\n');
}

/** The same up to the address to which the consent page sends the browser. */
async function decide(cli: CliStage, decision: 'grant' | 'deny' = 'grant') {
  const running = authorize(cli, 'desk');
  return { running, callback: await followConsent(cli.callbackPort, decision) };
}

test('a consent with exactly the scopes of connections.json is stored, and the page says so', async ({ cli }) => {
  const running = authorize(cli, 'desk');
  const consentUrl = await waitForStart(cli.callbackPort);
  expect(Object.fromEntries(consentUrl.searchParams)).toMatchObject({
    scope: 'Desk.calls.CREATE,Desk.calls.READ,Desk.basic.READ',
    access_type: 'offline',
    prompt: 'consent',
    code_challenge_method: 'S256',
    state: expect.stringMatching(/^[\w-]{43}$/),
  });
  expect(consentUrl.pathname).toMatch(/\/oauth\/v2\/org\/auth$/);
  const page = await (await fetch(await followConsent(consentUrl, 'grant'))).text();
  expect(page).toContain('Consent for desk is stored');
  expect(await running).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('proved and stored in zoho/desk'),
  });
  expect((await cli.run(['refresh', 'desk'])).code).toBe(0);
});

test.for<[string, reason: string, play: (callback: URL, cli: CliStage) => void, decision?: 'deny']>([
  ['is declined', 'consent was declined', () => undefined, 'deny'],
  [
    'has a made-up code',
    'Zoho refuses the code',
    ({ searchParams }) => searchParams.set('code', `1005.${'a'.repeat(32)}.${'b'.repeat(32)}`),
  ],
  [
    'gives too few scopes',
    'lacks Desk.calls.CREATE',
    (_, { zoho }) => zoho.faults.set('missing_scope:Desk.calls.CREATE'),
  ],
  ['comes while Zoho is down', 'HTTP 502', (_, { zoho }) => zoho.faults.set('html_502')],
])('nothing is stored if the consent %s', async ([_title, reason, play, decision], { cli }) => {
  const before = cli.everythingStored();
  const { running, callback } = await decide(cli, decision);
  play(callback, cli);
  const page = await fetch(callback);
  expect(page.status).toBeGreaterThanOrEqual(400);
  expect(await page.text()).toContain('Nothing was stored for desk');
  expect(await running).toMatchObject({ code: 1, stderr: expect.stringContaining(reason) });
  expect(cli.everythingStored()).toBe(before);
  // What the browser was sent is not repeated anywhere.
  cli.remember(callback.searchParams.get('code') ?? '');
});

test('credentials are stored, with a word about the setting, if only a setting is wrong', async ({ cli }) => {
  const { running, callback } = await decide(cli);
  cli.zoho.faults.set('desk:OAUTH_ORG_MISMATCH');
  await fetch(callback);
  const stdout = expect.stringContaining('but: Desk refuses a setting (Desk error OAUTH_ORG_MISMATCH');
  expect(await running).toMatchObject({ code: 1, stdout });
  expect(cli.credentialsOf('desk').refresh_token).toMatch(/^1005\./);
});

test('only the first of two answers counts', async ({ cli }) => {
  const { running, callback } = await decide(cli);
  const gate = cli.zoho.faults.gate(({ kind }) => kind === 'token');
  const first = fetch(callback);
  await gate.arrived;
  const second = await fetch(callback);
  expect(second.status).toBe(409);
  expect(await second.text()).toContain('answered already');
  gate.release();
  expect(await (await first).text()).toContain('Consent for desk is stored');
  expect((await running).code).toBe(0);
});

test.for(['127.0.0.1', '::1'])(
  'a port that is taken on %s is said before anything is asked',
  async (address, { cli }) => {
    const other = createServer().listen(cli.callbackPort, address);
    await once(other, 'listening');
    const { code, stderr } = await authorize(cli, 'desk');
    other.close();
    expect(code).toBe(2);
    expect(stderr).toContain(`port ${cli.callbackPort} of this machine is taken`);
    expect(stderr).not.toContain('asking consent');
  },
);

test('a self client’s code is exchanged without a browser, and refused when it is used again', async ({ cli }) => {
  const { typed: input } = cli.selfClient();
  expect((await cli.run(['authorize', 'salesiq', '--self-client'], input)).code).toBe(0);
  const again = await cli.run(['authorize', 'salesiq', '--self-client'], input);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('used already, expired') });
  expect(cli.secretsManager.versions('zoho/salesiq/credentials')).toHaveLength(1);
});

test('a client that can only give the wrong prefix is refused before any page is opened', async ({ cli }) => {
  const { client_id } = cli.zoho.registerClient({ dataCenter: 'in', prefix: '1000.' });
  const { code, stderr } = await cli.run(['authorize', 'desk', ...cli.withoutBrowser], `${client_id}\n`);
  expect(code).toBe(1);
  expect(stderr).toContain('a 1000. client gives 1000. tokens, but desk needs 1005.');
  expect(cli.zoho.requests).toEqual([]);
});

test.skipIf(process.platform !== 'linux')(
  'the browser is opened at a short address with nothing of the consent in it, and waited for no longer than asked',
  async ({ cli }) => {
    mkdirSync(join(cli.folder, 'bin'));
    const script = `#!/bin/sh\necho "$@" > ${cli.folder}/opened\n`;
    writeFileSync(join(cli.folder, 'bin', 'xdg-open'), script, { mode: 0o700 });
    const line = ['authorize', 'desk', '--port', `${cli.callbackPort}`, '--timeout', '1'];
    const PATH = `${join(cli.folder, 'bin')}:${cli.variables.PATH}`;
    const { code, stderr } = await cli.startProcess(line, '\n\n', { PATH }).ended;
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/within 1 seconds: was the window closed\?/),
    });
    expect(cli.read('opened')).toBe(`http://localhost:${cli.callbackPort}/start\n`);
  },
);
