import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { dashboardUrl } from '../../lambda/log.ts';
import { makeBringYourOwnStack, makeDefaultStack, makeEveryOptionStack } from './example-stacks.ts';
import {
  flat,
  newApp,
  placeholder,
  propertiesOf,
  synthesize,
  synthesizeWith,
  type Template,
  templateOf,
} from './synthesize.ts';

const template = templateOf(makeDefaultStack);
const everyOption = templateOf(makeEveryOptionStack);

describe("CDK's own validation", () => {
  beforeAll(() => vi.stubEnv('CDK_VALIDATION', 'true'));
  afterAll(() => vi.unstubAllEnvs());

  test('finds nothing in any of the stacks', () => {
    for (const make of [makeDefaultStack, makeEveryOptionStack, makeBringYourOwnStack]) synthesize(make);
  });

  test('is awake: a number out of range does not pass', () => {
    const app = newApp();
    new CfnQueue(new Stack(app, 'S'), 'Queue', { messageRetentionPeriod: 1 });
    expect(() => app.synth()).toThrow(/validation/i);
  });
});

describe('cdk-nag, which looks at every stack that these tests synthesize,', () => {
  test('is awake: a wildcard resource does not pass', () => {
    const app = newApp();
    const role = new Role(new Stack(app, 'S'), 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] }));
    expect(() => app.synth()).toThrow(/IAM5/);
  });

  test('has its findings acknowledged one by one, each with a reason', () => {
    const stack = makeEveryOptionStack(newApp(), placeholder);
    const acknowledged = stack.node.findAll().flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) => Object.entries(Object(data)))
        .map(([id, reason]) => {
          expect(String(reason).length).toBeGreaterThan(60);
          return `${node.id}: ${id.replace(/^.*AwsSolutions-/, '').replace(/\[.*/, '')}`;
        }),
    );
    expect(acknowledged).toEqual(['Credentials: SMG4', 'Token: SMG4', 'DeadLetters: SQS3', 'ReadOnly: IAM5']);
  });
});

test('tags reach what takes tags', () => {
  const tags = [
    { Key: 'cost-centre', Value: '4711' },
    { Key: 'team', Value: 'contact-centre' },
  ];
  for (const type of ['SecretsManager::Secret', 'Lambda::Function', 'SNS::Topic', 'KMS::Key'])
    for (const { Tags } of propertiesOf(everyOption, `AWS::${type}`)) expect(Tags, type).toEqual(tags);
});

test('the outputs say what to do next', () => {
  const { Outputs } = template;
  expect(Object.keys(Outputs ?? {})).toEqual(['FunctionName', 'Version', 'AlertTopicArn', 'Subscribers', 'Dashboard']);
  expect(Outputs?.Subscribers?.Value).toMatch(/^no e-mail address/);
  const every = everyOption.Outputs;
  expect(every?.Subscribers?.Value).toMatch(/each receives nothing until it has confirmed/);
  expect(flat(every?.PagingTopicArn?.Value)).toBe('<RefresherPagingTopic31D6132B>');
});

const dashboardOf = ({ Outputs }: Template) => Outputs?.Dashboard?.Value;

test.each([
  ['ap-south-1', 'https://ap-south-1.console.aws.amazon.com/cloudwatch/home?region=ap-south-1#dashboards/dashboard/'],
  ['cn-north-1', 'https://console.amazonaws.cn/cloudwatch/home?region=cn-north-1#dashboards/dashboard/'],
  ['us-gov-west-1', 'https://console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#dashboards/dashboard/'],
  // No console is known there: the dashboard's name alone.
  ['eusc-de-east-1', ''],
])('the address of the dashboard is in the console of the Region: %s', (region, address) => {
  const output = dashboardOf(synthesizeWith({ env: { region } }));
  expect(output).toBe(`${address}zoho-token-refresher-${region}`);
  // The Lambda names the same one in its mails.
  if (address !== '') expect(dashboardUrl(region, 'zoho')).toBe(output);
});

