import type { PutSecretValueCommandInput } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { openSecrets, SecretId } from './stand-ins.ts';

const unknownVersion = '00000000-0000-0000-0000-000000000000';
const hour = 3_600_000;
const cannotFind = "Secrets Manager can't find the specified secret";

const refused = (name: string, message: unknown = expect.anything()) => ({
  name,
  message,
  $metadata: { httpStatusCode: 400 },
});
const notFound = (message: string) => refused('ResourceNotFoundException', message);

describe('what is not there', () => {
  test('fails for a secret, a label, a version and a pair of both that is not there', async () => {
    const { standIn, get, describe } = await openSecrets();
    // With status 400 and not 404.
    await expect(describe()).rejects.toMatchObject(notFound(`${cannotFind}.`));
    standIn.createSecret(SecretId);
    const VersionId = standIn.put(SecretId, 'value');
    const byLabel = `${cannotFind} value for staging label: AWSPREVIOUS`;
    await expect(get({ VersionStage: 'AWSPREVIOUS' })).rejects.toMatchObject(notFound(byLabel));
    const byVersion = `${cannotFind} value for VersionId: ${unknownVersion}`;
    await expect(get({ VersionId: unknownVersion })).rejects.toMatchObject(notFound(byVersion));
    const apart = 'You provided a VersionStage that is not associated to the provided VersionId.';
    await expect(get({ VersionId, VersionStage: 'INCIDENT' })).rejects.toMatchObject(
      refused('InvalidRequestException', apart),
    );
  });

  test('fails for a secret that is marked for deletion, until it is restored', async () => {
    const { standIn, get, put, describe } = await openSecrets({ value: 'value' });
    standIn.scheduleDeletion(SecretId);
    const marked = "You can't perform this operation on the secret because it was marked for deletion.";
    for (const attempt of [get, () => put('value')])
      await expect(attempt()).rejects.toMatchObject(refused('InvalidRequestException', marked));
    expect((await describe()).DeletedDate).toBeInstanceOf(Date);
    standIn.restore(SecretId);
    expect(await get()).toMatchObject({ SecretString: 'value' });
  });
});

describe('limits', () => {
  const tooLong =
    "1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536";
  const some = (count: number) => Array.from({ length: count }, (_, index) => `L${index}`);
  const invalid = refused('ValidationException');

  test.each<[title: string, input: Partial<PutSecretValueCommandInput>, refusal: object]>([
    ['65,538 bytes', { SecretString: 'é'.repeat(32_769) }, refused('ValidationException', tooLong)],
    ['an empty value', { SecretString: '' }, invalid],
    ['no value', { SecretString: undefined }, refused('InvalidRequestException')],
    ['a ClientRequestToken of 31 characters', { ClientRequestToken: 't'.repeat(31) }, invalid],
    ['no label', { VersionStages: [] }, invalid],
    ['21 labels', { VersionStages: some(21) }, invalid],
    ['20 labels beside AWSCURRENT', { VersionStages: some(20) }, refused('LimitExceededException')],
    ['a label of 257 characters', { VersionStages: ['x'.repeat(257)] }, invalid],
  ])('fails for %s, and stores nothing', async (_, input, refusal) => {
    const { standIn, put } = await openSecrets({ value: 'value' });
    await expect(put('value', input)).rejects.toMatchObject(refusal);
    expect(standIn.versions(SecretId)).toHaveLength(1);
  });

  test('takes 19 labels beside AWSCURRENT, and the longest value', async () => {
    const { put } = await openSecrets({ value: 'value' });
    const { VersionStages } = await put('x'.repeat(65_536), { VersionStages: some(19) });
    expect(VersionStages).toHaveLength(19);
  });

  test('takes the documented characters in a name and fails for others', async () => {
    const { standIn, get, put } = await openSecrets();
    standIn.createSecret('Valid/_+=.@-Name', 'value');
    await get({ SecretId: 'Valid/_+=.@-Name' });
    const message =
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!';
    for (const id of ['Inv Name', 'Inv*Name', 'zoho/désk', 'a:b']) {
      for (const attempt of [get({ SecretId: id }), put('value', { SecretId: id })])
        await expect(attempt).rejects.toMatchObject(refused('ValidationException', message));
    }
  });

  test('throttles writes above the quota, when there is one', async () => {
    let now = Date.UTC(2026, 10, 1);
    const { put } = await openSecrets({ now: () => now, writesPerSecond: 1, value: 'value' });
    await put('value');
    await expect(put('value')).rejects.toMatchObject({ name: 'ThrottlingException' });
    now += 1_000;
    await put('value');
  });
});

test('never prunes a version younger than 24 hours, then the oldest label-less ones above 100', async () => {
  let now = Date.UTC(2026, 10, 1);
  const { standIn, put } = await openSecrets({ now: () => now, value: 'first' });
  await put('kept', { VersionStages: ['OWN'] });
  for (let each = 0; each < 148; each += 1) standIn.put(SecretId, `young ${each}`);
  now += 24 * hour - 1;
  standIn.put(SecretId, 'still too early');
  expect(standIn.versions(SecretId)).toHaveLength(151);
  now += 1;
  standIn.put(SecretId, 'a day later');
  const left = standIn.versions(SecretId);
  expect(left).toHaveLength(100);
  expect(left[0]).toMatchObject({ secretString: 'kept', stages: ['OWN'] });
  expect(left[1]).toMatchObject({ secretString: 'young 51', stages: [] });
  expect(left.at(-1)).toMatchObject({ secretString: 'a day later', stages: ['AWSCURRENT'] });
});
