import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { env, execPath } from 'node:process';
import { expect, test } from 'vitest';
import { describeStage, makeStage } from '../../infra/deployment/make-stage.ts';
import { readDeployment } from '../../infra/deployment/read-deployment.ts';
import { connectionsJson, formerKey } from './stacks.ts';
import { newApp, ofType, onlyOne, placeholder, type Template } from './synthesize.ts';

const heard = { alert_emails: ['on-call@acme.io'] };
const stageOf = (entry: object, name = 'production') => {
  const [stage] = readDeployment(JSON.stringify({ stages: { [name]: entry } }), () => 'zoho');
  if (stage === undefined) throw new Error('no stage');
  return stage;
};

/** What a stage synthesizes, and what it warns of. */
function synthesizeStage(entry: object, name = 'production'): { template: Template; warnings: string } {
  const app = newApp();
  const stack = makeStage(app, stageOf(entry, name), connectionsJson, {
    ...placeholder,
    defaultRegion: 'ap-south-1',
  });
  const { template, messages } = app.synth().getStackArtifact(stack.artifactId);
  return { template, warnings: messages.map(({ entry: { data } }) => String(data)).join('\n') };
}

/** Runs the app as `npx cdk synth` does, in a folder with this `deployment.json`. */
function synth(deployment: string, context: object = {}): Promise<{ status: number | null; output: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'zoho-synth-'));
  copyFileSync('connections.json', join(folder, 'connections.json'));
  writeFileSync(join(folder, 'deployment.json'), deployment);
  const cdk = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const child = spawn(execPath, [resolve('infra/app.ts')], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...env,
      CDK_OUTDIR: join(folder, 'cdk.out'),
      CDK_CONTEXT_JSON: JSON.stringify({ ...cdk.context, 'aws:cdk:bundling-stacks': [], ...context }),
      CDK_VALIDATION: 'false',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (status) => done({ status, output: output.trim() }));
  });
}

test('a synth says which stage it is and who will hear, or in one clear sentence why not', {
  timeout: 60_000,
}, async () => {
  const stages = (entries: object) => JSON.stringify({ stages: entries });
  const [clone, nobody, two, chosen, old] = await Promise.all([
    synth(readFileSync('deployment.json', 'utf8')),
    synth(stages({ production: {} })),
    synth(stages({ production: heard, staging: heard })),
    synth(stages({ production: heard, staging: heard }), { stage: 'staging' }),
    synth(stages({ production: heard }), { alertEmails: 'on-call@acme.io', pagingTopic: 'true' }),
  ]);
  expect(clone).toMatchObject({
    status: 0,
    output: expect.stringContaining(
      'stage production: stack ZohoTokenRefresher, secrets zoho/*; alerts go to on-call@example.com\n',
    ),
  });
  expect(clone.output).toMatch(/WARNING .*on-call@example\.com, where nobody reads mail/);
  expect(nobody).toEqual({
    status: 1,
    output: expect.stringMatching(
      /^deployment\.json has 1 fault\n {2}\$\.stages\.production: nobody would hear of a failure: give alert_emails.*$/,
    ),
  });
  expect(two).toEqual({
    status: 1,
    output: 'deployment.json has the stages production, staging: choose one with -c stage=NAME',
  });
  expect(chosen).toMatchObject({
    status: 0,
    output: expect.stringMatching(/^stage staging: stack ZohoTokenRefresher-staging/m),
  });
  expect(chosen.output).not.toContain('WARNING');
  expect(old).toEqual({
    status: 1,
    output: expect.stringMatching(
      /-c alertEmails: use the field alert_emails of a stage\n {2}-c pagingTopic: use the field paging_topic/,
    ),
  });
});

test('a real address warns of nothing, one at example.com, .org or .net is called a placeholder', () => {
  expect(synthesizeStage(heard).warnings).toBe('');
  const alert_emails = ['a@myexample.com', 'a@example.com', 'a@mail.example.org', 'a@EXAMPLE.net'];
  expect(synthesizeStage({ alert_emails }).warnings).toMatch(
    /holds a@example\.com, a@mail\.example\.org, a@EXAMPLE\.net, where nobody reads mail/,
  );
});

test('a warning that somebody has looked into is acknowledged in the file', () => {
  const alert_topic_arn = 'arn:aws:sns:ap-south-1:123456789012:alerts';
  expect(synthesizeStage({ alert_topic_arn }).warnings).toMatch(/alertTopic is imported/);
  const acknowledge = { 'imported-topic': 'its policy is in the platform repository' };
  expect(synthesizeStage({ alert_topic_arn, acknowledge }).warnings).toBe('');
});

