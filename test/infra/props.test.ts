import { App, Duration, Stack } from 'aws-cdk-lib';
import { AccountPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import type { ZohoTokenRefresherProps } from '../../infra/props.ts';
import { ZohoTokenRefresher } from '../../infra/zoho-token-refresher.ts';
import { connectionsJson } from './stacks.ts';
import { flat, newApp, placeholder, synthesize } from './synthesize.ts';

function make(props: Partial<ZohoTokenRefresherProps> = {}): ZohoTokenRefresher {
  return new ZohoTokenRefresher(new Stack(new App(), 'S'), 'Zoho', {
    connectionsJson,
    ...placeholder,
    ...props,
  });
}

/** A file with as many connections as asked for; their names are as long as a name may be. */
function manyConnections(count: number): string {
  const { connections, ...rest } = JSON.parse(connectionsJson);
  const names = Array.from({ length: count }, (_, index) => `c${index}-`.padEnd(40, 'x'));
  return JSON.stringify({ ...rest, connections: names.map((name) => ({ ...connections[1], name })) });
}

describe('fails with a message that names the value and the range', () => {
  const cases: [props: Partial<ZohoTokenRefresherProps>, message: RegExp][] = [
    [{ probeInterval: Duration.minutes(1) }, /probeInterval: found 1 minutes, expected 5 .*to 1440/],
    [{ memorySizeMegabytes: 64 }, /memorySizeMegabytes: found 64, expected 128 to 10240/],
    [{ reservedConcurrency: 0 }, /reservedConcurrency: found 0, expected a whole number of at least 1/],
    [{ alertEmails: ['on-call'] }, /alertEmails: "on-call" is not an e-mail address/],
    [{ tokenReplicaRegions: ['Mumbai'] }, /tokenReplicaRegions: "Mumbai" is not a Region/],
    [
      { existingSecrets: ['dek'] },
      /existingSecrets: unknown connection "dek"; expected one of salesiq, desk/,
    ],
    [
      { slackWorkspaceId: 'T0123ABCD' },
      /slackChannelId: missing, a Slack channel needs slackWorkspaceId, slackChannelId/,
    ],
    [{ teamsTeamId: 'x' }, /teamsTenantId, teamsChannelId: missing/],
    [{ functionCodeFolder: '/nowhere' }, /found no index\.mjs in \/nowhere, run npm run build first/],
    [{ secretPrefix: 'z'.repeat(49) }, /makes the function name z+-token-refresher, expected at most 64/],
    [{ secretPrefix: '/zoho' }, /\$\.secret_prefix: expected letters/],
    [{ connectionsJson: '{"connections":[]}' }, /\$\.connections: expected at least one connection/],
    [
      { connectionsJson: manyConnections(51) },
      /connections: found 51, at most 50 fit one stack; deploy a second stack with another secret_prefix/,
    ],
  ];
  test.each(cases)('%j', (props, message) => {
    expect(() => make(props)).toThrow(message);
  });

  test('all faults at once', () => {
    expect(() => make({ probeInterval: Duration.days(2), memorySizeMegabytes: 1 })).toThrow(
      /probeInterval(.|\n)*memorySizeMegabytes/,
    );
  });

  test('a key that contradicts customerManagedKey', () => {
    const stack = new Stack(new App(), 'S');
    const encryptionKey = new Key(stack, 'Key');
    expect(
      () =>
        new ZohoTokenRefresher(stack, 'Zoho', {
          connectionsJson,
          ...placeholder,
          encryptionKey,
          customerManagedKey: false,
        }),
    ).toThrow(/contradicts encryptionKey/);
  });

  test('an unknown connection in a method', () => {
    expect(() => make().tokenSecret('dek')).toThrow(
      'unknown connection "dek"; expected one of salesiq, desk',
    );
    expect(() => make().metricSecondsToExpiry('dek')).toThrow('unknown connection "dek"');
  });

  test('a reader in another account without a key that it could use', () => {
    expect(() => make().grantReadToken('desk', new AccountPrincipal('210987654321'))).toThrow(
      /another account cannot use the AWS-managed key, set customerManagedKey: true/,
    );
  });
});

test('fifty connections with the longest names fit: every policy is inside the limits of IAM', () => {
  const template = synthesize((app, code) => {
    const stack = new Stack(app, 'Fifty');
    new ZohoTokenRefresher(stack, 'Zoho', {
      connectionsJson: manyConnections(50),
      slackWorkspaceId: 'T0123ABCD',
      slackChannelId: 'C0123ABCD',
      ...code,
    });
    return stack;
  });
  const inlineCharacters = 10_240;
  const managedCharacters = 6_144;
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    const size = JSON.stringify(flat(Properties.PolicyDocument) ?? {}).length;
    if (Type === 'AWS::IAM::Policy') expect(size, id).toBeLessThan(inlineCharacters);
    if (Type === 'AWS::IAM::ManagedPolicy') expect(size, id).toBeLessThan(managedCharacters);
  }
  expect(JSON.stringify(flat(template.Resources)).match(/secret:zoho\/c49-x+\/token-/g)).toHaveLength(1);
});

