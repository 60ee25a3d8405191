import { describe, expect, test } from 'vitest';
import { makeBringYourOwnStack, makeDefaultStack, makeEveryOptionStack } from './stacks.ts';
import { faultsOfStructure } from './structure.ts';
import { ofType, onlyOne, synthesize, type Template } from './synthesize.ts';

const defaultTemplate = synthesize(makeDefaultStack);
const everyOption = synthesize(makeEveryOptionStack);
const templates: [name: string, template: Template][] = [
  ['the default stack', defaultTemplate],
  ['a stack with every option on', everyOption],
  ['a stack that brings its own topic, key and secrets', synthesize(makeBringYourOwnStack)],
];

test.each(templates)('%s holds together', (_, template) => {
  expect(faultsOfStructure(template)).toEqual([]);
});

/** A change that somebody might make, and what has to notice it. */
const mutations: [name: string, type: string, change: (resource: Mutable) => void, fault: RegExp][] = [
  [
    'an alarm loses its action',
    'AWS::CloudWatch::Alarm',
    ({ Properties }) => {
      Properties.AlarmActions = [];
    },
    /has no AlarmActions/,
  ],
  [
    'an alarm loses its OK action',
    'AWS::CloudWatch::Alarm',
    ({ Properties }) => {
      delete Properties.OKActions;
    },
    /has no OKActions/,
  ],
  [
    'an alarm loses its missing-data rule',
    'AWS::CloudWatch::Alarm',
    ({ Properties }) => {
      delete Properties.TreatMissingData;
    },
    /has no rule for missing data/,
  ],
  [
    'a life alarm treats missing data as good',
    'AWS::CloudWatch::Alarm',
    ({ Properties }) => {
      Properties.TreatMissingData = 'notBreaching';
    },
    /sleeps while the function does not run/,
  ],
  [
    'a life alarm no longer fills silence with 0',
    'AWS::CloudWatch::Alarm',
    ({ Properties }) => {
      Properties.Metrics[0].Expression = 'm1';
    },
    /sleeps while the function does not run/,
  ],
  [
    'a topic policy loses the statement for CloudWatch',
    'AWS::SNS::TopicPolicy',
    ({ Properties }) => {
      Properties.PolicyDocument.Statement.length = 1;
    },
    /does not let it publish/,
  ],
  [
    'a topic policy stops demanding TLS',
    'AWS::SNS::TopicPolicy',
    ({ Properties }) => {
      Properties.PolicyDocument.Statement.shift();
    },
    /without TLS/,
  ],
  [
    'a policy gets a wildcard resource',
    'AWS::IAM::Policy',
    ({ Properties }) => {
      Properties.PolicyDocument.Statement[0].Resource = '*';
    },
    /has the wildcard \*/,
  ],
  [
    'a policy gets a wildcard action',
    'AWS::IAM::Policy',
    ({ Properties }) => {
      Properties.PolicyDocument.Statement[0].Action = 'secretsmanager:*';
    },
    /has the wildcard secretsmanager/,
  ],
  [
    "a role gets one of AWS's wide policies",
    'AWS::IAM::Role',
    ({ Properties }) => {
      Properties.ManagedPolicyArns = ['arn:aws:iam::aws:policy/AdministratorAccess'];
    },
    /wide policy/,
  ],
  [
    'a secret loses its retention',
    'AWS::SecretsManager::Secret',
    (secret) => {
      secret.DeletionPolicy = 'Delete';
    },
    /would be deleted with its stack/,
  ],
  [
    'a secret gets a value',
    'AWS::SecretsManager::Secret',
    ({ Properties }) => {
      Properties.SecretString = 'anything';
    },
    /would overwrite what is stored/,
  ],
  [
    'a schedule leaves too few tries',
    'AWS::Scheduler::Schedule',
    ({ Properties }) => {
      Properties.ScheduleExpression = 'rate(15 minutes)';
    },
    /leaves 2 tries/,
  ],
  [
    'a schedule loses its dead-letter queue',
    'AWS::Scheduler::Schedule',
    ({ Properties }) => {
      delete Properties.Target.DeadLetterConfig;
    },
    /loses what it cannot deliver/,
  ],
];

describe('the structure check notices when', () => {
  test.each(mutations)('%s', (_, type, change, fault) => {
    const template = structuredClone(defaultTemplate);
    const [first] = ofType(template, type);
    change(first?.[1] as unknown as Mutable);
    expect(faultsOfStructure(template).join('\n')).toMatch(fault);
  });

  test("the key's policy loses the statement for CloudWatch", () => {
    const template = structuredClone(everyOption);
    const key = onlyOne(template, 'AWS::KMS::Key') as unknown as Mutable;
    key.Properties.KeyPolicy.Statement.splice(1, 1);
    expect(faultsOfStructure(template).join('\n')).toMatch(/policy of the key .* does not let it publish/);
  });
});

/** A resource to be spoilt; its properties may be anything. */
type Mutable = {
  DeletionPolicy: string;
  // biome-ignore lint/suspicious/noExplicitAny: the point is to reach anywhere
  Properties: Record<string, any>;
};
