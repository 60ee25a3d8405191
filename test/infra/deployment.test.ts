import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execPath } from 'node:process';
import { describe, expect, test } from 'vitest';
import { describeStage, makeStage } from '../../infra/deployment/make-stage.ts';
import { newFolder } from '../support/new-folder.ts';
import { runProgram } from '../support/run-program.ts';
import { connectionsJson, everyFieldOfStage, formerKey, makeEveryOptionStack, stageOf } from './example-stacks.ts';
import { cdkContext, newApp, ofType, placeholder, propertiesOf, type Template, templateOf } from './synthesize.ts';

const importedTopic = 'arn:aws:sns:ap-south-1:123456789012:alerts';
const heard = { alert_emails: ['on-call@acme.io'] };

/** What a stage synthesizes, and what it warns of. */
function synthesizeStage(entry: object): { template: Template; warnings: string } {
  const app = newApp();
  const stack = makeStage(app, stageOf(entry), connectionsJson, {
    ...placeholder,
    defaultRegion: 'ap-south-1',
  });
  const { template, messages } = app.synth().getStackArtifact(stack.artifactId);
  return { template, warnings: messages.map(({ entry: { data } }) => String(data)).join('\n') };
}

/** Runs the app as `npx cdk synth` does, in a folder with these stages in its `deployment.json`. */
async function synth(stages: object, context: object = {}) {
  const folder = newFolder();
  copyFileSync('connections.json', join(folder, 'connections.json'));
  writeFileSync(join(folder, 'deployment.json'), JSON.stringify({ stages }));
  return runProgram(execPath, [resolve('infra/app.ts')], {
    cwd: folder,
    env: {
      CDK_OUTDIR: join(folder, 'cdk.out'),
      CDK_CONTEXT_JSON: JSON.stringify({ ...cdkContext, 'aws:cdk:bundling-stacks': [], ...context }),
      CDK_VALIDATION: 'false',
    },
  });
}

test('a synth says which stage it is and who will hear, or in one clear sentence why not', async () => {
  const [chosen, nobody, former] = await Promise.all([
    synth({ production: heard, staging: heard }, { stage: 'staging' }),
    synth({ production: {} }),
    synth({ production: heard }, { alertEmails: 'on-call@acme.io', pagingTopic: 'true' }),
  ]);
  expect([chosen.status, nobody.status, former.status]).toEqual([0, 1, 1]);
  expect(chosen.stderr).toBe(
    'stage staging: stack ZohoTokenRefresher-staging, secrets zoho-staging/*; alerts go to on-call@acme.io\n',
  );
  expect(nobody.stderr).toMatch(
    /^\ndeployment\.json has 1 fault\n {2}\$\.stages\.production: nobody would be alerted to a failure: give .*\n\n$/,
  );
  expect(former.stderr).toMatch(
    /-c alertEmails: use the field alert_emails of a stage\n {2}-c pagingTopic: use the field paging_topic/,
  );
});

describe('warns', () => {
  const imported = { alert_topic_arn: importedTopic };
  const shipped = JSON.parse(readFileSync('deployment.json', 'utf8'));
  const placeholders = ['a@example.com', 'a@mail.example.org', 'a@EXAMPLE.net'];
  test.each<[string, entry: object, warnings: RegExp]>([
    ['of nothing for a real address', heard, /^$/],
    [
      'of the placeholder in the shipped file',
      shipped.stages.production,
      /on-call@example\.com, where nobody reads mail/,
    ],
    [
      'of addresses at example.com, .org or .net',
      { alert_emails: ['a@myexample.com', ...placeholders] },
      /holds a@example\.com, a@mail\.example\.org, a@EXAMPLE\.net, where nobody reads mail/,
    ],
    [
      'of an imported topic, with the statements that alarms need',
      imported,
      /^alertTopic is imported: .*{"Action":"sns:Publish".*alarm:zoho\/\*.* its key also needs {"Action":\["kms:Decrypt"/,
    ],
    ['of nothing that is acknowledged in the file', { ...imported, acknowledge: { 'imported-topic': 'reason' } }, /^$/],
    [
      'of the key of an encrypted topic, with the statement that alarms need',
      { ...imported, alert_topic_key_arn: formerKey },
      /the key of the topic is imported: until its policy has the statement {"Action":\["kms:Decrypt","kms:GenerateDataKey\*"\]/,
    ],
  ])('%s', (_, entry, expected) => {
    expect(synthesizeStage(entry).warnings).toMatch(expected);
  });
});

test('a topic of another Region than the stage’s own, or than that of the environment, is refused', () => {
  const alert_topic_arn = 'arn:aws:sns:eu-west-1:123456789012:alerts';
  for (const entry of [{ alert_topic_arn }, { alert_topic_arn, region: 'us-east-1' }])
    expect(() => synthesizeStage(entry)).toThrow(/it is in eu-west-1/);
  expect(() => synthesizeStage({ alert_topic_arn, region: 'eu-west-1' })).not.toThrow();
});

test('every option of the file reaches the stack, also those that no other test looks at', () => {
  const template = templateOf(makeEveryOptionStack);
  const { runbook_url: RUNBOOK_URL } = everyFieldOfStage;
  const variables = { STAGE: 'staging', PROBE_INTERVAL_SECONDS: '1800', LOG_LEVEL: 'WARN', RUNBOOK_URL };
  expect(propertiesOf(template, 'AWS::Lambda::Function')).toContainEqual(
    expect.objectContaining({
      MemorySize: 1_024,
      ReservedConcurrentExecutions: 2,
      Environment: { Variables: expect.objectContaining(variables) },
    }),
  );
  const week = { RetentionInDays: 7 };
  expect(propertiesOf(template, 'AWS::Logs::LogGroup')).toMatchObject([week, week]);
  expect(JSON.stringify(template)).toContain('"Endpoint":"on-call@acme.io"');
});

test('one line says where a stage is and whom it alerts', () => {
  expect(describeStage(stageOf(everyFieldOfStage, 'staging'))).toBe(
    'stage staging: stack ZohoTokenRefresher-staging in 123456789012 ap-south-1, secrets zoho-stage/*; alerts go to on-call@acme.io, Slack channel C0123ABCD, Teams channel 19%3Amade-up%40thread.tacv2; alarms go to the subscribers of the paging topic',
  );
  expect(describeStage(stageOf({ alerts_to_nobody: true }))).toMatch(/alerts go to nobody$/);
});

test('a key that is given is used and none is made', () => {
  const keyed = { alert_topic_arn: importedTopic, alert_topic_key_arn: formerKey };
  expect(JSON.stringify(synthesizeStage(keyed).template)).toContain(`"Resource":"${formerKey}"`);
  const { template } = synthesizeStage({ ...heard, encryption_key_arn: formerKey });
  expect(ofType(template, 'AWS::KMS::Key')).toEqual([]);
  expect(propertiesOf(template, 'AWS::SNS::Topic')).toMatchObject([{ KmsMasterKeyId: formerKey }]);
});
