import { expect, test } from 'vitest';
import { makeBringYourOwnStack, makeDefaultStack, makeEveryOptionStack, replicaKey } from './stacks.ts';
import { flat, ofType, synthesize, type Template } from './synthesize.ts';

// A changed logical id makes CloudFormation create a second secret under a taken name, or forget the first. A changed
// value property makes it overwrite what is stored. Neither may ever change: these tests are not to be adapted.

const defaultTemplate = synthesize(makeDefaultStack);
const everyOption = synthesize(makeEveryOptionStack);

const secretIds = {
  RefresherSecretssalesiqCredentialsC79FA7CE: 'salesiq/credentials',
  RefresherSecretssalesiqToken7F8DADB2: 'salesiq/token',
  RefresherSecretsdeskCredentials82AD9B34: 'desk/credentials',
  RefresherSecretsdeskToken6B1690BF: 'desk/token',
};

test('the secrets have their logical ids and names, and nothing that writes a value', () => {
  expect(propertiesOf(defaultTemplate, 'AWS::SecretsManager::Secret')).toEqual(
    Object.fromEntries(
      Object.entries(secretIds).map(([id, name]) => [
        id,
        { Name: `zoho/${name}`, Description: expect.stringMatching(/^Zoho /) },
      ]),
    ),
  );
});

test('with every option on, the secrets have the same logical ids, the key and their replicas, and no value', () => {
  const Description = expect.stringMatching(/^Zoho /);
  const KmsKeyId = '<RefresherKey735B1D04.Arn>';
  expect(propertiesOf(everyOption, 'AWS::SecretsManager::Secret')).toEqual(
    Object.fromEntries(
      Object.entries(secretIds).map(([id, name]) => [
        id,
        {
          Name: `every/option/${name}`,
          Description,
          KmsKeyId,
          Tags: expect.any(Array),
          ...(name.endsWith('token')
            ? {
                ReplicaRegions: ['eu-west-1', 'eu-north-1'].map((region) => ({
                  Region: region,
                  KmsKeyId: replicaKey(region),
                })),
              }
            : {}),
        },
      ]),
    ),
  );
});

test('topic and key have their logical ids', () => {
  expect(ofType(defaultTemplate, 'AWS::SNS::Topic').map(([id]) => id)).toEqual([
    'RefresherAlertTopic97ECEB71',
  ]);
  expect(ofType(everyOption, 'AWS::SNS::Topic').map(([id]) => id)).toEqual([
    'RefresherAlertTopic97ECEB71',
    'RefresherPagingTopic31D6132B',
    'RefresherChatTopic612B383B',
  ]);
  expect(ofType(everyOption, 'AWS::KMS::Key').map(([id]) => id)).toEqual(['RefresherKey735B1D04']);
});

test('the key is rotated and outlives the stack, as the secrets do', () => {
  const [[, key] = []] = ofType(everyOption, 'AWS::KMS::Key');
  expect(key).toMatchObject({
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: { EnableKeyRotation: true },
  });
});

test('existing secrets are used, not made', () => {
  const template = synthesize(makeBringYourOwnStack);
  const names = ofType(template, 'AWS::SecretsManager::Secret').map(([, { Properties }]) => Properties.Name);
  expect(names).toEqual(['own/salesiq/credentials', 'own/salesiq/token']);
  expect(JSON.stringify(flat(template.Resources))).toContain('secret:own/desk/token-??????');
});

function propertiesOf(template: Template, type: string): Record<string, unknown> {
  return Object.fromEntries(ofType(template, type).map(([id, { Properties }]) => [id, flat(Properties)]));
}
