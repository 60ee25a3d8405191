import { expect, onTestFinished, test } from 'vitest';
import { openCliStage } from '../support/cli/stage.ts';
import { startAwsServer } from './aws-server.ts';
import { startInvokeServer } from './client-invoke-server.ts';

const functionName = 'zoho-token-refresher';

/** The program as in production, with AWS's endpoints and Zoho's hosts played on loopback. */
async function openAccount(newestTick: Date | null = new Date(Date.now() - 2 * 60_000)) {
  const cli = await openCliStage();
  const lambda = await startInvokeServer(functionName, cli.stage.invoke);
  const metrics = await startAwsServer(() =>
    newestTick === null
      ? null
      : { MetricDataResults: [{ Id: 'tick', Timestamps: [newestTick.getTime() / 1000], Values: [3000] }] },
  );
  onTestFinished(async () => {
    await lambda.close();
    await metrics.close();
  });
  const account = {
    AWS_REGION: 'ap-south-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: cli.stage.secretsManager.url,
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    AWS_ENDPOINT_URL_CLOUDWATCH: metrics.url,
    ZOHO_ENDPOINT_URL: cli.zoho.url,
  };
  return {
    cli,
    metrics,
    run: (rawArguments: readonly string[], more: Record<string, string> = {}) =>
      cli.runElsewhere(rawArguments, { ...account, ...more }),
  };
}

test('refresh, check, env and test-alert work on an account through the AWS SDK', async () => {
  const { cli, run } = await openAccount();
  expect((await run(['refresh'])).stdout).toMatch(/salesiq +refreshed.*\ndesk +refreshed/);
  expect((await run(['check', 'desk'])).code).toBe(0);
  expect((await run(['env'])).code).toBe(0);
  expect((await run(['doctor', '.env', '--online'])).code).toBe(0);
  expect((await run(['test-alert'])).code).toBe(0);
  expect(cli.stage.sns.inbox).toHaveLength(1);
});

test('status shows the newest point of SecondsToExpiry as the last tick', async () => {
  const { metrics, run } = await openAccount();
  await run(['refresh']);
  const { code, stdout } = await run(['status', 'desk']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^AWS \(production, ap-south-1\).*\n.*\ndesk .* 2 minutes ago$/m);
  expect(metrics.questions[0]?.operation).toContain('GetMetricData');
  expect(metrics.questions[0]?.body).toMatch(/SecondsToExpiry/);
});

test('status says why the last tick is not known, and shows the rest', async () => {
  const { run } = await openAccount(null);
  await run(['refresh']);
  const { code, stdout } = await run(['status', 'desk']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/desk +fresh/);
  expect(stdout).toContain('the last tick is not known: AccessDenied');
});

test('a function of another name is found by --function and by ZOHO_TOKENS_FUNCTION only', async () => {
  const { run } = await openAccount();
  const unknown = await run(['refresh', '--function', 'other']);
  expect(unknown).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/no function other\n.*FunctionName/),
  });
  expect((await run(['refresh'], { ZOHO_TOKENS_FUNCTION: 'other' })).code).toBe(1);
  expect((await run(['refresh', '--function', functionName], { ZOHO_TOKENS_FUNCTION: 'other' })).code).toBe(0);
});

test('logs shows the lines of one connection, oldest first', async () => {
  const { run } = await openAccount();
  const lines = [
    { eventId: '2', timestamp: Date.UTC(2026, 2, 1, 12, 5), message: '{"connection":"desk","b":2}\n' },
    { eventId: '1', timestamp: Date.UTC(2026, 2, 1, 12), message: '{"connection":"desk","a":1}' },
  ];
  const logs = await startAwsServer((operation) =>
    operation.endsWith('/configuration') ? { LoggingConfig: { LogGroup: 'of-the-stack' } } : { events: lines },
  );
  onTestFinished(() => logs.close());
  const there = { AWS_ENDPOINT_URL_LAMBDA: logs.url, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logs.url };
  expect((await run(['logs', 'desk'], there)).stdout).toBe(
    '2026-03-01T12:00:00Z  {"connection":"desk","a":1}\n2026-03-01T12:05:00Z  {"connection":"desk","b":2}\n',
  );
  expect(logs.questions.map(({ operation }) => operation)).toEqual([
    `/2015-03-31/functions/${functionName}/configuration`,
    'Logs_20140328.FilterLogEvents',
  ]);
  expect(JSON.parse(logs.questions[1]?.body ?? '')).toMatchObject({
    logGroupName: 'of-the-stack',
    filterPattern: '{ $.connection = "desk" }',
  });
  const refused = await startAwsServer(() => null);
  onTestFinished(() => refused.close());
  expect(JSON.parse((await run(['logs', '--json'], { AWS_ENDPOINT_URL_LAMBDA: refused.url })).stdout)).toMatchObject({
    code: 'no_logs',
  });
});

