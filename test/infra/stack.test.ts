import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ZohoTokenRefresherStack } from '../../infra/stack.ts';
import { dashboardUrl } from '../../lambda/log.ts';
import { connectionsJson, makeBringYourOwnStack, makeDefaultStack, makeEveryOptionStack } from './stacks.ts';
import { flat, newApp, ofType, onlyOne, placeholder, synthesize, validateTemplates } from './synthesize.ts';

describe("CDK's own validation", () => {
  beforeAll(() => validateTemplates(true));
  afterAll(() => validateTemplates(false));

  test('finds nothing in any of the stacks', () => {
    for (const make of [makeDefaultStack, makeEveryOptionStack, makeBringYourOwnStack]) synthesize(make);
  }, 30_000);

  test('is awake: a number out of range does not pass', () => {
    const app = newApp();
    new CfnQueue(new Stack(app, 'S'), 'Queue', { messageRetentionPeriod: 1 });
    expect(() => app.synth()).toThrow(/validation/i);
  }, 30_000);
});

test('cdk-nag is awake: a wildcard policy does not pass', () => {
  const app = newApp();
  const role = new Role(new Stack(app, 'S'), 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });
  role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] }));
  expect(() => app.synth()).toThrow(/IAM5|validation/i);
});

test('what cdk-nag finds is acknowledged one by one, each with a reason', () => {
  const stack = makeEveryOptionStack(newApp(), placeholder);
  const acknowledged = stack.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(Object(data)))
      .map(([id, reason]) => [
        node.id,
        id.replace(/^.*AwsSolutions-/, '').replace(/\[.*/, ''),
        String(reason),
      ]),
  );
  expect(acknowledged.map(([node, id]) => `${node}: ${id}`)).toEqual([
    'Credentials: SMG4',
    'Token: SMG4',
    'Credentials: SMG4',
    'Token: SMG4',
    'DeadLetters: SQS3',
    'ReadOnly: IAM5',
  ]);
  for (const [, , reason = ''] of acknowledged) expect(reason.length).toBeGreaterThan(60);
});

test('two stages live beside each other: no name of one is a name of the other', () => {
  const stage = (secretPrefix: string) =>
    synthesize(
      (app, code) =>
        new ZohoTokenRefresherStack(app, `Zoho-${secretPrefix.replace('/', '-')}`, {
          connectionsJson,
          secretPrefix,
          ...code,
        }),
    );
  const names = (secretPrefix: string) =>
    Object.values(stage(secretPrefix).Resources).flatMap(({ Properties = {} }) =>
      ['Name', 'AlarmName', 'DashboardName', 'FunctionName']
        .map((key) => Properties[key])
        .filter((name) => name !== undefined),
    );
  const [one, other] = [names('zoho/test'), names('zoho/prod')];
  expect(one).toHaveLength(other.length);
  expect(one.filter((name) => other.includes(name))).toEqual([]);
});

test('tags reach what takes tags', () => {
  const template = synthesize(makeEveryOptionStack);
  for (const type of [
    'AWS::SecretsManager::Secret',
    'AWS::Lambda::Function',
    'AWS::SNS::Topic',
    'AWS::KMS::Key',
  ]) {
    for (const [id, { Properties }] of ofType(template, type)) {
      expect(Properties.Tags, id).toEqual([
        { Key: 'cost-centre', Value: '4711' },
        { Key: 'team', Value: 'contact-centre' },
      ]);
    }
  }
});

test('the outputs say what to do next', () => {
  const { Outputs } = synthesize(makeDefaultStack);
  expect(Object.keys(Outputs ?? {})).toEqual(['FunctionName', 'AlertTopicArn', 'Subscribers', 'Dashboard']);
  expect(Outputs?.Subscribers?.Value).toMatch(/^no e-mail address/);
  expect(synthesize(makeEveryOptionStack).Outputs?.Subscribers?.Value).toMatch(
    /each hears nothing until it has confirmed/,
  );
});

test.each([
  [
    'ap-south-1',
    'https://ap-south-1.console.aws.amazon.com/cloudwatch/home?region=ap-south-1#dashboards/dashboard/',
  ],
  ['cn-north-1', 'https://console.amazonaws.cn/cloudwatch/home?region=cn-north-1#dashboards/dashboard/'],
  [
    'us-gov-west-1',
    'https://console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#dashboards/dashboard/',
  ],
])('the dashboard’s address is in the console of its partition: %s', (region, address) => {
  const { Outputs } = synthesize(
    (app, code) => new ZohoTokenRefresherStack(app, 'Zoho', { connectionsJson, env: { region }, ...code }),
  );
  expect(Outputs?.Dashboard?.Value).toBe(`${address}zoho-token-refresher-${region}`);
  // The Lambda names the same one in its mails.
  expect(dashboardUrl(region, 'zoho')).toBe(Outputs?.Dashboard?.Value);
});

test('the dashboard has its name alone where no console is known', () => {
  const { Outputs } = synthesize(
    (app, code) =>
      new ZohoTokenRefresherStack(app, 'Zoho', {
        connectionsJson,
        env: { region: 'eusc-de-east-1' },
        ...code,
      }),
  );
  expect(Outputs?.Dashboard?.Value).toBe('zoho-token-refresher-eusc-de-east-1');
});

test('without a Region the partition is looked at when the stack is deployed', () => {
  const value = JSON.stringify(synthesize(makeDefaultStack).Outputs?.Dashboard?.Value);
  for (const host of ['console.aws.amazon.com', 'console.amazonaws.cn', 'console.amazonaws-us-gov.com']) {
    expect(value).toContain(host);
  }
  expect(value).toMatch(/^{"Fn::If":\["IsPartition/);
});

test('the dashboard shows life left against both lines, what the log says, and every alarm', () => {
  const body = JSON.parse(
    String(
      flat(onlyOne(synthesize(makeDefaultStack), 'AWS::CloudWatch::Dashboard').Properties.DashboardBody),
    ),
  );
  const widgets: { type: string; properties: Record<string, unknown> }[] = body.widgets;
  const titled = (title: string) =>
    Object(widgets.find(({ properties }) => properties.title === title)).properties;
  expect(titled('Minutes of life left').annotations.horizontal).toMatchObject([
    { value: 20, label: 'warning' },
    { value: 10, label: 'critical' },
  ]);
  expect(titled('Alarms').alarms).toEqual(
    [
      'salesiq/token-life',
      'desk/token-life',
      'refresher/heartbeat',
      'refresher/errors',
      'refresher/dropped-ticks',
    ].map((name) => `arn:aws:cloudwatch:ap-south-1:123456789012:alarm:zoho/${name}`),
  );
  expect(titled('Failures by code').query).toMatch(
    /event = "connection"\n\| filter outcome = "failed"\n\| stats count\(\*\) by code/,
  );
  expect(titled('Probe verdicts').query).toMatch(/stats count\(\*\) by probe/);
  expect(widgets[0]?.properties.markdown).toContain('docs/runbook.md');
});
