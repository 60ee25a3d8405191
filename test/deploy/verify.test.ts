import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { KMS } from '@aws-sdk/client-kms';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { alarmNames } from '../../cli/verify/look-at-alarms.ts';
import { type Connection, readConnections } from '../../lambda/connections/read-connections.ts';
import { giveConsent, tickEvent } from '../../local/stage.ts';
import { startZoho, type ZohoStandIn } from '../../local/zoho/server.ts';
import { letsAlarmsIn } from '../support/account.ts';
import { startProgram } from '../support/cli/program.ts';
import { account, type Moto, region, startMoto } from '../support/moto.ts';
import { searchForSecrets } from '../support/secrets-search.ts';
import { makeDeploymentFolder, stackName } from './cdk.ts';
import { playParts } from './played-parts.ts';
import { invoke } from './runtime-client.ts';

const { connections } = readConnections(readFileSync('connections.json', 'utf8'));
const functionArn = `arn:aws:lambda:${region}:${account}:function:zoho-token-refresher`;

/** What verify says of one assumption. */
type Said = { id: string; outcome: string; says: string };

// Calls of moto's own alone, but for Lambda's and for what an alarm publishes: see played-parts.ts.
describe('zoho-tokens verify on an account that moto plays', { timeout: 120_000 }, () => {
  const { folder } = makeDeploymentFolder();
  const secrets: string[] = [];
  let moto: Moto;
  let zoho: ZohoStandIn;
  let parts: Awaited<ReturnType<typeof playParts>>;
  let topicArn: string;

  before(async () => {
    moto = await startMoto();
    zoho = await startZoho();
    topicArn = await makeAccount();
    parts = await playParts(moto, { functionArn, topicArn });
  });
  after(async () => {
    await parts?.close();
    await zoho?.close();
    await moto?.close();
  });

  test('everything that moto can play is as documented, and nothing is left', async () => {
    const { code, stdout, stderr } = await verify(['--live', '--yes', '--json', '--save', 'transcript.txt']).ended;
    const { assumptions } = JSON.parse(stdout) as { assumptions: Said[] };
    const of = (outcome: string) => assumptions.filter((each) => each.outcome === outcome);
    const differing = of('differs').map(({ id, says }) => `${id}: ${says}`);
    // moto's threads take no turns: now and then both writers of a race win, and verify says so.
    const isOfMoto = (line: string) => /^race\.one_writer: .* found \d+ times won\/won$/.test(line);
    assert.deepEqual(
      differing.filter((line) => !isOfMoto(line)),
      [],
    );
    assert.equal(code, differing.length === 0 ? 0 : 1, stderr);
    // IAM's simulator is not played by moto; 53 of the 63 are settled without it, --dead-man and a CRM connection.
    const settled = [...of('as documented'), ...of('differs')].map(({ id }) => id);
    assert.ok(settled.length >= 53, settled.join(' '));
    assert.match(stderr, /--live does this in AWS \(production, us-east-1\), and undoes it/);
    await isClean();
  });

  test('the transcript holds no secret and no id of the account', () => {
    const text = readFileSync(join(folder, 'transcript.txt'), 'utf8');
    const settings = connections.flatMap(({ settings: own }) => Object.values(own));
    assert.equal(searchForSecrets([text], [...secrets, account, topicArn, functionArn, ...settings]), undefined);
    for (const id of [account, 'on-call@acme.io', '"zoho"', '"salesiq"', ...settings])
      assert.ok(!text.includes(id), id);
    assert.match(text, /POST localhost \/ CreateSecret -> 200; content-type: /);
    assert.ok(text.split('\n').length < 500);
  });

  test('Ctrl-C while the schedule is disabled enables it and leaves nothing behind', async () => {
    const running = verify(['--live', '--dead-man', '--yes', 'desk']);
    await running.says(/the schedule is disabled; waiting/);
    assert.equal((await scheduleNow()).State, 'DISABLED');
    running.kill('SIGINT');
    const { code, stderr } = await running.ended;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /stopped; everything is cleaned up/);
    await isClean();
  });

  const scheduleNow = () => new Scheduler(moto.aws).getSchedule({ Name: 'schedule', GroupName: 'group' });

  async function isClean(): Promise<void> {
    const { State, Description } = await scheduleNow();
    assert.deepEqual([State, Description], ['ENABLED', 'One look at every Zoho token']);
    const { SecretList = [] } = await new SecretsManager(moto.aws).listSecrets({});
    assert.deepEqual(
      SecretList.filter(({ Name }) => Name?.startsWith('zoho-tokens-verify')),
      [],
    );
    const { QueueUrls = [] } = await new SQS(moto.aws).listQueues({});
    assert.equal(QueueUrls.length, 1);
    const { Subscriptions } = await new SNS(moto.aws).listSubscriptionsByTopic({ TopicArn: topicArn });
    assert.equal(Subscriptions?.length, 1);
  }

  /** Runs the program in a process of its own, as somebody does who has deployed. */
  function verify(rawArguments: readonly string[]) {
    const variables = { ...moto.variables, ...parts.variables, ZOHO_ENDPOINT_URL: zoho.url };
    return startProgram(['verify', ...rawArguments], { folder, variables });
  }

  /** Makes what a deploy and a first tick leave behind. */
  async function makeAccount(): Promise<string> {
    const TemplateBody = JSON.stringify({
      Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
      Outputs: { Version: { Value: '0.1.0' } },
    });
    await new CloudFormation(moto.aws).createStack({ StackName: stackName, TemplateBody });
    const lets = (actions: string[]) => {
      const Statement = [letsAlarmsIn(actions, `arn:aws:cloudwatch:${region}:${account}:alarm:zoho/*`)];
      return JSON.stringify({ Version: '2012-10-17', Statement });
    };
    const keys = new KMS(moto.aws);
    const { KeyMetadata } = await keys.createKey({ Policy: lets(['kms:Decrypt', 'kms:GenerateDataKey*']) });
    await keys.createAlias({ AliasName: 'alias/topic', TargetKeyId: KeyMetadata?.KeyId });
    const topics = new SNS(moto.aws);
    const Attributes = { Policy: lets(['sns:Publish']), KmsMasterKeyId: 'alias/topic' };
    const { TopicArn = '' } = await topics.createTopic({ Name: 'alerts', Attributes });
    await new SQS(moto.aws).createQueue({ QueueName: 'on-call' });
    await topics.subscribe({ TopicArn, Protocol: 'sqs', Endpoint: `arn:aws:sqs:${region}:${account}:on-call` });
    await makeAlarms(TopicArn);
    await makeSchedule();
    await makeTick(TopicArn);
    return TopicArn;
  }

  async function makeAlarms(topic: string): Promise<void> {
    const metrics = new CloudWatch(moto.aws);
    for (const AlarmName of alarmNames({ secretPrefix: 'zoho', all: connections })) {
      await metrics.putMetricAlarm({
        ...{ AlarmName, AlarmActions: [topic], OKActions: [topic], MetricName: 'Ticks', Namespace: 'N' },
        ...{ Statistic: 'Sum', Period: 60, EvaluationPeriods: 13, Threshold: 1 },
        ComparisonOperator: 'LessThanThreshold',
      });
    }
  }

  async function makeSchedule(): Promise<void> {
    const scheduler = new Scheduler(moto.aws);
    await scheduler.createScheduleGroup({ Name: 'group' });
    await scheduler.createSchedule({
      ...{ Name: 'schedule', GroupName: 'group', ScheduleExpression: 'rate(5 minutes)' },
      Description: 'One look at every Zoho token',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: functionArn, RoleArn: `arn:aws:iam::${account}:role/scheduler` },
    });
  }

  /** A tick of the bundle with its lines, and the points that CloudWatch makes of them. */
  async function makeTick(topic: string): Promise<void> {
    for (const connection of connections) {
      const planted = giveConsent(zoho, connection);
      secrets.push(...Object.values(planted));
      const client = new SecretsManager(moto.aws);
      const Name = `zoho/${connection.name}`;
      await client.createSecret({ Name: `${Name}/credentials`, SecretString: JSON.stringify(planted) });
      await client.createSecret({ Name: `${Name}/token` });
    }
    const now = new Date();
    const environment = { ALERT_TOPIC_ARN: topic };
    const refresher = { folder: 'dist/lambda', handler: 'index.handler', environment, timeoutMilliseconds: 60_000 };
    const where = { AWS_ENDPOINT_URL: moto.url, ZOHO_ENDPOINT_URL: zoho.url };
    const { printed } = await invoke(refresher, JSON.stringify(tickEvent(now)), where);
    secrets.push(...zoho.issuedTokens());
    const logs = new CloudWatchLogs(moto.aws);
    const [logGroupName, logStreamName] = ['refresher', 'one'];
    await logs.createLogGroup({ logGroupName });
    await logs.createLogStream({ logGroupName, logStreamName });
    const logEvents = printed
      .trim()
      .split('\n')
      .map((message) => ({ timestamp: now.getTime(), message }));
    await logs.putLogEvents({ logGroupName, logStreamName, logEvents });
    const prefix = { Name: 'SecretPrefix', Value: 'zoho' };
    const point = { Timestamp: now, Value: 1 };
    const lifeOf = ({ name }: Connection) => ({
      ...{ ...point, MetricName: 'SecondsToExpiry' },
      Dimensions: [prefix, { Name: 'Connection', Value: name }],
    });
    await new CloudWatch(moto.aws).putMetricData({
      Namespace: 'ZohoTokenRefresher',
      MetricData: [{ ...point, MetricName: 'Ticks', Dimensions: [prefix] }, ...connections.map(lifeOf)],
    });
  }
});
