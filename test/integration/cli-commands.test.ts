import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { expect, test } from 'vitest';
import { commands } from '../../cli/commands.ts';
import { openCliStage, threeConnections } from './cli-stage.ts';

test('the name in package.json runs the program, and help names every command', () => {
  const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { bin: Record<string, string> };
  const { status, stdout } = spawnSync(execPath, [bin['zoho-tokens'] ?? '', '--help'], { encoding: 'utf8' });
  expect(status).toBe(0);
  for (const { name } of commands) expect(stdout).toContain(` ${name} `);
});

type StatusJson = {
  connections: {
    connection: string;
    state: string;
    token: string | null;
    incident: { code: string } | null;
  }[];
};

test('status, refresh and status again show a token come into being', async () => {
  const cli = await openCliStage();
  const before = await cli.run(['status', '--json']);
  expect(before.code).toBe(1);
  expect((JSON.parse(before.stdout) as StatusJson).connections.map(({ state }) => state)).toEqual([
    'not refreshed yet',
    'not refreshed yet',
    'not refreshed yet',
  ]);
  const refreshed = await cli.run(['refresh']);
  expect(refreshed).toMatchObject({ code: 0 });
  expect(refreshed.stdout).toMatch(/salesiq +refreshed .*\ndesk +refreshed /);

  const after = await cli.run(['status']);
  expect(after.code).toBe(0);
  const tail = cli.tokenOf('desk').access_token?.slice(-4);
  expect(after.stdout).toMatch(
    new RegExp(`desk +fresh +59 min .* 1005\\.\\*\\*\\*\\*${tail} +not probed +none +- +-`),
  );
});

test('refresh and status name an open incident with the next step, and exit 1', async () => {
  const cli = await openCliStage();
  await cli.run(['refresh']);
  cli.zoho.revoke(cli.credentialsOf('desk').refresh_token ?? '');
  cli.pass(3); // a token is not refreshed on demand within two minutes
  const refreshed = await cli.run(['refresh']);
  expect(refreshed.code).toBe(1);
  expect(refreshed.stdout).toMatch(/salesiq +fresh/);
  expect(refreshed.stdout).toMatch(/desk +failed +invalid_code/);
  expect(refreshed.stdout).toContain('`npx --no-install zoho-tokens authorize desk --local`');
  const { code, stdout } = await cli.run(['status', 'desk']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/desk: invalid_code for 0 minutes \(on-call not alerted yet\)/);
  expect(stdout).toContain('Run `npx --no-install zoho-tokens authorize desk --local`. Give consent again');
});

test('status shows a real last tick, and what a service says only if it was asked', async () => {
  const cli = await openCliStage();
  await cli.stage.tick(new Date());
  const asked = await cli.run(['status', '--probe']);
  expect(asked.stdout).toMatch(/desk +fresh .* accepted +none +- +0 minutes ago\n/);
  cli.zoho.faults.set('desk:INVALID_OAUTH');
  const { code, stdout } = await cli.run(['status', 'desk', '--probe']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/desk +rejected .* rejected \(.*INVALID_OAUTH.*\) /);
  expect((await cli.run(['doctor', '--probe'])).stdout).toMatch(/✗ zoho\/desk\/token .*desk says: rejected/);
  expect((await cli.run(['status', 'desk'])).stdout).toMatch(/desk +fresh .* not probed /);
});

test('status --watch looks again until it is stopped', async () => {
  const cli = await openCliStage();
  const running = cli.startProcess(['status', '--watch', '--interval', '1', '--json']);
  await running.says(/"place".*\n.*"place"/);
  running.kill('SIGINT');
  expect((await running.ended).code).toBe(130);
});

test('refresh leaves a good token alone and forces it only when asked to', async () => {
  const cli = await openCliStage();
  await cli.run(['refresh', 'desk']);
  const first = cli.tokenOf('desk').access_token;
  expect((await cli.run(['refresh', 'desk', '--force'])).stdout).toMatch(
    /desk +fresh .*younger than two minutes; ask again at \d\d:\d\d:\d\d UTC/,
  );
  expect(cli.tokenOf('desk').access_token).toBe(first);
});

