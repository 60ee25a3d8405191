import { describe, expect, test } from 'vitest';
import {
  formerKey,
  makeBringYourOwnStack,
  makeDefaultStack,
  makeEveryOptionStack,
  replicaKey,
} from './example-stacks.ts';
import { flat, ofType, propertiesOf, type Template, templateOf } from './synthesize.ts';

const template = templateOf(makeDefaultStack);
const everyOption = templateOf(makeEveryOptionStack);
const bringYourOwn = templateOf(makeBringYourOwnStack);

type Statement = { Effect: string; Action: unknown; Resource: unknown; Condition?: unknown };

const allow = (Action: string | string[], Resource: unknown, Condition?: object): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});
const through = (service: string, region = 'ap-south-1') => ({
  StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` },
});
const arn = (service: string, rest: string, region = 'ap-south-1') =>
  `arn:aws:${service}:${region}:123456789012:${rest}`;
const theFunction = expect.stringMatching(/^<RefresherFunction\w+\.Arn>$/);
const theKey = expect.stringMatching(/^<RefresherKey\w+\.Arn>$/);

function policyOf(from: Template, id: RegExp): Statement[] {
  const found = ofType(from, 'AWS::IAM::Policy').find(([logicalId]) => id.test(logicalId));
  return Object(flat(found?.[1].Properties.PolicyDocument)).Statement;
}

describe('the function', () => {
  test('may read and write its four secrets, publish to its topic, write to its log group and nothing else', () => {
    expect(policyOf(template, /^RefresherRoleDefaultPolicy/)).toEqual([
      allow(
        ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
        ['desk/credentials', 'desk/token', 'salesiq/credentials', 'salesiq/token'].map((name) =>
          arn('secretsmanager', `secret:zoho/${name}-??????`),
        ),
      ),
      allow('sns:Publish', expect.stringMatching(/^<RefresherAlertTopic\w+>$/)),
      allow(['logs:CreateLogStream', 'logs:PutLogEvents'], expect.stringMatching(/^<RefresherLogs\w+\.Arn>$/)),
    ]);
  });

  test('may use a customer-managed key only through Secrets Manager and SNS, and a former one only to read', () => {
    const statements = policyOf(everyOption, /^RefresherRoleDefaultPolicy/);
    expect(statements.filter(({ Action }) => JSON.stringify(Action).includes('kms:'))).toEqual([
      allow(['kms:Decrypt', 'kms:GenerateDataKey'], theKey, through('secretsmanager')),
      allow('kms:Decrypt', formerKey, through('secretsmanager')),
      allow(['kms:Decrypt', 'kms:GenerateDataKey'], theKey, through('sns')),
    ]);
  });
});

describe('the schedule', () => {
  test('may invoke the function, and put what it cannot deliver into its queue', () => {
    expect(policyOf(template, /^RefresherTickRoleDefaultPolicy/)).toEqual([
      allow('lambda:InvokeFunction', theFunction),
      allow('sqs:SendMessage', expect.stringMatching(/^<RefresherTickDeadLetters\w+\.Arn>$/)),
    ]);
  });

  test('has a role that no schedule of another group or account can borrow', () => {
    const [role] = ofType(template, 'AWS::IAM::Role').filter(([id]) => id.startsWith('RefresherTickRole'));
    const group = arn('scheduler', 'schedule-group/ZohoTokenRefresher-Tick-');
    expect(Object(flat(role?.[1].Properties.AssumeRolePolicyDocument)).Statement).toMatchObject([
      {
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: {
          StringEquals: { 'aws:SourceAccount': '123456789012' },
          ArnEquals: { 'aws:SourceArn': expect.stringMatching(new RegExp(`^${group}\\w+$`)) },
        },
      },
    ]);
  });
});

describe('an app', () => {
  test('that was granted a token may read it, here and in the replica regions, and use the key for that', () => {
    expect(policyOf(everyOption, /^DeskAppDefaultPolicy/)).toEqual([
      allow(
        'secretsmanager:GetSecretValue',
        ['ap-south-1', 'eu-north-1', 'eu-west-1'].map((region) =>
          arn('secretsmanager', 'secret:zoho-stage/desk/token-??????', region),
        ),
      ),
      allow('kms:Decrypt', theKey, through('secretsmanager')),
      ...['eu-west-1', 'eu-north-1'].map((region) =>
        allow('kms:Decrypt', replicaKey(region), through('secretsmanager', region)),
      ),
    ]);
  });

  test('that was granted a refresh may invoke the function', () => {
    const statements = policyOf(everyOption, /^ImpatientAppDefaultPolicy/);
    expect(statements).toEqual([allow('lambda:InvokeFunction', theFunction)]);
  });

  test('of another account is let in by policies of the secret and the key, and the secret stays closed to the public', () => {
    const Principal = { AWS: ['arn:aws:iam::210987654321:root', 'arn:aws:iam::345678901234:role/ChatApp'] };
    expect(propertiesOf(everyOption, 'AWS::SecretsManager::ResourcePolicy')).toMatchObject([
      {
        SecretId: 'zoho-stage/salesiq/token',
        BlockPublicPolicy: true,
        ResourcePolicy: { Statement: [{ ...allow('secretsmanager:GetSecretValue', '*'), Principal }] },
      },
    ]);
    const [{ KeyPolicy }] = propertiesOf(everyOption, 'AWS::KMS::Key');
    const throughSecret = { ...allow('kms:Decrypt', '*', through('secretsmanager')), Principal };
    expect(KeyPolicy.Statement.at(-1)).toMatchObject(throughSecret);
  });
});

describe('CloudWatch', () => {
  test.each<[string, Template, topic: string, key: string | undefined, prefix: string]>([
    ['the default stack', template, 'RefresherAlertTopic', undefined, 'zoho'],
    ['a stack with every option on', everyOption, 'RefresherPagingTopic', 'RefresherKey', 'zoho-stage'],
    ['a stack that brings its own', bringYourOwn, 'OwnTopic', 'OwnKey', 'own'],
  ])('may publish an alarm to its topic, over TLS as everybody, and use the key for it: %s', (...row) => {
    const [, from, topic, key, prefix] = row;
    const alarm = {
      StringEquals: { 'aws:SourceAccount': '123456789012' },
      ArnLike: { 'aws:SourceArn': arn('cloudwatch', `alarm:${prefix}/*`) },
    };
    const service = { Principal: { Service: 'cloudwatch.amazonaws.com' } };
    const named = expect.stringMatching(new RegExp(`^<${topic}\\w+>$`));
    const tlsOnly = { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    const policies = propertiesOf(from, 'AWS::SNS::TopicPolicy');
    expect(policies).toHaveLength(ofType(from, 'AWS::SNS::Topic').length);
    for (const { PolicyDocument } of policies) expect(PolicyDocument.Statement[0]).toMatchObject(tlsOnly);
    expect(policies.map(({ PolicyDocument }) => PolicyDocument.Statement)).toContainEqual([
      expect.anything(),
      expect.objectContaining({ ...allow('sns:Publish', named, alarm), ...service }),
    ]);
    if (key === undefined) return;
    const [{ KeyPolicy }] = propertiesOf(from, 'AWS::KMS::Key');
    expect(KeyPolicy.Statement).toContainEqual(
      expect.objectContaining({ ...allow(['kms:Decrypt', 'kms:GenerateDataKey*'], '*', alarm), ...service }),
    );
  });
});

test('a permissions boundary bounds every role', () => {
  const roles = ofType(everyOption, 'AWS::IAM::Role').filter(([id]) => id.startsWith('Refresher'));
  const boundaries = roles.map(([, { Properties }]) => flat(Properties.PermissionsBoundary));
  expect(boundaries).toEqual(Array(4).fill('arn:aws:iam::123456789012:policy/bound'));
});

test('people in a chat channel may look at the alarms of this stage and nothing else', () => {
  const [policy] = ofType(everyOption, 'AWS::IAM::ManagedPolicy');
  expect(Object(flat(policy?.[1].Properties.PolicyDocument)).Statement).toEqual([
    allow(['cloudwatch:DescribeAlarmHistory', 'cloudwatch:DescribeAlarms'], arn('cloudwatch', 'alarm:zoho-stage/*')),
  ]);
  for (const kind of ['SlackChannelConfiguration', 'MicrosoftTeamsChannelConfiguration']) {
    const GuardrailPolicies = [`<${policy?.[0]}>`];
    expect(propertiesOf(everyOption, `AWS::Chatbot::${kind}`)).toMatchObject([{ GuardrailPolicies }]);
  }
});
