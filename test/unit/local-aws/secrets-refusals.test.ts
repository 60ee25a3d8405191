import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { openSecrets } from './stand-ins.ts';

const SecretId = 'zoho/desk/token';
const unknownVersion = '00000000-0000-0000-0000-000000000000';
const hour = 3_600_000;

describe('what is not there', () => {
  test('fails for an unknown secret, with status 400 and not 404', async () => {
    const { standIn, client } = await openSecrets();
    for (const attempt of [
      () => client.send(new GetSecretValueCommand({ SecretId })),
      () => client.send(new DescribeSecretCommand({ SecretId })),
      () => client.send(new PutSecretValueCommand({ SecretId, SecretString: 'value' })),
      () =>
        client.send(
          new UpdateSecretVersionStageCommand({
            SecretId,
            VersionStage: 'X',
            RemoveFromVersionId: unknownVersion,
          }),
        ),
    ]) {
      await expect(attempt()).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message: "Secrets Manager can't find the specified secret.",
        $metadata: { httpStatusCode: 400 },
      });
    }
    expect(standIn.versions(SecretId)).toEqual([]);
    expect(standIn.read(SecretId)).toBeUndefined();
  });

  test('fails for AWSCURRENT of a secret without a version', async () => {
    const { standIn, client } = await openSecrets();
    standIn.createSecret(SecretId);
    await expect(client.send(new GetSecretValueCommand({ SecretId }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
      $metadata: { httpStatusCode: 400 },
    });
    expect(await client.send(new DescribeSecretCommand({ SecretId }))).not.toHaveProperty(
      'VersionIdsToStages',
    );
  });

  test('fails for a label and for a version that is not there', async () => {
    const { standIn, client } = await openSecrets();
    standIn.createSecret(SecretId, 'value');
    const byLabel = new GetSecretValueCommand({ SecretId, VersionStage: 'AWSPREVIOUS' });
    await expect(client.send(byLabel)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret value for staging label: AWSPREVIOUS",
    });
    const byVersion = new GetSecretValueCommand({ SecretId, VersionId: unknownVersion });
    await expect(client.send(byVersion)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Secrets Manager can't find the specified secret value for VersionId: ${unknownVersion}`,
    });
  });

  test('fails when label and version do not belong together, and reads them when they do', async () => {
    const { standIn, client } = await openSecrets();
    standIn.createSecret(SecretId);
    const VersionId = standIn.put(SecretId, 'value');
    const together = { SecretId, VersionId, VersionStage: 'AWSCURRENT' };
    expect(await client.send(new GetSecretValueCommand(together))).toMatchObject({ SecretString: 'value' });
    const apart = { SecretId, VersionId, VersionStage: 'INCIDENT' };
    await expect(client.send(new GetSecretValueCommand(apart))).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: 'You provided a VersionStage that is not associated to the provided VersionId.',
    });
  });

  test('fails for a secret that was removed, and starts anew under another ARN', async () => {
    const { standIn, client } = await openSecrets();
    standIn.createSecret(SecretId, 'old');
    const old = await client.send(new DescribeSecretCommand({ SecretId }));
    standIn.remove(SecretId);
    await expect(client.send(new GetSecretValueCommand({ SecretId }))).rejects.toMatchObject({
      message: "Secrets Manager can't find the specified secret.",
    });
    standIn.createSecret(SecretId);
    const young = await client.send(new DescribeSecretCommand({ SecretId }));
    expect(young.ARN).not.toBe(old.ARN);
  });

  test('fails for a secret that is marked for deletion, until it is restored', async () => {
    const { standIn, client } = await openSecrets();
    standIn.createSecret(SecretId, 'value');
    standIn.scheduleDeletion(SecretId);
    for (const attempt of [
      () => client.send(new GetSecretValueCommand({ SecretId })),
      () => client.send(new PutSecretValueCommand({ SecretId, SecretString: 'value' })),
    ]) {
      await expect(attempt()).rejects.toMatchObject({
        name: 'InvalidRequestException',
        message: "You can't perform this operation on the secret because it was marked for deletion.",
      });
    }
    await expect(client.send(new CreateSecretCommand({ Name: SecretId }))).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message:
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
    });
    const described = await client.send(new DescribeSecretCommand({ SecretId }));
    expect(described.DeletedDate).toBeInstanceOf(Date);
    standIn.restore(SecretId);
    expect(await client.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({
      SecretString: 'value',
    });
  });
});

describe('CreateSecret', () => {
  test('makes a secret with or without a version, found by name, by ARN and by ARN without its end', async () => {
    const { standIn, client } = await openSecrets();
    const created = await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: 'value' }));
    expect(created.ARN).toMatch(/:secret:zoho\/desk\/token-[0-9a-f]{6}$/);
    const arn = created.ARN ?? '';
    for (const id of [SecretId, arn, arn.slice(0, -7)]) {
      const answer = await client.send(new GetSecretValueCommand({ SecretId: id }));
      expect(answer).toMatchObject({
        Name: SecretId,
        VersionId: created.VersionId,
        VersionStages: ['AWSCURRENT'],
      });
    }
    const empty = await client.send(new CreateSecretCommand({ Name: 'empty' }));
    expect(empty).not.toHaveProperty('VersionId');
    expect(standIn.versions('empty')).toEqual([]);
  });

  test('fails for a name that exists, and repeats itself under the same token', async () => {
    const { client } = await openSecrets();
    const ClientRequestToken = 'b'.repeat(32);
    const input = { Name: SecretId, SecretString: 'value', ClientRequestToken };
    const first = await client.send(new CreateSecretCommand(input));
    const again = await client.send(new CreateSecretCommand(input));
    expect(again.VersionId).toBe(first.VersionId);
    await expect(client.send(new CreateSecretCommand({ Name: SecretId }))).rejects.toMatchObject({
      name: 'ResourceExistsException',
      message: `The operation failed because the secret ${SecretId} already exists.`,
    });
  });
});