test('test-alert sends one marked alert, and says so when another has to wait', async () => {
  const cli = await openCliStage();
  expect(await cli.run(['test-alert'])).toMatchObject({ code: 0 });
  expect(cli.stage.sns.inbox.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^TEST: /)]);
  expect(await cli.run(['test-alert', '--json'])).toMatchObject({
    code: 1,
    stdout: '{"test_alert":"waiting"}\n',
  });
});

test('env writes a private file that the doctor finds nothing wrong with, and import finds unchanged', async () => {
  const cli = await openCliStage();
  await cli.run(['refresh']);
  expect(await cli.run(['env'])).toMatchObject({ code: 0 });
  expect(statSync(join(cli.folder, '.env')).mode & 0o777).toBe(0o600);
  expect(cli.read('.env')).toContain(`SALESIQ_ACCESS_TOKEN=${cli.tokenOf('salesiq').access_token}\n`);
  expect(cli.read('.env')).toContain(`# DESK_ACCESS_TOKEN expires ${cli.tokenOf('desk').expires_at}\n`);
  expect(await cli.run(['doctor', '.env', '--online'])).toMatchObject({
    code: 0,
    stdout: '✓ 0 errors, services not asked (--probe)\n',
  });
  expect(await cli.run(['doctor', '--probe'])).toMatchObject({ code: 0, stdout: '✓ 0 errors\n' });
  expect((await cli.run(['import', '.env'])).stdout).toMatch(/salesiq {2}unchanged.*\n.*desk {2}unchanged/);
});

