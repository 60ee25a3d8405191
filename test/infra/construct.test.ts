import { App, CfnParameter, Duration, Stack, Token } from 'aws-cdk-lib';
import { AccountPrincipal, ArnPrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { type CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import { expect, test } from 'vitest';
import type { ZohoTokenRefresherProps } from '../../infra/props.ts';
import { ZohoTokenRefresher } from '../../infra/zoho-token-refresher.ts';
import { appRole, connectionsJson, manyConnections } from './example-stacks.ts';
import { flat, newApp, placeholder, propertiesOf } from './synthesize.ts';

// The construct in a stack of somebody else's, as an app uses it.

const env = { account: '123456789012', region: 'ap-south-1' };
/** Props; those that bring something along make it in the stack. */
type Props = Partial<ZohoTokenRefresherProps> | ((stack: Stack) => Partial<ZohoTokenRefresherProps>);

function make(props: Props, app = new App(), stack = new Stack(app, 'S', { env })): ZohoTokenRefresher {
  const given = typeof props === 'function' ? props(stack) : props;
  return new ZohoTokenRefresher(stack, 'Zoho', { connectionsJson, ...placeholder, ...given });
}

test('fifty connections with the longest names fit: every policy is inside the limits of IAM', () => {
  const app = newApp();
  const channel = { slackWorkspaceId: 'T0123ABCD', slackChannelId: 'C0123ABCD' };
  make({ connectionsJson: manyConnections(50), ...channel }, app);
  const { template } = app.synth().getStackArtifact('S');
  const mostCharacters = { 'AWS::IAM::Policy': 10_240, 'AWS::IAM::ManagedPolicy': 6_144 };
  for (const [type, most] of Object.entries(mostCharacters)) {
    const sizes = propertiesOf(template, type).map(({ PolicyDocument }) => JSON.stringify(PolicyDocument).length);
    expect(Math.max(...sizes), type).toBeLessThan(most);
    expect(sizes).not.toEqual([]);
  }
  expect(JSON.stringify(flat(template.Resources)).match(/secret:zoho\/c49-x+\/token-/g)).toHaveLength(1);
});

test.each([
  ['SecondsToExpiry', 'Minimum'],
  ['RefreshSuccess', 'Sum'],
  ['RefreshFailure', 'Sum'],
  ['RefreshDuration', 'Maximum'],
] as const)('the metric %s is the one that the function writes', (metricName, statistic) => {
  const dimensions = { SecretPrefix: 'zoho', Connection: 'desk' };
  const metric = make({})[`metric${metricName}`]('desk');
  expect(metric).toMatchObject({ namespace: 'ZohoTokenRefresher', metricName, statistic, dimensions });
});

test('an app in another stack is granted its token without tying the two stacks together', () => {
  const app = newApp();
  const zoho = make({ customerManagedKey: true }, app);
  const other = new Stack(app, 'Other', { env });
  zoho.grantReadToken('desk', appRole(other, 'App'));
  const assembly = app.synth();
  expect(JSON.stringify(assembly.getStackArtifact('S').template)).not.toContain('OtherApp');
  expect(JSON.stringify(flat(assembly.getStackArtifact('Other').template))).toContain('secret:zoho/desk/token-??????');
});

test('an app in another account may ask for a refresh: the function itself lets it', () => {
  const app = newApp();
  const refresher = make({}, app);
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

const topicNamed = (stack: Stack, name: string, region = 'ap-south-1') =>
  Topic.fromTopicArn(stack, 'T', `arn:aws:sns:${region}:123456789012:${name}`);
const alias = (stack: Stack, name: string) => Alias.fromAliasName(stack, 'A', name);
const encrypted = (stack: Stack, name: string) => new Topic(stack, 'T', { masterKey: alias(stack, name) });

/** What can never work, each with the value, the range and what to do in the message. */
const refused: [props: Props, message: RegExp][] = [
  [{ probeInterval: Duration.minutes(1) }, /probeInterval: found 1 minutes, expected 5 .*to 1440/],
  [{ memorySizeMegabytes: 64 }, /memorySizeMegabytes: found 64, expected 128 to 10240/],
  [{ reservedConcurrency: 0 }, /reservedConcurrency: found 0, expected a whole number of at least 1/],
  [{ probeInterval: Duration.days(2), memorySizeMegabytes: 1 }, /probeInterval(.|\n)*memorySizeMegabytes/],
  [{ alertEmails: ['on-call'] }, /alertEmails: "on-call" is not an e-mail address/],
  [{ alertEmails: ['a@acme.io', 'a@acme.io'] }, /alertEmails: "a@acme.io" is there twice/],
  [{ existingSecrets: ['dek'] }, /existingSecrets: unknown connection "dek"; expected one of salesiq, desk/],
  [{ existingSecrets: ['desk', 'desk'] }, /existingSecrets: "desk" is there twice/],
  [{ slackWorkspaceId: 'T0123ABCD' }, /slackChannelId: missing, a Slack channel needs slackWorkspaceId, slack/],
  [{ teamsTeamId: 'x' }, /teamsTenantId, teamsChannelId: missing/],
  [{ functionCodeFolder: '/nowhere' }, /found no index\.mjs in \/nowhere, run npm run build first/],
  [{ secretPrefix: 'z'.repeat(49) }, /makes the function name z+-token-refresher, expected at most 64/],
  [{ secretPrefix: '/zoho' }, /\$\.secret_prefix: expected letters/],
  [{ connectionsJson: '{"connections":[]}' }, /\$\.connections: expected at least one connection/],
  [{ connectionsJson: manyConnections(51) }, /found 51, at most 50 fit one stack; deploy a second stack with/],
  [{ tokenReplicaRegions: ['Mumbai'] }, /tokenReplicaRegions: "Mumbai" is not a Region/],
  [{ tokenReplicaRegions: ['eu-west-1', 'eu-west-1'] }, /tokenReplicaRegions: "eu-west-1" is there twice/],
  [{ tokenReplicaRegions: ['ap-south-1'] }, /ap-south-1 is the Region of the stack itself/],
  [{ customerManagedKey: true, tokenReplicaRegions: ['eu-west-1'] }, /does not reach eu-west-1; give the ARN of a/],
  [{ tokenReplicaKeyArns: { 'eu-west-1': 'x' } }, /eu-west-1 is not among tokenReplicaRegions/],
  [{ tokenReplicaRegions: ['eu-west-1'], tokenReplicaKeyArns: { 'eu-west-1': 'x' } }, /secrets themselves have no cus/],
  [(stack) => ({ encryptionKey: new Key(stack, 'K'), customerManagedKey: false }), /contradicts encryptionKey/],
  [(stack) => ({ encryptionKey: alias(stack, 'alias/aws/sns') }), /encryptionKey: .* one of AWS's own keys/],
  [(stack) => ({ encryptionKey: alias(stack, 'alias/zoho') }), /encryptionKey: an alias names no key in a/],
  [(stack) => ({ formerEncryptionKeys: [alias(stack, 'alias/zoho')] }), /formerEncryptionKeys: an alias names/],
  [(stack) => ({ alertTopic: encrypted(stack, 'alias/zoho') }), /alertTopic: an alias names no key/],
  [(stack) => ({ alertTopic: new Topic(stack, 'T', { fifo: true }) }), /a FIFO .* give a standard topic/],
  [(stack) => ({ alertTopic: topicNamed(stack, 'alerts.fifo') }), /a FIFO topic .* give a standard topic/],
  [(stack) => ({ alertTopic: topicNamed(stack, 'alerts', 'eu-west-1') }), /is in eu-west-1.* topic in ap-south-1/],
  [(stack) => ({ alertTopic: encrypted(stack, 'alias/aws/sns'), pagingTopic: true }), /alertTopic: .* key of SNS/],
  [
    (stack) => {
      const alertTopic = new Topic(stack, 'T');
      (alertTopic.node.defaultChild as CfnTopic).kmsMasterKeyId = 'alias/aws/sns';
      return { alertTopic };
    },
    /alertTopic: CloudWatch cannot publish to a topic under the AWS-managed key of SNS/,
  ],
];

test.each(refused.map(([props, message]) => [message.source, props, message] as const))(
  'fails with: %s',
  (_, props, message) => {
    expect(() => make(props)).toThrow(message);
  },
);

test('fails for two refreshers of one prefix, unless they are in different places', () => {
  const app = new App();
  const second = (id: string, region: string, props: Props = {}) =>
    make(props, app, new Stack(app, id, { env: { ...env, region } }));
  second('S', 'ap-south-1');
  expect(() => second('Twin', 'ap-south-1')).toThrow(/secretPrefix: "zoho" is also that of S\/Zoho/);
  expect(() => second('Elsewhere', 'eu-west-1')).not.toThrow();
  expect(() => second('Other', 'ap-south-1', { secretPrefix: 'zoho-other' })).not.toThrow();
});

test('fails in a method for an unknown connection, and for a reader elsewhere who could not use the key', () => {
  const refresher = make({});
  expect(() => refresher.tokenSecret('dek')).toThrow('unknown connection "dek"; expected one of salesiq, desk');
  expect(() => refresher.metricSecondsToExpiry('dek')).toThrow('unknown connection "dek"');
  expect(() => refresher.grantReadToken('desk', new AccountPrincipal('210987654321'))).toThrow(
    /another account cannot use the AWS-managed key, set customerManagedKey: true/,
  );
});

test('an alias of a key that the app makes stands for the key', () => {
  const refresher = make((stack) => ({ encryptionKey: new Key(stack, 'K').addAlias('alias/zoho') }));
  expect(refresher.encryptionKey).toBeInstanceOf(Key);
});

test('what is known only at deploy time passes every check', () => {
  const late = (stack: Stack) => {
    const parameter = (id: string) => new CfnParameter(stack, id).valueAsString;
    return {
      alertEmails: [parameter('Email'), parameter('Email2')],
      tokenReplicaRegions: [parameter('Region')],
      memorySizeMegabytes: Token.asNumber({ Ref: 'Memory' }),
      reservedConcurrency: Token.asNumber({ Ref: 'Reserved' }),
      probeInterval: Duration.seconds(Token.asNumber({ Ref: 'Probe' })),
      runbookUrl: parameter('Runbook'),
      alertTopic: Topic.fromTopicArn(stack, 'T', parameter('Topic')),
    };
  };
  expect(() => make(late)).not.toThrow();
});
