import { expect } from 'vitest';
import { openCliStage, test } from '../support/cli/cli-stage.ts';
import { connectionsText } from '../support/stage.ts';

test('logs --local shows what the bundle of npm start wrote, of one connection or of all', async ({ cli }) => {
  await cli.run(['refresh']);
  const desk = await cli.run(['logs', 'desk']);
  expect(desk.code).toBe(0);
  expect(desk.stdout).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}\{.*"event":"connection".*"connection":"desk"/m);
  expect(desk.stdout).not.toContain('"connection":"salesiq"');
  const all = JSON.parse((await cli.run(['logs', '--json'])).stdout) as { lines: { line: object }[] };
  expect(all.lines.map(({ line }) => line)).toContainEqual(expect.objectContaining({ connection: 'salesiq' }));
  cli.pass(61);
  expect((await cli.run(['logs', 'desk'])).stdout).toBe('no line in the last 60 minutes\n');
});

test('logs --follow shows what is there and what comes, each line once, until Ctrl-C ends it with 130', async ({
  cli,
}) => {
  await cli.run(['refresh', 'desk']);
  const follow = cli.startProcess(['logs', 'desk', '--follow']);
  await follow.says(/"outcome":"refreshed"/);
  await cli.run(['refresh', 'desk']);
  await follow.says(/"outcome":"fresh"/);
  follow.kill('SIGINT');
  const { code, stdout } = await follow.ended;
  expect(code).toBe(130);
  expect(stdout.match(/"outcome":"refreshed"/g)).toHaveLength(1);
});

test('refresh --force on a token that is young and dead probes it and stores a new one', async ({ cli }) => {
  await cli.run(['refresh', 'desk']);
  const dead = cli.tokenOf('desk').access_token ?? '';
  cli.zoho.killAccessToken(dead);
  // The first run has the turn for a minute; the token is young for two.
  cli.pass(1.1);
  const ran = await cli.run(['refresh', 'desk', '--force']);
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/desk +refreshed/) });
  expect(cli.zoho.isLive(cli.tokenOf('desk').access_token ?? '')).toBe(true);
  expect(cli.tokenOf('desk').access_token).not.toBe(dead);
});

test('check says that it knows no operation of CRM, and does not fail for it', async () => {
  const cli = await openCliStage({ connectionsText: connectionsText(['desk', 'crm']) });
  await cli.run(['refresh']);
  const both = await cli.run(['check']);
  expect(both).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^✓ Callback Creation .*\n- crm: not checked/),
  });
  const alone = await cli.run(['check', 'crm']);
  expect(alone).toMatchObject({ code: 1, stderr: expect.stringContaining('no operation of CRM is known') });
  expect(alone.stderr).toContain('status crm --probe --local');
});