describe('limits', () => {
  test('takes a value of 65,536 bytes and fails above, without repeating it', async () => {
    const { standIn, client } = await openSecrets();
    standIn.createSecret(SecretId);
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: 'x'.repeat(65_536) }));
    for (const SecretString of ['x'.repeat(65_537), '€'.repeat(30_000)]) {
      await expect(client.send(new PutSecretValueCommand({ SecretId, SecretString }))).rejects.toMatchObject({
        name: 'ValidationException',
        message:
          "1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536",
      });
    }
    expect(standIn.versions(SecretId)).toHaveLength(1);
  });

  test('fails for an empty value, and where none is given', async () => {
    const { standIn, client } = await openSecrets();
    standIn.createSecret(SecretId);
    const empty = new PutSecretValueCommand({ SecretId, SecretString: '' });
    await expect(client.send(empty)).rejects.toMatchObject({ name: 'ValidationException' });
    const none = new PutSecretValueCommand({ SecretId });
    await expect(client.send(none)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });

  test('fails for a ClientRequestToken outside 32 to 64 characters', async () => {
    const { standIn, client } = await openSecrets();
    standIn.createSecret(SecretId);
    const put = (length: number) => {
      const ClientRequestToken = 't'.repeat(length);
      return client.send(
        new PutSecretValueCommand({ SecretId, SecretString: `${length}`, ClientRequestToken }),
      );
    };
    await expect(put(31)).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(put(65)).rejects.toMatchObject({ name: 'ValidationException' });
    expect(await put(32)).toMatchObject({ VersionId: 't'.repeat(32) });
    expect(await put(64)).toMatchObject({ VersionId: 't'.repeat(64) });
  });

  test('fails for no label, for more than 20, and for one that is empty or longer than 256', async () => {
    const { standIn, client } = await openSecrets();
    standIn.createSecret(SecretId, 'value');
    const some = (count: number) => Array.from({ length: count }, (_, index) => `L${index}`);
    for (const VersionStages of [[], some(21), [''], ['x'.repeat(257)]]) {
      const command = new PutSecretValueCommand({ SecretId, SecretString: 'value', VersionStages });
      await expect(client.send(command)).rejects.toMatchObject({ name: 'ValidationException' });
    }
    const overQuota = new PutSecretValueCommand({ SecretId, SecretString: 'value', VersionStages: some(20) });
    await expect(client.send(overQuota)).rejects.toMatchObject({ name: 'LimitExceededException' });
    const atQuota = new PutSecretValueCommand({ SecretId, SecretString: 'value', VersionStages: some(19) });
    expect((await client.send(atQuota)).VersionStages).toHaveLength(19);
  });

  test('takes the documented characters in a name and fails for others', async () => {
    const { client } = await openSecrets();
    await client.send(new CreateSecretCommand({ Name: 'Valid/_+=.@-Name', SecretString: 'value' }));
    for (const name of ['Inv Name', 'Inv*Name', 'zoho/désk', 'a:b']) {
      for (const attempt of [
        () => client.send(new CreateSecretCommand({ Name: name })),
        () => client.send(new GetSecretValueCommand({ SecretId: name })),
        () => client.send(new PutSecretValueCommand({ SecretId: name, SecretString: 'value' })),
      ]) {
        await expect(attempt()).rejects.toMatchObject({
          name: 'ValidationException',
          message:
            'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
          $metadata: { httpStatusCode: 400 },
        });
      }
    }
  });

  test('fails for operations that the stand-in does not carry out', async () => {
    const { standIn, client } = await openSecrets();
    await expect(client.send(new ListSecretsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
    expect(standIn.calls).toMatchObject([{ operation: 'ListSecrets', outcome: 'UnknownOperationException' }]);
  });

  test('throttles writes above the quota, when there is one', async () => {
    let now = Date.UTC(2026, 10, 1);
    const { standIn, client } = await openSecrets({ now: () => now, writesPerSecond: 2 });
    standIn.createSecret(SecretId, 'value');
    const put = () => client.send(new PutSecretValueCommand({ SecretId, SecretString: 'value' }));
    await put();
    await put();
    await expect(put()).rejects.toMatchObject({ name: 'ThrottlingException' });
    await client.send(new GetSecretValueCommand({ SecretId }));
    now += 1_000;
    await put();
  });
});

describe('pruning', () => {
  test('never prunes a version younger than 24 hours, then the oldest label-less ones above 100', async () => {
    let now = Date.UTC(2026, 10, 1);
    const { standIn, client } = await openSecrets({ now: () => now });
    standIn.createSecret(SecretId, 'first');
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: 'kept', VersionStages: ['OWN'] }));
    for (let each = 0; each < 148; each += 1) standIn.put(SecretId, `young ${each}`);
    expect(standIn.versions(SecretId)).toHaveLength(150);
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
});