test('credentials of another account than the stage’s are refused before anything is read', async () => {
  const { cli, run } = await openAccount();
  const production = { account: '123456789012', alert_emails: ['on-call@acme.io'] };
  cli.write('deployment.json', JSON.stringify({ stages: { production } }));
  const ran = await run(['status', '--json'], { AWS_ACCOUNT_ID: '999999999999' });
  expect(JSON.parse(ran.stdout)).toMatchObject({ code: 'wrong_account' });
  expect((await run(['doctor', '--json'], { AWS_ACCOUNT_ID: '123456789012' })).stdout).toContain('"probed"');
});

test.each<[string, line: string[], variables: Record<string, string>, code: number, words: RegExp]>([
  [
    'a profile that does not exist',
    ['status', '--profile', 'teem'],
    { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
    1,
    /the AWS profile "teem" does not exist/,
  ],
  [
    'a ZOHO_ENDPOINT_URL that is not this machine, before anything is sent there,',
    ['status'],
    { ZOHO_ENDPOINT_URL: 'https://elsewhere.example' },
    2,
    /ZOHO_ENDPOINT_URL/,
  ],
])('%s is named, with what to do', async (_, line, variables, code, words) => {
  const { cli, run } = await openAccount();
  await cli.stage.tick(new Date());
  const ran = await run(line, variables);
  expect([ran.code, ran.stdout + ran.stderr]).toEqual([code, expect.stringMatching(words)]);
});

test('a refused or missing secret is explained, and nothing of the answer is repeated', async () => {
  const { cli, run } = await openAccount();
  await run(['refresh', 'salesiq']);
  cli.stage.secretsManager.faults.set({ kind: 'access_denied', secretIds: ['zoho/desk/token'] });
  const refused = await run(['status']);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(/^salesiq +fresh .*\ndesk +unreadable /m);
  expect(refused.stdout).toMatch(/GetSecretValue of zoho\/desk\/token was refused: AccessDeniedException\n.*--profile/);
  expect((await run(['doctor'])).stdout).toMatch(/✗ zoho\/desk\/token {2}GetSecretValue .*AccessDenied/);
  cli.stage.secretsManager.faults.clear();
  expect(await run(['status', '--secret-prefix', 'zohoo'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no stack with the prefix zohoo is deployed in AWS (ap-south-1)'),
  });
  cli.stage.secretsManager.remove('zoho/desk/credentials');
  cli.write('.env', cli.plantFor('desk').lines);
  const imported = await run(['import', '.env']);
  expect(imported.code).toBe(1);
  expect(imported.stdout + imported.stderr).toMatch(
    /PutSecretValue of zoho\/desk\/credentials was refused: ResourceNotFoundException/,
  );
});

test('doctor examines a file without any account, and says what it could not compare', async () => {
  const cli = await openCliStage();
  cli.write('.env', 'SALESIQ_ACCESS_TOKEN=1005.xxx\n');
  const { code, stdout } = await cli.runElsewhere(['doctor', '.env']);
  expect(code).toBe(1);
  expect(stdout).toContain('.env:1  SALESIQ_ACCESS_TOKEN  starts with 1005., expected 1000.');
  expect(stdout).toContain('not compared with what is stored: no AWS Region is set');
});
