import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { dashboardUrl } from '../../lambda/log.ts';
import { makeBringYourOwnStack, makeDefaultStack, makeEveryOptionStack } from './stacks.ts';
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

describe("CDK's own validation", () => {
  beforeAll(() => vi.stubEnv('CDK_VALIDATION', 'true'));
  afterAll(() => vi.unstubAllEnvs());

  test('finds nothing in any of the stacks', () => {
    for (const make of [makeDefaultStack, makeEveryOptionStack, makeBringYourOwnStack]) synthesize(make);
  }, 30_000);

  test('is awake: a number out of range does not pass', () => {
    const app = newApp();
    new CfnQueue(new Stack(app, 'S'), 'Queue', { messageRetentionPeriod: 1 });
    expect(() => app.synth()).toThrow(/validation/i);
  }, 30_000);
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
    for (const { Tags } of propertiesOf(templateOf(makeEveryOptionStack), `AWS::${type}`))
      expect(Tags, type).toEqual(tags);
});

test('the outputs say what to do next', () => {
  const { Outputs } = templateOf(makeDefaultStack);
  expect(Object.keys(Outputs ?? {})).toEqual(['FunctionName', 'Version', 'AlertTopicArn', 'Subscribers', 'Dashboard']);
  expect(Outputs?.Subscribers?.Value).toMatch(/^no e-mail address/);
  const every = templateOf(makeEveryOptionStack).Outputs;
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
  const value = JSON.stringify(dashboardOf(templateOf(makeDefaultStack)));
  for (const host of ['console.aws.amazon.com', 'console.amazonaws.cn', 'console.amazonaws-us-gov.com'])
    expect(value).toContain(host);
  expect(value).toMatch(/^{"Fn::If":\["IsPartition/);
});

test('the dashboard shows life left against both lines, what the log says, and every alarm', () => {
  const template = templateOf(makeDefaultStack);
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
  const template = templateOf(makeEveryOptionStack);
  expect(propertiesOf(template, 'AWS::SNS::Subscription')).toContainEqual(
    expect.objectContaining({
      Protocol: 'lambda',
      TopicArn: '<RefresherAlertTopic97ECEB71>',
      Endpoint: expect.stringMatching(/^<RefresherChatFunction\w+\.Arn>$/),
    }),
  );
  const SnsTopicArns = ['<RefresherChatTopic612B383B>'];
  expect(propertiesOf(template, 'AWS::Chatbot::SlackChannelConfiguration')).toMatchObject([
    { SlackWorkspaceId: 'T0123ABCD', SlackChannelId: 'C0123ABCD', SnsTopicArns },
  ]);
  expect(propertiesOf(template, 'AWS::Chatbot::MicrosoftTeamsChannelConfiguration')).toMatchObject([
    { TeamsChannelId: '19%3Amade-up%40thread.tacv2', SnsTopicArns },
  ]);
});
