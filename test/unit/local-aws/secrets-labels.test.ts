import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import type { SecretsManagerStandIn } from '../../../local/aws/secrets-manager-stand-in.ts';
import { openSecrets } from './stand-ins.ts';

const SecretId = 'zoho/desk/token';

/** Labels per value, in order of creation. */
function labels(standIn: SecretsManagerStandIn): Record<string, string[]> {
  return Object.fromEntries(standIn.versions(SecretId).map((each) => [each.secretString, each.stages]));
}

async function put(client: SecretsManagerClient, value: string, stages?: string[]) {
  const input = { SecretId, SecretString: value, ...(stages && { VersionStages: stages }) };
  return client.send(new PutSecretValueCommand(input));
}

async function openWithFirstVersion() {
  const opened = await openSecrets();
  opened.standIn.createSecret(SecretId, 'v1');
  const idOf = (value: string) =>
    opened.standIn.versions(SecretId).find((each) => each.secretString === value)?.versionId;
  const move = (VersionStage: string, from?: string, to?: string) =>
    opened.client.send(
      new UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage,
        ...(from && { RemoveFromVersionId: idOf(from) }),
        ...(to && { MoveToVersionId: idOf(to) }),
      }),
    );
  return { ...opened, move, idOf };
}

describe('labels after a Put', () => {
  test('a Put without labels takes AWSCURRENT and leaves AWSPREVIOUS behind', async () => {
    const { standIn, client } = await openWithFirstVersion();
    const answer = await put(client, 'v2');
    expect(answer).toMatchObject({ Name: SecretId, VersionStages: ['AWSCURRENT'] });
    expect(labels(standIn)).toEqual({ v1: ['AWSPREVIOUS'], v2: ['AWSCURRENT'] });
  });

  test('a second Put leaves the first version without a label, hidden from DescribeSecret', async () => {
    const { standIn, client, idOf } = await openWithFirstVersion();
    await put(client, 'v2');
    await put(client, 'v3');
    expect(labels(standIn)).toEqual({ v1: [], v2: ['AWSPREVIOUS'], v3: ['AWSCURRENT'] });
    const described = await client.send(new DescribeSecretCommand({ SecretId }));
    expect(described.VersionIdsToStages).toEqual({
      [idOf('v2') ?? '']: ['AWSPREVIOUS'],
      [idOf('v3') ?? '']: ['AWSCURRENT'],
    });
  });

  test('a label held by another version moves to the version that is put', async () => {
    const { standIn, client } = await openWithFirstVersion();
    await put(client, 'v2', ['one', 'two', 'three']);
    await put(client, 'v3', ['one', 'two', 'four']);
    expect(labels(standIn)).toEqual({ v1: ['AWSCURRENT'], v2: ['three'], v3: ['four', 'one', 'two'] });
  });

  test('a Put of AWSCURRENT over a version with AWSPENDING leaves it AWSPREVIOUS only', async () => {
    const { standIn, client, move } = await openWithFirstVersion();
    await put(client, 'v2', ['AWSPENDING']);
    await move('AWSCURRENT', 'v1', 'v2');
    await put(client, 'v3', ['AWSCURRENT']);
    expect(labels(standIn)).toEqual({ v1: [], v2: ['AWSPREVIOUS'], v3: ['AWSCURRENT'] });
  });

  test("an operator's put moves the labels in the same way", async () => {
    const { standIn, client } = await openWithFirstVersion();
    const VersionId = standIn.put(SecretId, 'v2');
    expect(labels(standIn)).toEqual({ v1: ['AWSPREVIOUS'], v2: ['AWSCURRENT'] });
    expect(standIn.read(SecretId, VersionId)).toBe('v2');
    expect(await client.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({ VersionId });
    expect(standIn.calls.map((call) => call.operation)).toEqual(['GetSecretValue']);
  });
});

describe('labels after UpdateSecretVersionStage', () => {
  test('AWSCURRENT moves, AWSPREVIOUS follows, and the pending label stays', async () => {
    const { standIn, client, move } = await openWithFirstVersion();
    await put(client, 'v2', ['AWSPENDING']);
    const answer = await move('AWSCURRENT', 'v1', 'v2');
    expect(answer).toMatchObject({ Name: SecretId });
    expect(labels(standIn)).toEqual({ v1: ['AWSPREVIOUS'], v2: ['AWSCURRENT', 'AWSPENDING'] });
  });

  test('own labels stay on a version that AWSCURRENT leaves', async () => {
    const { standIn, client, move } = await openWithFirstVersion();
    await put(client, 'v2', ['AWSCURRENT', 'X', 'PUT1']);
    await put(client, 'v3', ['PUT2']);
    await move('AWSCURRENT', 'v2', 'v3');
    expect(labels(standIn)).toEqual({ v1: [], v2: ['AWSPREVIOUS', 'PUT1', 'X'], v3: ['AWSCURRENT', 'PUT2'] });
  });

  test('a label is taken off, and a free one attached without RemoveFromVersionId', async () => {
    const { standIn, client, move } = await openWithFirstVersion();
    await put(client, 'v2', ['X']);
    await move('X', 'v2');
    expect(labels(standIn)).toEqual({ v1: ['AWSCURRENT'], v2: [] });
    await move('X', undefined, 'v1');
    expect(labels(standIn)).toEqual({ v1: ['AWSCURRENT', 'X'], v2: [] });
  });

  test('fails when the label sits elsewhere and RemoveFromVersionId is missing', async () => {
    const { standIn, client, move, idOf } = await openWithFirstVersion();
    await put(client, 'v2', ['X']);
    await expect(move('AWSCURRENT', undefined, 'v2')).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: `The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${idOf('v1')}, so you must explicitly reference that version in RemoveFromVersionId.`,
    });
    expect(labels(standIn)).toEqual({ v1: ['AWSCURRENT'], v2: ['X'] });
  });

  test('fails when RemoveFromVersionId is not where the label is', async () => {
    const { standIn, client, move } = await openWithFirstVersion();
    await put(client, 'v2', ['X']);
    await expect(move('AWSCURRENT', 'v2', 'v1')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(move('Y', 'v2', 'v1')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect(labels(standIn)).toEqual({ v1: ['AWSCURRENT'], v2: ['X'] });
  });

  test('fails when AWSCURRENT would be on no version, or nothing is to be done', async () => {
    const { standIn, move } = await openWithFirstVersion();
    await expect(move('AWSCURRENT', 'v1')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(move('X')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect(labels(standIn)).toEqual({ v1: ['AWSCURRENT'] });
  });
});

describe('one ClientRequestToken', () => {
  const ClientRequestToken = 'a'.repeat(64);

  test('the same content again succeeds and changes nothing, labels included', async () => {
    const { standIn, client } = await openWithFirstVersion();
    await client.send(new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString: 'v2' }));
    await put(client, 'v3');
    const before = standIn.versions(SecretId);
    const answer = await client.send(
      new PutSecretValueCommand({
        SecretId,
        ClientRequestToken,
        SecretString: 'v2',
        VersionStages: ['AWSCURRENT'],
      }),
    );
    expect(answer).toMatchObject({ VersionId: ClientRequestToken, VersionStages: ['AWSPREVIOUS'] });
    expect(standIn.versions(SecretId)).toEqual(before);
  });

  test('fails with other content, in the recorded words and without either value', async () => {
    const { standIn, client } = await openWithFirstVersion();
    const first = await client.send(
      new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString: 'first-value' }),
    );
    const second = new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString: 'second-value' });
    await expect(client.send(second)).rejects.toMatchObject({
      name: 'ResourceExistsException',
      message: `You can't use ClientRequestToken ${ClientRequestToken} because that value is already in use for a version of secret ${first.ARN}.`,
    });
    expect(standIn.read(SecretId)).toBe('first-value');
  });
});
