import { expect, test } from 'vitest';
import { functionName } from '../../local/invoke-server.ts';
import { openCliStage } from '../support/cli/cli-stage.ts';
import { openAccount } from './open-account.ts';

/** The program as in production, with AWS's endpoints and Zoho's hosts played on loopback. */
async function open(changes: Parameters<typeof openAccount>[1] = {}) {
  const cli = await openCliStage();
  const { variables, questions } = await openAccount(cli, changes);
  const run = (rawArguments: readonly string[], more: Record<string, string> = {}) =>
    cli.runElsewhere(rawArguments, { ...variables, ...more });
  return { cli, questions, run };
}

test('status shows the newest point of SecondsToExpiry as the last tick, and who hears of each topic, once', async () => {
  const arn = 'arn:aws:sns:ap-south-1:123456789012:';
  const alarm = { AlarmActions: [`${arn}paging`, `${arn}zoho-token-alerts`] };
  const { questions, run } = await open({ DescribeAlarms: { MetricAlarms: [alarm] } });
  await run(['refresh']);
  const { code, stdout } = await run(['status', 'desk']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^AWS \(production, ap-south-1\).*\n.*\ndesk .* 2 minutes ago$/m);
  const bodyOf = (asked: string) => questions.find(({ operation }) => operation === asked)?.body;
  expect(bodyOf('GetMetricData')).toMatch(/SecondsToExpiry/);
  expect(bodyOf('DescribeAlarms')).toContain('zoho/refresher/heartbeat');
  const topics = [...stdout.matchAll(/^subscribers of (.*): 1 confirmed$/gm)];
  expect(topics.map(([, topic]) => topic)).toEqual(['zoho-token-alerts', 'paging']);
});

test('a function of another name is found by --function and by ZOHO_TOKENS_FUNCTION only', async () => {
  const { run } = await open();
  const unknown = await run(['refresh', '--function', 'other']);
  expect(unknown).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/no function other\n.*FunctionName/),
  });
  expect((await run(['refresh'], { ZOHO_TOKENS_FUNCTION: 'other' })).code).toBe(1);
  expect((await run(['refresh', '--function', functionName], { ZOHO_TOKENS_FUNCTION: 'other' })).code).toBe(0);
});

test('logs shows the lines of one connection, oldest first', async () => {
  const events = [
    { eventId: '2', timestamp: Date.UTC(2026, 2, 1, 12, 5), message: '{"connection":"desk","b":2}\n' },
    { eventId: '1', timestamp: Date.UTC(2026, 2, 1, 12), message: '{"connection":"desk","a":1}' },
  ];
  const { run, questions } = await open({ FilterLogEvents: { events } });
  expect((await run(['logs', 'desk'])).stdout).toBe(
    '2026-03-01T12:00:00Z  {"connection":"desk","a":1}\n2026-03-01T12:05:00Z  {"connection":"desk","b":2}\n',
  );
  expect(questions.map(({ operation }) => operation)).toEqual(['configuration', 'FilterLogEvents']);
  expect(JSON.parse(questions[1]?.body ?? '')).toMatchObject({
    logGroupName: 'of-the-stack',
    filterPattern: '{ $.connection = "desk" }',
  });
  const refused = await open({ configuration: null });
  expect(JSON.parse((await refused.run(['logs', '--json'])).stdout)).toMatchObject({ code: 'no_logs' });
});

test('credentials of another account than the stage’s are refused before anything is read', async () => {
  const { cli, run } = await open();
  const production = { account: '123456789012', alert_emails: ['on-call@acme.io'] };
  cli.write('deployment.json', JSON.stringify({ stages: { production } }));
  const ran = await run(['status', '--json'], { AWS_ACCOUNT_ID: '999999999999' });
  expect(JSON.parse(ran.stdout)).toMatchObject({ code: 'wrong_account' });
  expect((await run(['doctor', '--json'], { AWS_ACCOUNT_ID: '123456789012' })).stdout).toContain('"probed"');
});

test('a refused or missing secret is explained, and nothing of the answer is repeated', async () => {
  const { cli, run } = await open();
  await run(['refresh', 'salesiq']);
  cli.secretsManager.faults.set({ kind: 'access_denied', secretIds: ['zoho/desk/token'] });
  const refused = await run(['status']);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(/^salesiq +fresh .*\ndesk +unreadable /m);
  expect(refused.stdout).toMatch(/GetSecretValue of zoho\/desk\/token was refused: AccessDeniedException\n.*--profile/);
  expect((await run(['doctor'])).stdout).toMatch(/✗ zoho\/desk\/token {2}GetSecretValue .*AccessDenied/);
  cli.secretsManager.faults.clear();
  expect(await run(['status', '--secret-prefix', 'zohoo'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no stack with the prefix zohoo is deployed in AWS (ap-south-1)'),
  });
  cli.secretsManager.remove('zoho/desk/credentials');
  cli.write('.env', cli.plantFor('desk').lines);
  const imported = await run(['import', '.env']);
  expect(imported.code).toBe(1);
  expect(imported.stdout + imported.stderr).toMatch(
    /PutSecretValue of zoho\/desk\/credentials was refused: ResourceNotFoundException/,
  );
});
