import { describe, expect, test } from 'vitest';
import {
  formerKey,
  makeBringYourOwnStack,
  makeDefaultStack,
  makeEveryOptionStack,
  replicaKey,
} from './stacks.ts';
import { flat, ofType, synthesize, type Template } from './synthesize.ts';

const template = synthesize(makeDefaultStack);
const everyOption = synthesize(makeEveryOptionStack);
const arn = (service: string, rest: string) => `arn:aws:${service}:ap-south-1:123456789012:${rest}`;

describe('the function', () => {
  test('may read and write its four secrets, publish to its topic, write to its log group and nothing else', () => {
    expect(policyOf(template, /^RefresherRoleDefaultPolicy/)).toEqual([
      {
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
        Resource: [
          arn('secretsmanager', 'secret:zoho/desk/credentials-??????'),
          arn('secretsmanager', 'secret:zoho/desk/token-??????'),
          arn('secretsmanager', 'secret:zoho/salesiq/credentials-??????'),
          arn('secretsmanager', 'secret:zoho/salesiq/token-??????'),
        ],
      },
      {
        Effect: 'Allow',
        Action: 'sns:Publish',
        Resource: expect.stringMatching(/^<RefresherAlertTopic\w+>$/),
      },
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: expect.stringMatching(/^<RefresherLogs\w+\.Arn>$/),
      },
    ]);
  });

  test('may use a customer-managed key only through Secrets Manager and SNS', () => {
    const statements = policyOf(everyOption, /^RefresherRoleDefaultPolicy/);
    const services = statements
      .filter(({ Resource }) => /^<RefresherKey\w+\.Arn>$/.test(String(Resource)))
      .map(({ Action, Condition }) => {
        expect(Action).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
        return Condition;
      });
    expect(services).toEqual([
      { StringEquals: { 'kms:ViaService': 'secretsmanager.ap-south-1.amazonaws.com' } },
      { StringEquals: { 'kms:ViaService': 'sns.ap-south-1.amazonaws.com' } },
    ]);
  });

  test('may still read what is left under a former key, and write nothing with it', () => {
    const statements = policyOf(everyOption, /^RefresherRoleDefaultPolicy/);
    expect(statements.filter(({ Resource }) => Resource === formerKey)).toMatchObject([
      {
        Action: 'kms:Decrypt',
        Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.ap-south-1.amazonaws.com' } },
      },
    ]);
  });
});

describe('the schedule', () => {
  test('may invoke the function, and put what it cannot deliver into its queue', () => {
    expect(policyOf(template, /^RefresherTickRoleDefaultPolicy/)).toEqual([
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: expect.stringMatching(/^<RefresherFunction\w+\.Arn>$/),
      },
      {
        Effect: 'Allow',
        Action: 'sqs:SendMessage',
        Resource: expect.stringMatching(/^<RefresherTickDeadLetters\w+\.Arn>$/),
      },
    ]);
  });

  test('has a role that no schedule of another group or account can borrow', () => {
    const [role] = ofType(template, 'AWS::IAM::Role').filter(([id]) => id.startsWith('RefresherTickRole'));
    expect(flat(role?.[1].Properties.AssumeRolePolicyDocument)).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': '123456789012' },
            ArnEquals: {
              'aws:SourceArn': expect.stringMatching(
                /^arn:aws:scheduler:ap-south-1:123456789012:schedule-group\/ZohoTokenRefresher-Tick-\w+$/,
              ),
            },
          },
        },
      ],
    });
  });
});

describe('an app', () => {
  test('that was granted a token may read it, here and in the replica regions, and use the key for that', () => {
    expect(policyOf(everyOption, /^DeskAppDefaultPolicy/)).toEqual([
      {
        Effect: 'Allow',
        Action: 'secretsmanager:GetSecretValue',
        Resource: ['ap-south-1', 'eu-north-1', 'eu-west-1'].map(
          (region) => `arn:aws:secretsmanager:${region}:123456789012:secret:every/option/desk/token-??????`,
        ),
      },
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: expect.stringMatching(/^<RefresherKey\w+\.Arn>$/),
        Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.ap-south-1.amazonaws.com' } },
      },
      ...['eu-west-1', 'eu-north-1'].map((region) => ({
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: replicaKey(region),
        Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } },
      })),
    ]);
  });

  test('that was granted a refresh may invoke the function', () => {
    expect(policyOf(everyOption, /^ImpatientAppDefaultPolicy/)).toEqual([
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: expect.stringMatching(/^<RefresherFunction\w+\.Arn>$/),
      },
    ]);
  });

  test('of another account is let in by policies of the secret and the key, and the secret stays closed to the public', () => {
    const [policy] = ofType(everyOption, 'AWS::SecretsManager::ResourcePolicy');
    const principals = ['arn:aws:iam::345678901234:role/ChatApp', 'arn:aws:iam::210987654321:root'];
    expect(flat(policy?.[1].Properties)).toMatchObject({
      SecretId: 'every/option/salesiq/token',
      BlockPublicPolicy: true,
      ResourcePolicy: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'secretsmanager:GetSecretValue',
            Principal: { AWS: principals },
            Resource: '*',
          },
        ],
      },
    });
    const [key] = ofType(everyOption, 'AWS::KMS::Key');
    const statements = Object(flat(key?.[1].Properties.KeyPolicy)).Statement;
    expect(statements.at(-1)).toMatchObject({
      Action: 'kms:Decrypt',
      Principal: { AWS: principals },
      Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.ap-south-1.amazonaws.com' } },
    });
  });
});

test('a permissions boundary bounds every role', () => {
  const roles = ofType(synthesize(makeBringYourOwnStack), 'AWS::IAM::Role');
  expect(roles.length).toBe(2);
  for (const [id, { Properties }] of roles) {
    expect(flat(Properties.PermissionsBoundary), id).toMatch(/^<OwnBoundary\w+>$/);
  }
});

test('people in a chat channel may look at the alarms of this stage and nothing else', () => {
  const [policy] = ofType(everyOption, 'AWS::IAM::ManagedPolicy');
  expect(Object(flat(policy?.[1].Properties.PolicyDocument)).Statement).toEqual([
    {
      Effect: 'Allow',
      Action: ['cloudwatch:DescribeAlarmHistory', 'cloudwatch:DescribeAlarms'],
      Resource: arn('cloudwatch', 'alarm:every/option/*'),
    },
  ]);
  for (const kind of ['SlackChannelConfiguration', 'MicrosoftTeamsChannelConfiguration']) {
    const [[, channel] = []] = ofType(everyOption, `AWS::Chatbot::${kind}`);
    expect(flat(channel?.Properties.GuardrailPolicies)).toEqual([`<${policy?.[0]}>`]);
  }
});

type Statement = { Action: unknown; Resource: unknown; Condition?: unknown };

function policyOf(from: Template, id: RegExp): Statement[] {
  const found = ofType(from, 'AWS::IAM::Policy').find(([logicalId]) => id.test(logicalId));
  return Object(flat(found?.[1].Properties.PolicyDocument)).Statement;
}