test('the address of the dashboard is looked up when the stack is deployed if no Region is named', () => {
  const value = JSON.stringify(dashboardOf(template));
  for (const host of ['console.aws.amazon.com', 'console.amazonaws.cn', 'console.amazonaws-us-gov.com'])
    expect(value).toContain(host);
  expect(value).toMatch(/^{"Fn::If":\["IsPartition/);
});

test('the dashboard shows life left against both lines, what the log says, and every alarm', () => {
  const [{ DashboardBody }] = propertiesOf(template, 'AWS::CloudWatch::Dashboard');
  const { widgets } = JSON.parse(DashboardBody);
  const titled = (title: string) =>
    widgets.find(({ properties }: { properties: { title: string } }) => properties.title === title).properties;
  expect(titled('Minutes of life left').annotations.horizontal).toMatchObject([
    { value: 20, label: 'warning' },
    { value: 10, label: 'critical' },
  ]);
  const alarms = propertiesOf(template, 'AWS::CloudWatch::Alarm').map(
    ({ AlarmName }) => `arn:aws:cloudwatch:ap-south-1:123456789012:alarm:${AlarmName}`,
  );
  expect(titled('Alarms').alarms).toEqual(alarms);
  expect(titled('Failures by code').query).toMatch(/outcome = "failed"\n\| stats count\(\*\) by code/);
  expect(titled('Probe verdicts').query).toMatch(/stats count\(\*\) by probe/);
  expect(widgets[0].properties.markdown).toContain('docs/runbook.md');
});

test('a channel reads a topic of its own, which a function fills from the alert topic', () => {
  expect(propertiesOf(everyOption, 'AWS::SNS::Subscription')).toContainEqual(
    expect.objectContaining({
      Protocol: 'lambda',
      TopicArn: '<RefresherAlertTopic97ECEB71>',
      Endpoint: expect.stringMatching(/^<RefresherChatFunction\w+\.Arn>$/),
    }),
  );
  const SnsTopicArns = ['<RefresherChatTopic612B383B>'];
  expect(propertiesOf(everyOption, 'AWS::Chatbot::SlackChannelConfiguration')).toMatchObject([
    { SlackWorkspaceId: 'T0123ABCD', SlackChannelId: 'C0123ABCD', SnsTopicArns },
  ]);
  expect(propertiesOf(everyOption, 'AWS::Chatbot::MicrosoftTeamsChannelConfiguration')).toMatchObject([
    { TeamsChannelId: '19%3Amade-up%40thread.tacv2', SnsTopicArns },
  ]);
});

test('every five minutes the schedule invokes the function with its two context attributes', () => {
  expect(propertiesOf(template, 'AWS::Scheduler::Schedule')).toEqual([
    {
      Description: expect.any(String),
      GroupName: expect.stringMatching(/^ZohoTokenRefresher-Tick-/),
      ScheduleExpression: 'rate(5 minutes)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: expect.stringMatching(/^<RefresherFunction\w+\.Arn>$/),
        RoleArn: expect.stringMatching(/^<RefresherTickRole\w+\.Arn>$/),
        Input: '{"schedule_arn":"<aws.scheduler.schedule-arn>","scheduled_time":"<aws.scheduler.scheduled-time>"}',
        RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 240 },
        DeadLetterConfig: { Arn: expect.stringMatching(/^<RefresherTickDeadLetters\w+\.Arn>$/) },
      },
    },
  ]);
});

test('the function is not retried, has no failure destination, and old events are dropped', () => {
  const FunctionName = expect.stringMatching(/^<RefresherFunction\w+>$/);
  expect(propertiesOf(template, 'AWS::Lambda::EventInvokeConfig')).toEqual([
    { FunctionName, Qualifier: '$LATEST', MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 300 },
  ]);
});

test('the function runs on Node 24 and arm64, logs JSON, and gets its topic, its runbook and nothing else in its environment', () => {
  const [properties, ...others] = propertiesOf(template, 'AWS::Lambda::Function');
  expect(properties).toMatchObject({
    FunctionName: 'zoho-token-refresher',
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    Handler: 'index.handler',
    MemorySize: 512,
    Timeout: 60,
    LoggingConfig: { LogFormat: 'JSON' },
  });
  expect(properties.Environment.Variables).toEqual({
    ALERT_TOPIC_ARN: expect.stringMatching(/^<RefresherAlertTopic\w+>$/),
    RUNBOOK_URL: 'docs/runbook.md',
    LOG_LEVEL: 'INFO',
  });
  expect([properties.ReservedConcurrentExecutions, others]).toEqual([undefined, []]);
  expect(propertiesOf(template, 'AWS::Logs::LogGroup')).toMatchObject([{ RetentionInDays: 90 }]);
});

test.each(['INFO', 'ERROR'] as const)(
  'logLevel %s is for the function alone: the platform lets a line without a level through, which counts as INFO',
  (logLevel) => {
    const [{ LoggingConfig, Environment }] = propertiesOf(synthesizeWith({ logLevel }), 'AWS::Lambda::Function');
    expect(Environment.Variables.LOG_LEVEL).toBe(logLevel);
    // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
    expect(['TRACE', 'DEBUG', 'INFO']).toContain(LoggingConfig.ApplicationLogLevel);
  },
);