describe('warns until somebody has looked, because it cannot add the statement itself,', () => {
  const warnings = (props: (stack: Stack) => Partial<ZohoTokenRefresherProps>): string => {
    const app = newApp();
    const stack = new Stack(app, 'S');
    new ZohoTokenRefresher(stack, 'Zoho', { connectionsJson, ...placeholder, ...props(stack) });
    const { messages } = app.synth().getStackArtifact('S');
    return messages.map(({ entry }) => String(entry.data)).join('\n');
  };

  test('about an imported topic', () => {
    const alertTopic = (stack: Stack) =>
      Topic.fromTopicArn(stack, 'T', 'arn:aws:sns:ap-south-1:123456789012:t');
    expect(warnings((stack) => ({ alertTopic: alertTopic(stack) }))).toMatch(
      /until its policy has the statement {"Action":"sns:Publish".*alarm:zoho\/\*.* the policy of its key also needs {"Action":\["kms:Decrypt"/,
    );
  });

  test('about an imported key', () => {
    const arn = 'arn:aws:kms:ap-south-1:123456789012:key/11111111-2222-4333-8444-555555555555';
    expect(warnings((stack) => ({ encryptionKey: Key.fromKeyArn(stack, 'K', arn) }))).toMatch(
      /key of the topic is imported: until its policy has the statement {"Action":\["kms:Decrypt","kms:GenerateDataKey\*"\]/,
    );
  });
});

test('metrics are those that the function writes', () => {
  const refresher = make();
  expect(refresher.metricSecondsToExpiry('desk')).toMatchObject({
    namespace: 'ZohoTokenRefresher',
    metricName: 'SecondsToExpiry',
    statistic: 'Minimum',
    dimensions: { SecretPrefix: 'zoho', Connection: 'desk' },
  });
  expect(refresher.metricRefreshSuccess('desk')).toMatchObject({
    metricName: 'RefreshSuccess',
    statistic: 'Sum',
  });
  expect(refresher.metricRefreshFailure('desk')).toMatchObject({
    metricName: 'RefreshFailure',
    statistic: 'Sum',
  });
  expect(refresher.metricRefreshDuration('desk')).toMatchObject({
    metricName: 'RefreshDuration',
    statistic: 'Maximum',
  });
});

test('an app in another stack is granted its token without tying the two stacks together', () => {
  const app = newApp();
  const zoho = new ZohoTokenRefresher(new Stack(app, 'Zoho'), 'Zoho', {
    connectionsJson,
    customerManagedKey: true,
    ...placeholder,
  });
  const other = new Stack(app, 'Other');
  zoho.grantReadToken(
    'desk',
    new Role(other, 'App', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }),
  );
  const assembly = app.synth();
  expect(JSON.stringify(assembly.getStackArtifact('Zoho').template)).not.toContain('OtherApp');
  expect(JSON.stringify(flat(assembly.getStackArtifact('Other').template))).toContain(
    'secret:zoho/desk/token-??????',
  );
});
