import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { expect } from 'vitest';
import { commands } from '../../cli/commands.ts';
import { envKey, openCliStage, test, withVisitor } from '../support/cli/cli-stage.ts';

test('the name in package.json runs the program, and help names every command', () => {
  const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { bin: Record<string, string> };
  const { status, stdout } = spawnSync(execPath, [bin['zoho-tokens'] ?? '', '--help'], { encoding: 'utf8' });
  expect(status).toBe(0);
  for (const { name } of commands) expect(stdout).toContain(` ${name} `);
});

test('status, refresh and status again show a token come into being', async ({ cli }) => {
  const before = await cli.run(['status', '--json']);
  const { connections } = JSON.parse(before.stdout) as { connections: { state: string }[] };
  expect(before.code).toBe(1);
  expect(connections.map(({ state }) => state)).toEqual(Array(3).fill('not refreshed yet'));
  await cli.run(['refresh']);
  const after = await cli.run(['status']);
  expect(after.code).toBe(0);
  const tail = cli.tokenOf('desk').access_token?.slice(-4);
  expect(after.stdout).toMatch(new RegExp(`desk +fresh +59 min .* 1005\\.\\*\\*\\*\\*${tail} +not probed +none +- +-`));
  // A good token is forced only after two minutes.
  expect((await cli.run(['refresh', 'desk', '--force'])).stdout).toMatch(
    /desk +fresh .*younger than two minutes; ask again at \d\d:\d\d:\d\d UTC/,
  );
});

test('refresh and status name an open incident with the next step, and exit 1', async ({ cli }) => {
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

test('status shows a real last tick, and what a service says only if it was asked', async ({ cli }) => {
  await cli.tick(new Date());
  const asked = await cli.run(['status', '--probe']);
  expect(asked.stdout).toMatch(/desk +fresh .* accepted +none +- +0 minutes ago\n/);
  cli.zoho.faults.set('desk:INVALID_OAUTH');
  const { code, stdout } = await cli.run(['status', 'desk', '--probe']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/desk +rejected .* rejected \(.*INVALID_OAUTH.*\) /);
  expect((await cli.run(['doctor', '--probe'])).stdout).toMatch(/✗ zoho\/desk\/token .*desk says: rejected/);
  expect((await cli.run(['status', 'desk'])).stdout).toMatch(/desk +fresh .* not probed /);
});

test('status --watch looks again until it is stopped', async ({ cli }) => {
  const running = cli.startProcess(['status', '--watch', '--interval', '1', '--json']);
  await running.says(/"place".*\n.*"place"/);
  running.kill('SIGINT');
  expect((await running.ended).code).toBe(130);
});

test('test-alert sends one marked alert, and says so when another has to wait', async ({ cli }) => {
  expect((await cli.run(['test-alert'])).code).toBe(0);
  expect(cli.sns.inbox.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^TEST: /)]);
  const again = await cli.run(['test-alert', '--json']);
  expect([again.code, again.stdout]).toEqual([1, '{"test_alert":"waiting"}\n']);
});

test('env writes a private file that the doctor finds nothing wrong with, and import finds unchanged', async ({
  cli,
}) => {
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

test('import stores what a refresh proves, says what is not good, and replaces only with --yes', async ({ cli }) => {
  const before = cli.credentialsOf('salesiq');
  const { planted } = cli.plantFor('salesiq');
  const salesiq = [
    `SALESIQ_REFRESH_TOKEN="${planted.refresh_token}"\n`,
    `ZOHO_CLIENT_ID=${planted.client_id}\nZOHO_CLIENT_SECRET=${planted.client_secret}\n`,
  ];
  cli.write('.env', salesiq.join('') + cli.plantFor('desk', { scopes: ['Desk.calls.READ'] }).lines);
  expect((await cli.run(['import', '.env'])).stdout).toMatch(/! salesiq {2}kept: other credentials are stored/);
  expect(cli.credentialsOf('salesiq')).toEqual(before);
  const { code, stdout } = await cli.run(['import', '.env', '--yes']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/✓ salesiq {2}stored: proved by a refresh, stored in zoho\/salesiq\/credentials/);
  expect(stdout).toMatch(/✗ desk {2}refused: the token lacks Desk.calls.CREATE, Desk.departments.READ/);
  expect(cli.credentialsOf('salesiq')).toEqual(planted);
  const previous = cli.secretsManager.read('zoho/salesiq/credentials', 'AWSPREVIOUS');
  expect(previous).toBe(JSON.stringify(before));
  expect(cli.secretsManager.versions('zoho/desk/credentials')).toHaveLength(1);
});

test('import refuses a refresh token that another connection has', async ({ cli }) => {
  const fields = Object.entries(cli.credentialsOf('desk'));
  cli.write('.env', fields.map(([key, value]) => `${envKey('salesiq-visitor', key)}=${value}\n`).join(''));
  const before = cli.everythingStored();
  expect(await cli.run(['import', '.env', '--yes'])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('its refresh token is already that of desk'),
  });
  expect(cli.everythingStored()).toBe(before);
});

test('check creates nothing at Zoho, and the shipped connections pass all three operations', async ({ cli }) => {
  await cli.run(['refresh']);
  const { code, stdout } = await cli.run(['check']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/✓ Chat Transfer .*\n[\s\S]*✓ Chat Closure .*\n✓ Callback Creation /);
  expect(cli.zoho.requests.filter(({ kind }) => kind === 'operation')).toEqual([]);
});

test('check --live carries the three operations out and closes the test chat, as its visitor if need be', async () => {
  const cli = await openCliStage({ connectionsText: withVisitor() });
  await cli.run(['refresh']);
  const live = ['check', '--live', '--contact-id', '123'];
  expect((await cli.run(live)).code).toBe(2);
  const { code, stdout } = await cli.run([...live, '--yes']);
  expect(stdout).toMatch(/✓ Chat Transfer .*\n✓ Chat Closure .*\n✓ Callback Creation /);
  expect(code).toBe(0);
  const operations = cli.zoho.requests.filter(({ kind }) => kind === 'operation');
  expect(operations.map(({ method, path }) => `${method} ${path.replace(/\/\d{9,}/, '/ID')}`)).toEqual([
    'POST /api/visitor/v1/rtdsportal/conversations',
    'PUT /api/v2/rtdsportal/conversations/ID/close',
    'POST /api/v1/calls',
  ]);
  cli.zoho.faults.set('salesiq:1010', { path: '/api/v2/rtdsportal/conversations' });
  const refused = await cli.run([...live, '--yes']);
  expect(refused.stdout).toMatch(/✗ Chat Closure .*error 1010, .*; the test chat was closed as its visitor\n {4}fix: /);
});
