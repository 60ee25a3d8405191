import { expect, test } from 'vitest';
import { makeDefaultStack, makeEveryOptionStack, replicaKey } from './example-stacks.ts';
import { flat, ofType, type Template, templateOf } from './synthesize.ts';

// A changed logical id makes CloudFormation create a second secret under a taken name, or forget the first. A changed
// value property makes it overwrite what is stored. Neither may ever change: these tests are not to be adapted.

const defaultTemplate = templateOf(makeDefaultStack);
const everyOption = templateOf(makeEveryOptionStack);

const secretIds = {
  RefresherSecretssalesiqCredentialsC79FA7CE: 'salesiq/credentials',
  RefresherSecretssalesiqToken7F8DADB2: 'salesiq/token',
  RefresherSecretsdeskCredentials82AD9B34: 'desk/credentials',
  RefresherSecretsdeskToken6B1690BF: 'desk/token',
};

/** What a removed or changed stack leaves behind as it is. */
const outlivesStack = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };

/** The secrets with exactly these properties, by their logical ids. */
function secretsWith(prefix: string, connections: RegExp, propertiesOf: (name: string) => object = () => ({})) {
  const ours = Object.entries(secretIds).filter(([, name]) => connections.test(name));
  return Object.fromEntries(
    ours.map(([id, name]) => [
      id,
      {
        Type: 'AWS::SecretsManager::Secret',
        ...outlivesStack,
        Properties: {
          Name: `${prefix}/${name}`,
          Description: expect.stringMatching(/^Zoho /),
          ...propertiesOf(name),
        },
      },
    ]),
  );
}

const secretsOf = (template: Template) => flat(Object.fromEntries(ofType(template, 'AWS::SecretsManager::Secret')));
const idsOf = (template: Template, type: string) => ofType(template, type).map(([id]) => id);

test('the secrets have their logical ids and names, and nothing that writes a value', () => {
  expect(secretsOf(defaultTemplate)).toEqual(secretsWith('zoho', /./));
});

test('with every option on, the secrets have the same logical ids, the key and their replicas, and no value; existing ones are used, not made', () => {
  const ReplicaRegions = ['eu-west-1', 'eu-north-1'].map((region) => ({
    Region: region,
    KmsKeyId: replicaKey(region),
  }));
  expect(secretsOf(everyOption)).toEqual(
    secretsWith('zoho-stage', /^salesiq/, (name) => ({
      KmsKeyId: '<RefresherKey735B1D04.Arn>',
      Tags: expect.any(Array),
      ...(name.endsWith('token') ? { ReplicaRegions } : {}),
    })),
  );
  expect(JSON.stringify(flat(everyOption.Resources))).toContain('secret:zoho-stage/desk/token-??????');
});

test('topic and key have their logical ids', () => {
  expect(idsOf(defaultTemplate, 'AWS::SNS::Topic')).toEqual(['RefresherAlertTopic97ECEB71']);
  expect(idsOf(everyOption, 'AWS::SNS::Topic')).toEqual([
    'RefresherAlertTopic97ECEB71',
    'RefresherPagingTopic31D6132B',
    'RefresherChatTopic612B383B',
  ]);
  expect(idsOf(everyOption, 'AWS::KMS::Key')).toEqual(['RefresherKey735B1D04']);
});

test('the key is rotated and outlives the stack, as the secrets do', () => {
  const [[, key] = []] = ofType(everyOption, 'AWS::KMS::Key');
  expect(key).toMatchObject({ ...outlivesStack, Properties: { EnableKeyRotation: true } });
});