test('a topic of another Region than the stage’s own, or than that of the environment, is refused', () => {
  const alert_topic_arn = 'arn:aws:sns:eu-west-1:123456789012:alerts';
  expect(() => synthesizeStage({ alert_topic_arn })).toThrow(/it is in eu-west-1/);
  expect(() => synthesizeStage({ alert_topic_arn, region: 'us-east-1' })).toThrow(/it is in eu-west-1/);
  expect(synthesizeStage({ alert_topic_arn, region: 'eu-west-1' }).warnings).toMatch(
    /alertTopic is imported/,
  );
});

test('an encrypted topic: the function may use its key, and the statement that alarms need is printed', () => {
  const alert_topic_arn = 'arn:aws:sns:ap-south-1:123456789012:alerts';
  const { template, warnings } = synthesizeStage({ alert_topic_arn, alert_topic_key_arn: formerKey });
  expect(warnings).toMatch(
    /the key of the topic is imported: until its policy has the statement .*kms:GenerateDataKey\*/,
  );
  expect(JSON.stringify(template)).toContain(`"Resource":"${formerKey}"`);
});

test('every option of the file reaches the stack', () => {
  const { template } = synthesizeStage(everyOption, 'staging');
  const text = JSON.stringify(template);
  for (const expected of [
    'https://wiki.acme.io/zoho',
    'zoho-stage',
    'T0123ABCD',
    '19%3Amade-up%40thread.tacv2',
    formerKey,
    'eu-west-1',
    'policy/bound',
    '"cost-centre"',
  ]) {
    expect(text).toContain(expected);
  }
  expect(
    ofType(template, 'AWS::SNS::Subscription').map(([, { Properties }]) => Properties.Endpoint),
  ).toContain('on-call@acme.io');
  expect(ofType(template, 'AWS::SNS::Topic').map(([id]) => id)).toContainEqual(
    expect.stringMatching(/PagingTopic/),
  );
  expect(ofType(template, 'AWS::KMS::Key')).toHaveLength(1);
  expect(ofType(template, 'AWS::SecretsManager::Secret')).toHaveLength(2);
  const [[, refresher] = []] = ofType(template, 'AWS::Lambda::Function').filter(
    ([, { Properties }]) => Properties.MemorySize === 1_024,
  );
  expect(refresher?.Properties).toMatchObject({
    ReservedConcurrentExecutions: 2,
    Environment: { Variables: { STAGE: 'staging', PROBE_INTERVAL_SECONDS: '1800', LOG_LEVEL: 'WARN' } },
  });
  expect(
    ofType(template, 'AWS::Logs::LogGroup').map(([, { Properties }]) => Properties.RetentionInDays),
  ).toEqual([7, 7]);
});

test('one line says where a stage is and who hears of it', () => {
  expect(describeStage(stageOf(everyOption, 'staging'))).toBe(
    'stage staging: stack ZohoTokenRefresher-staging in 123456789012 ap-south-1, secrets zoho-stage/*; alerts go to on-call@acme.io, Slack channel C0123ABCD, Teams channel 19%3Amade-up%40thread.tacv2; alarms go to the subscribers of the paging topic',
  );
  expect(describeStage(stageOf({ alerts_to_nobody: true }))).toMatch(/alerts go to nobody$/);
});

test('a key that is given is used and none is made', () => {
  const { template } = synthesizeStage({ ...heard, encryption_key_arn: formerKey });
  expect(ofType(template, 'AWS::KMS::Key')).toEqual([]);
  expect(onlyOne(template, 'AWS::SNS::Topic').Properties.KmsMasterKeyId).toBe(formerKey);
});

const everyOption = {
  account: '123456789012',
  region: 'ap-south-1',
  profile: 'acme',
  secret_prefix: 'zoho-stage',
  runbook_url: 'https://wiki.acme.io/zoho',
  alert_emails: ['on-call@acme.io'],
  paging_topic: true,
  slack_workspace_id: 'T0123ABCD',
  slack_channel_id: 'C0123ABCD',
  teams_tenant_id: '11111111-2222-4333-8444-555555555555',
  teams_team_id: '66666666-7777-4888-8999-000000000000',
  teams_channel_id: '19%3Amade-up%40thread.tacv2',
  customer_managed_key: true,
  former_encryption_key_arns: [formerKey],
  token_replica_regions: ['eu-west-1'],
  token_replica_key_arns: { 'eu-west-1': formerKey.replace('ap-south-1', 'eu-west-1') },
  existing_secrets: ['desk'],
  permissions_boundary: 'bound',
  probe_interval_minutes: 30,
  memory_size_megabytes: 1_024,
  reserved_concurrency: 2,
  log_level: 'WARN',
  log_retention_days: 7,
  tags: { 'cost-centre': '4711' },
  termination_protection: true,
};
