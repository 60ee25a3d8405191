import { Stack } from 'aws-cdk-lib';
import { AccountPrincipal, ArnPrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { expect, test } from 'vitest';
import type { ZohoTokenRefresherProps } from '../../infra/props.ts';
import { ZohoTokenRefresher } from '../../infra/zoho-token-refresher.ts';
import { appRole, connectionsJson, formerKey, manyConnections } from './stacks.ts';
import { flat, newApp, placeholder, propertiesOf } from './synthesize.ts';

// The construct in a stack of somebody else's, as an app uses it.

const env = { account: '123456789012', region: 'ap-south-1' };
type Props = (stack: Stack) => Partial<ZohoTokenRefresherProps>;

function make(props: Props = () => ({}), app = newApp()): ZohoTokenRefresher {
  const stack = new Stack(app, 'S', { env });
  return new ZohoTokenRefresher(stack, 'Zoho', { connectionsJson, ...placeholder, ...props(stack) });
}

test('fifty connections with the longest names fit: every policy is inside the limits of IAM', () => {
  const app = newApp();
  const channel = { slackWorkspaceId: 'T0123ABCD', slackChannelId: 'C0123ABCD' };
  make(() => ({ connectionsJson: manyConnections(50), ...channel }), app);
  const { template } = app.synth().getStackArtifact('S');
  const mostCharacters = { 'AWS::IAM::Policy': 10_240, 'AWS::IAM::ManagedPolicy': 6_144 };
  for (const [type, most] of Object.entries(mostCharacters)) {
    const sizes = propertiesOf(template, type).map(({ PolicyDocument }) => JSON.stringify(PolicyDocument).length);
    expect(Math.max(...sizes), type).toBeLessThan(most);
    expect(sizes).not.toEqual([]);
  }
  expect(JSON.stringify(flat(template.Resources)).match(/secret:zoho\/c49-x+\/token-/g)).toHaveLength(1);
});

test.each<[string, Props, RegExp]>([
  [
    'topic',
    (stack) => ({ alertTopic: Topic.fromTopicArn(stack, 'T', 'arn:aws:sns:ap-south-1:123456789012:t') }),
    /until its policy has the statement {"Action":"sns:Publish".*alarm:zoho\/\*.* the policy of its key also needs {"Action":\["kms:Decrypt"/,
  ],
  [
    'key',
    (stack) => ({ encryptionKey: Key.fromKeyArn(stack, 'K', formerKey) }),
    /key of the topic is imported: until its policy has the statement {"Action":\["kms:Decrypt","kms:GenerateDataKey\*"\]/,
  ],
])(
  'warns about an imported %s until somebody has looked, because it cannot add the statement itself',
  (_, props, words) => {
    const app = newApp();
    make(props, app);
    const { messages } = app.synth().getStackArtifact('S');
    expect(messages.map(({ entry }) => String(entry.data)).join('\n')).toMatch(words);
  },
);

test('metrics are those that the function writes', () => {
  const refresher = make();
  const dimensions = { SecretPrefix: 'zoho', Connection: 'desk' };
  const names: [metric: object, metricName: string, statistic: string][] = [
    [refresher.metricSecondsToExpiry('desk'), 'SecondsToExpiry', 'Minimum'],
    [refresher.metricRefreshSuccess('desk'), 'RefreshSuccess', 'Sum'],
    [refresher.metricRefreshFailure('desk'), 'RefreshFailure', 'Sum'],
    [refresher.metricRefreshDuration('desk'), 'RefreshDuration', 'Maximum'],
  ];
  for (const [metric, metricName, statistic] of names)
    expect(metric).toMatchObject({ namespace: 'ZohoTokenRefresher', metricName, statistic, dimensions });
});

test('an app in another stack is granted its token without tying the two stacks together', () => {
  const app = newApp();
  const zoho = make(() => ({ customerManagedKey: true }), app);
  const other = new Stack(app, 'Other', { env });
  zoho.grantReadToken('desk', appRole(other, 'App'));
  const assembly = app.synth();
  expect(JSON.stringify(assembly.getStackArtifact('S').template)).not.toContain('OtherApp');
  expect(JSON.stringify(flat(assembly.getStackArtifact('Other').template))).toContain('secret:zoho/desk/token-??????');
});

test('an app in another account may ask for a refresh: the function itself lets it', () => {
  const app = newApp();
  const refresher = make(undefined, app);
  refresher.grantRefresh(new AccountPrincipal('210987654321'));
  refresher.grantRefresh(new ArnPrincipal('arn:aws:iam::345678901234:role/ChatApp'));
  const other = new Stack(app, 'Other', { env: { account: '210987654321', region: 'ap-south-1' } });
  refresher.grantRefresh(appRole(other, 'App', 'app'));
  const { template } = app.synth().getStackArtifact('S');
  const permissions = propertiesOf(template, 'AWS::Lambda::Permission');
  expect(permissions.map(({ Principal }) => Principal)).toEqual([
    '210987654321',
    'arn:aws:iam::345678901234:role/ChatApp',
    expect.stringMatching(/210987654321:role\/app$/),
  ]);
});