test('env brings a file up to date, keeps what it had, and prints only when asked', async () => {
  const cli = await openCliStage();
  await cli.run(['refresh']);
  cli.write('.env', 'MINE=1\nDESK_ACCESS_TOKEN=old\n');
  expect(await cli.run(['env', 'desk', '--tokens-only'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('.env.bak'),
  });
  expect(cli.read('.env')).toMatch(/^MINE=1\n# DESK_ACCESS_TOKEN expires .*\nDESK_ACCESS_TOKEN=1005\./);
  expect(cli.read('.env')).not.toMatch(/REFRESH|CLIENT|SALESIQ/);
  expect(cli.read('.env.bak')).toBe('MINE=1\nDESK_ACCESS_TOKEN=old\n');
  const printed = await cli.runForSecrets(['env', '--stdout', 'desk']);
  expect(printed.stdout).toContain(`DESK_ACCESS_TOKEN=${cli.tokenOf('desk').access_token}`);
});

test('import stores what a refresh proves, and says what is not good', async () => {
  const cli = await openCliStage({ hasCredentials: false });
  const plant = { dataCenter: 'in', service: 'salesiq', prefix: '1000.' } as const;
  const scopes = ['SalesIQ.conversations.CREATE', 'SalesIQ.conversations.READ'];
  const salesiq = cli.zoho.plant({ ...plant, scopes });
  const desk = cli.zoho.plant({ ...plant, service: 'desk', prefix: '1005.', scopes: ['Desk.calls.READ'] });
  cli.remember(salesiq.client_secret, salesiq.refresh_token, desk.client_secret, desk.refresh_token);
  cli.write(
    '.env',
    `SALESIQ_REFRESH_TOKEN="${salesiq.refresh_token}"\nZOHO_CLIENT_ID=${salesiq.client_id}\nZOHO_CLIENT_SECRET=${salesiq.client_secret}\n` +
      `DESK_REFRESH_TOKEN=${desk.refresh_token}\nDESK_CLIENT_ID=${desk.client_id}\nDESK_CLIENT_SECRET=${desk.client_secret}\n`,
  );
  const { code, stdout } = await cli.run(['import', '.env']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/✓ salesiq {2}stored: proved by a refresh, stored in zoho\/salesiq\/credentials/);
  expect(stdout).toMatch(/✗ desk {2}refused: the token lacks Desk.calls.CREATE, Desk.departments.READ/);
  expect(cli.credentialsOf('salesiq')).toEqual(salesiq);
  expect(cli.stage.secretsManager.versions('zoho/desk/credentials')).toEqual([]);
});

test('import replaces other credentials only with --yes', async () => {
  const cli = await openCliStage();
  const before = cli.credentialsOf('salesiq');
  const other = cli.zoho.plant({
    dataCenter: 'in',
    service: 'salesiq',
    scopes: ['SalesIQ.conversations.CREATE', 'SalesIQ.conversations.READ'],
  });
  const prefixed = Object.entries(other).map(([key, value]) => `SALESIQ_${key.toUpperCase()}=${value}\n`);
  cli.write('.env', prefixed.join(''));
  expect((await cli.run(['import', '.env'])).code).toBe(1);
  expect(cli.credentialsOf('salesiq')).toEqual(before);
  expect((await cli.run(['import', '.env', '--yes'])).code).toBe(0);
  expect(cli.credentialsOf('salesiq')).toEqual(other);
  expect(cli.stage.secretsManager.read('zoho/salesiq/credentials', 'AWSPREVIOUS')).toBe(
    JSON.stringify(before),
  );
});

test('import refuses a refresh token that another connection has', async () => {
  const cli = await openCliStage({ connectionsText: threeConnections });
  const desk = cli.credentialsOf('desk');
  const prefixed = Object.entries(desk).map(
    ([key, value]) => `SALESIQ_VISITOR_${key.toUpperCase()}=${value}\n`,
  );
  cli.write('.env', prefixed.join(''));
  const before = cli.everythingStored();
  const { code, stdout } = await cli.run(['import', '.env', '--yes']);
  expect(code).toBe(1);
  expect(stdout).toContain('its refresh token is already that of desk');
  expect(cli.everythingStored()).toBe(before);
});

test('check creates nothing at Zoho, and the shipped connections pass all three operations', async () => {
  const cli = await openCliStage();
  await cli.run(['refresh']);
  const { code, stdout } = await cli.run(['check']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/✓ Chat Transfer .*\n[\s\S]*✓ Chat Closure .*\n✓ Callback Creation /);
  expect(cli.zoho.requests.filter(({ kind }) => kind === 'operation')).toEqual([]);
});

test('check names what a service refuses, and its fix', async () => {
  const cli = await openCliStage({ connectionsText: threeConnections });
  await cli.run(['refresh']);
  for (const [fault, reason] of [
    ['salesiq:1010', 'error 1010, this portal or API version does not offer the call'],
    ['desk:OAUTH_ORG_MISMATCH', 'settings.org_id is "60000688226"'],
  ] as const) {
    cli.zoho.faults.clear();
    cli.zoho.faults.set(fault);
    const { code, stdout } = await cli.run(['check']);
    expect(code).toBe(1);
    expect(stdout).toContain(reason);
    expect(stdout).toMatch(/✗ .*\n {4}fix: /);
  }
});

test('check --live carries the three operations out and closes the test chat', async () => {
  const cli = await openCliStage({ connectionsText: threeConnections });
  await cli.run(['refresh']);
  expect((await cli.run(['check', '--live', '--contact-id', '123'])).code).toBe(2);
  const { code, stdout } = await cli.run(['check', '--live', '--contact-id', '123', '--yes']);
  expect(stdout).toMatch(/✓ Chat Transfer .*\n✓ Chat Closure .*\n✓ Callback Creation /);
  expect(code).toBe(0);
  expect(
    cli.zoho.requests
      .filter(({ kind }) => kind === 'operation')
      .map(({ method, path }) => `${method} ${path.replace(/\/\d{9,}/, '/ID')}`),
  ).toEqual([
    'POST /api/visitor/v1/rtdsportal/conversations',
    'PUT /api/v2/rtdsportal/conversations/ID/close',
    'POST /api/v1/calls',
  ]);
});

test('check --live closes the test chat as its visitor where the operator cannot, and says so', async () => {
  const cli = await openCliStage({ connectionsText: threeConnections });
  await cli.run(['refresh']);
  cli.zoho.faults.set('salesiq:1010', { path: '/api/v2/rtdsportal/conversations' });
  const { stdout } = await cli.run(['check', '--live', '--contact-id', '123', '--yes']);
  expect(stdout).toMatch(/✗ Chat Closure .*error 1010, .*; the test chat was closed as its visitor/);
});
