import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Account } from '../../cli/place/account.ts';
import { statOf } from '../../cli/place/open-aws.ts';
import { alarmNames } from '../../cli/verify/look-at-alarms.ts';
import { readConnections } from '../../lambda/connections/read-connections.ts';
import { giveConsent, tickEvent } from '../../local/stage.ts';
import { startZoho, type ZohoStandIn } from '../../local/zoho/server.ts';
import { startProgram } from '../support/cli/start-program.ts';
import { account, type Moto, region, startFront, startMoto } from '../support/moto.ts';
import { letsAlarmsIn } from '../support/played-account.ts';
import { searchForSecrets } from '../support/secrets-search.ts';
import { makeDeploymentFolder, stackName } from './cdk.ts';
import { answered, invoke } from './runtime-client.ts';

const { connections } = readConnections(readFileSync('connections.json', 'utf8'));
const functionArn = `arn:aws:lambda:${region}:${account}:function:zoho-token-refresher`;
const heartbeat = 'zoho/refresher/heartbeat';
const topicArn = `arn:aws:sns:${region}:${account}:alerts`;
const schedule = { Name: 'schedule', GroupName: 'group' };
const Description = 'One look at every Zoho token';

describe('zoho-tokens verify on an account that moto plays', { timeout: 120_000 }, () => {
  const { folder } = makeDeploymentFolder();
  const secrets: string[] = [];
  let moto: Moto;
  let zoho: ZohoStandIn;
  let aws: Account;
  let fronts: Awaited<ReturnType<typeof startFront>>[] = [];

  before(async () => {
    moto = await startMoto();
    zoho = await startZoho();
    aws = moto.clients;
    await makeStack();
    await makeTick();
    fronts = [await playFunction(), await playAlarms()];
  });
  after(async () => {
    for (const front of fronts) await front.close();
    await zoho?.close();
    await moto?.close();
  });

  test('everything that moto can play is as documented, and neither anything nor a secret is left', async () => {
    const { code, stdout, stderr } = await verify(['--live', '--yes', '--json', '--save', 'transcript.txt']).ended;
    const { assumptions }: { assumptions: Record<'id' | 'outcome' | 'says', string>[] } = JSON.parse(stdout);
    const of = (outcome: string) => assumptions.filter((each) => each.outcome === outcome);
    const differing = of('differs').map(({ id, says }) => `${id}: ${says}`);
    // moto's threads take no turns: now and then both writers of a race win, and verify says so.
    const isOfMoto = (line: string) => /^race\.one_writer: .* found \d+ times won\/won$/.test(line);
    const others = differing.filter((line) => !isOfMoto(line));
    assert.deepEqual(others, []);
    assert.equal(code, differing.length === 0 ? 0 : 1, stderr);
    // IAM's simulator is not played by moto; 53 of the 63 are settled without it, --dead-man and a CRM connection.
    const settled = [...of('as documented'), ...of('differs')].map(({ id }) => id);
    assert.ok(settled.length >= 53, settled.join(' '));
    await isClean();
    const transcript = readFileSync(join(folder, 'transcript.txt'), 'utf8');
    assert.equal(searchForSecrets([transcript], [...secrets, account, topicArn, functionArn]), undefined);
  });

  test('Ctrl-C while the schedule is disabled enables it and leaves nothing behind', async () => {
    const running = verify(['--live', '--dead-man', '--yes', 'desk']);
    await running.says(/the schedule is disabled; waiting/);
    assert.equal((await aws.scheduler.getSchedule(schedule)).State, 'DISABLED');
    running.kill('SIGINT');
    const { code, stderr } = await running.ended;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /stopped; everything is cleaned up/);
    await isClean();
  });

  async function isClean(): Promise<void> {
    const { State, Description: described } = await aws.scheduler.getSchedule(schedule);
    assert.deepEqual([State, described], ['ENABLED', Description]);
    const { SecretList = [] } = await aws.secrets.listSecrets({});
    assert.ok(!SecretList.some(({ Name }) => Name?.startsWith('zoho-tokens-verify')));
    const { QueueUrls = [] } = await aws.queues.listQueues({});
    const { Subscriptions = [] } = await aws.topics.listSubscriptionsByTopic({ TopicArn: topicArn });
    assert.deepEqual([QueueUrls.length, Subscriptions.length], [1, 1]);
  }

  /** Runs the program in a process of its own, as somebody does who has deployed. */
  function verify(rawArguments: readonly string[]) {
    const [lambda, alarms] = fronts.map(({ url }) => url);
    const played = { AWS_ENDPOINT_URL_LAMBDA: `${lambda}`, AWS_ENDPOINT_URL_CLOUDWATCH: `${alarms}` };
    const variables = { ...moto.variables, ...played, ZOHO_ENDPOINT_URL: zoho.url };
    return startProgram(['verify', ...rawArguments], { folder, variables });
  }

  /** Makes what a deploy leaves behind, and the credentials of somebody who has authorized. */
  async function makeStack(): Promise<void> {
    const Resources = { Topic: { Type: 'AWS::SNS::Topic' } };
    const TemplateBody = JSON.stringify({ Resources, Outputs: { Version: { Value: '0.1.0' } } });
    await aws.stack.createStack({ StackName: stackName, TemplateBody });
    const lets = (actions: string[]) => JSON.stringify({ Statement: [letsAlarmsIn(actions)] });
    const { KeyMetadata } = await aws.keys.createKey({ Policy: lets(['kms:Decrypt', 'kms:GenerateDataKey*']) });
    await aws.keys.createAlias({ AliasName: 'alias/topic', TargetKeyId: KeyMetadata?.KeyId });
    const Attributes = { Policy: lets(['sns:Publish']), KmsMasterKeyId: 'alias/topic' };
    await aws.topics.createTopic({ Name: 'alerts', Attributes });
    await aws.queues.createQueue({ QueueName: 'on-call' });
    const Endpoint = `arn:aws:sqs:${region}:${account}:on-call`;
    await aws.topics.subscribe({ TopicArn: topicArn, Protocol: 'sqs', Endpoint });
    for (const AlarmName of alarmNames({ secretPrefix: 'zoho', all: connections })) {
      await aws.metrics.putMetricAlarm({
        ...{ AlarmName, AlarmActions: [topicArn], OKActions: [topicArn], MetricName: 'Ticks', Namespace: 'N' },
        ...{ Statistic: 'Sum', Period: 60, EvaluationPeriods: 13, Threshold: 1 },
        ComparisonOperator: 'LessThanThreshold',
      });
    }
    // Where an alarm of moto begins, CloudWatch's would be OK by now.
    await aws.metrics.setAlarmState({ AlarmName: heartbeat, StateValue: 'OK', StateReason: 'ticks' });
    await aws.scheduler.createScheduleGroup({ Name: schedule.GroupName });
    await aws.scheduler.createSchedule({
      ...{ ...schedule, Description, ScheduleExpression: 'rate(5 minutes)', FlexibleTimeWindow: { Mode: 'OFF' } },
      Target: { Arn: functionArn, RoleArn: `arn:aws:iam::${account}:role/scheduler` },
    });
    for (const connection of connections) {
      const planted = giveConsent(zoho, connection);
      secrets.push(...Object.values(planted));
      const Name = `zoho/${connection.name}`;
      await aws.secrets.createSecret({ Name: `${Name}/credentials`, SecretString: JSON.stringify(planted) });
      await aws.secrets.createSecret({ Name: `${Name}/token` });
    }
  }

  /** Runs the bundle as the deployed function. */
  function run(event: string) {
    const environment = { ALERT_TOPIC_ARN: topicArn };
    const refresher = { folder: 'dist/lambda', handler: 'index.handler', environment, timeoutMilliseconds: 60_000 };
    return invoke(refresher, event, { AWS_ENDPOINT_URL: moto.url, ZOHO_ENDPOINT_URL: zoho.url });
  }

  /** A tick of the bundle with its lines, and the points that CloudWatch makes of them. */
  async function makeTick(): Promise<void> {
    const Timestamp = new Date();
    const { printed } = await run(JSON.stringify(tickEvent(Timestamp)));
    secrets.push(...zoho.issuedTokens());
    const where = { logGroupName: 'refresher', logStreamName: 'one' };
    await aws.logs.createLogGroup(where);
    await aws.logs.createLogStream(where);
    const messages = printed.trim().split('\n');
    const logEvents = messages.map((message) => ({ timestamp: Timestamp.getTime(), message }));
    await aws.logs.putLogEvents({ ...where, logEvents });
    const life = connections.map(({ name }) => statOf('SecondsToExpiry', 'zoho', name));
    const MetricData = [statOf('Ticks', 'zoho'), ...life].map(({ Metric: { MetricName, Dimensions } }) => {
      return { MetricName, Dimensions, Timestamp, Value: 1 };
    });
    await aws.metrics.putMetricData({ Namespace: 'ZohoTokenRefresher', MetricData });
  }

  /** Plays the function, whose Invoke moto runs in Docker alone: the bundle takes the event. */
  function playFunction() {
    return startFront(moto, async ({ url }, body) => {
      if (!url?.endsWith('/configuration')) return Response.json(answered(await run(body.toString())));
      const Environment = { Variables: { ALERT_TOPIC_ARN: topicArn } };
      return Response.json({ FunctionArn: functionArn, LoggingConfig: { LogGroup: 'refresher' }, Environment });
    });
  }

  /** Plays what moto leaves out of CloudWatch: an alarm publishes when its state is set. */
  function playAlarms() {
    return startFront(moto, async ({ url, headers }, _body, passOn) => {
      const answer = await passOn();
      if (`${headers['x-amz-target'] ?? url}`.endsWith('SetAlarmState')) {
        const { MetricAlarms } = await aws.metrics.describeAlarms({ AlarmNames: [heartbeat] });
        const Message = JSON.stringify({ AlarmName: heartbeat, NewStateValue: MetricAlarms?.[0]?.StateValue });
        await aws.topics.publish({ TopicArn: topicArn, Message });
      }
      return answer;
    });
  }
});
