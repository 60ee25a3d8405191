import { App, CfnParameter, Duration, Stack, Token } from 'aws-cdk-lib';
import { AccountPrincipal, ArnPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { type CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import type { ZohoTokenRefresherProps } from '../../infra/props.ts';
import { ZohoTokenRefresher } from '../../infra/zoho-token-refresher.ts';
import { connectionsJson } from './stacks.ts';
import { flat, newApp, ofType, placeholder } from './synthesize.ts';

type Props = (stack: Stack) => Partial<ZohoTokenRefresherProps>;
const env = { account: '123456789012', region: 'ap-south-1' };

function make(props: Props, app = new App()): ZohoTokenRefresher {
  const stack = new Stack(app, 'S', { env });
  return new ZohoTokenRefresher(stack, 'Zoho', { connectionsJson, ...placeholder, ...props(stack) });
}

const arn = (rest: string, region = 'ap-south-1') => `arn:aws:sns:${region}:123456789012:${rest}`;
const awsKey = (stack: Stack) => Alias.fromAliasName(stack, 'AwsKey', 'alias/aws/sns');

describe('what can never work is refused', () => {
  const cases: [name: string, props: Props, message: RegExp][] = [
    [
      'a FIFO topic',
      (stack) => ({ alertTopic: new Topic(stack, 'T', { fifo: true }) }),
      /FIFO .* give a standard topic/,
    ],
    [
      'a FIFO topic by its ARN',
      (stack) => ({ alertTopic: Topic.fromTopicArn(stack, 'T', arn('alerts.fifo')) }),
      /FIFO .* give a standard topic/,
    ],
    [
      'a topic of another Region',
      (stack) => ({ alertTopic: Topic.fromTopicArn(stack, 'T', arn('alerts', 'eu-west-1')) }),
      /it is in eu-west-1.* give a topic in ap-south-1/,
    ],
    [
      'a topic under the AWS-managed key',
      (stack) => ({ alertTopic: new Topic(stack, 'T', { masterKey: awsKey(stack) }) }),
      /under the AWS-managed key of SNS/,
    ],
    [
      'a topic under the AWS-managed key beside a paging topic',
      (stack) => ({ alertTopic: new Topic(stack, 'T', { masterKey: awsKey(stack) }), pagingTopic: true }),
      /under the AWS-managed key of SNS/,
    ],
    [
      'a topic under the AWS-managed key, set on its resource',
      (stack) => {
        const alertTopic = new Topic(stack, 'T');
        (alertTopic.node.defaultChild as CfnTopic).kmsMasterKeyId = 'alias/aws/sns';
        return { alertTopic };
      },
      /under the AWS-managed key of SNS/,
    ],
    ['an AWS-managed encryptionKey', (stack) => ({ encryptionKey: awsKey(stack) }), /one of AWS's own keys/],
    [
      'an alias whose key is not known',
      (stack) => ({ encryptionKey: Alias.fromAliasName(stack, 'A', 'alias/zoho') }),
      /encryptionKey: an alias names no key in a policy/,
    ],
    [
      'an alias as a former key',
      (stack) => ({ formerEncryptionKeys: [Alias.fromAliasName(stack, 'A', 'alias/zoho')] }),
      /formerEncryptionKeys: an alias names no key/,
    ],
    [
      'a replica of a secret under a customer-managed key without a key of its own',
      () => ({ customerManagedKey: true, tokenReplicaRegions: ['eu-west-1'] }),
      /does not reach eu-west-1; give the ARN of a customer-managed key there/,
    ],
    [
      'a replica beside its primary',
      () => ({ tokenReplicaRegions: ['ap-south-1'] }),
      /ap-south-1 is the Region of the stack itself/,
    ],
    [
      'a key for a Region without a replica',
      () => ({ tokenReplicaKeyArns: { 'eu-west-1': 'x' } }),
      /tokenReplicaKeyArns: eu-west-1 is not among tokenReplicaRegions/,
    ],
    ...(['alertEmails', 'tokenReplicaRegions', 'existingSecrets'] as const).map(
      (prop): [string, Props, RegExp] => {
        const value = { alertEmails: 'a@acme.io', tokenReplicaRegions: 'eu-west-1', existingSecrets: 'desk' }[
          prop
        ];
        return [
          `a duplicate in ${prop}`,
          () => ({ [prop]: [value, value] }),
          new RegExp(`${prop}: "${value}" is there twice`),
        ];
      },
    ),
  ];
  test.each(cases)('%s', (_, props, message) => {
    expect(() => make(props)).toThrow(message);
  });

  test('two refreshers of one prefix, unless they are in different places', () => {
    const app = new App();
    make(() => ({}), app);
    const second = (id: string, region: string, secretPrefix?: string) =>
      new ZohoTokenRefresher(new Stack(app, id, { env: { ...env, region } }), 'Zoho', {
        connectionsJson,
        ...placeholder,
        ...(secretPrefix === undefined ? {} : { secretPrefix }),
      });
    expect(() => second('Twin', 'ap-south-1')).toThrow(/secretPrefix: "zoho" is also that of S\/Zoho/);
    expect(() => second('Elsewhere', 'eu-west-1')).not.toThrow();
    expect(() => second('Other', 'ap-south-1', 'zoho-other')).not.toThrow();
  });
});

test('an alias of a key that the app makes stands for the key', () => {
  const refresher = make((stack) => ({ encryptionKey: new Key(stack, 'K').addAlias('alias/zoho') }));
  expect(refresher.encryptionKey).toBeInstanceOf(Key);
});

test('what is known only at deploy time passes every check', () => {
  const make1 = () =>
    make((stack) => {
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
    });
  expect(make1).not.toThrow();
});

test('an app in another account may ask for a refresh: the function itself lets it', () => {
  const app = newApp();
  const refresher = make(() => ({}), app);
  refresher.grantRefresh(new AccountPrincipal('210987654321'));
  refresher.grantRefresh(new ArnPrincipal('arn:aws:iam::345678901234:role/ChatApp'));
  const other = new Stack(app, 'Other', { env: { account: '210987654321', region: 'ap-south-1' } });
  refresher.grantRefresh(
    new Role(other, 'App', { roleName: 'app', assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }),
  );
  const { template } = app.synth().getStackArtifact('S');
  const principals = ofType(template, 'AWS::Lambda::Permission').map(([, { Properties }]) =>
    flat(Properties.Principal),
  );
  expect(principals.slice(0, 2)).toEqual(['210987654321', 'arn:aws:iam::345678901234:role/ChatApp']);
  expect(String(principals[2])).toMatch(/210987654321:role\/app$/);
});
