import { createHash, randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { successorOf, writeFirstVersion } from '../../lambda/aws/secret-versions.ts';
import { createSecretVersions } from '../../lambda/aws/secrets-manager.ts';
import { hasMoto, type Peer, startMoto, startStandIns } from './peers.ts';

const region = 'us-east-1';
const topicArn = `arn:aws:sns:${region}:123456789012:alerts`;
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/**
 * The same cases against our stand-ins and against moto.
 *
 * Where moto is at fault by the recordings of real AWS (`motoDiffers`), the case says how; the stand-in keeps to the
 * recording.
 */
const peers = [
  { name: 'our stand-ins', start: () => startStandIns(topicArn), isMoto: false },
  ...(hasMoto ? [{ name: 'moto', start: startMoto, isMoto: true }] : []),
];

if (!hasMoto)
  it.todo(
    'runs the same cases on moto: left out, moto_server is not on the PATH (pip install "moto[server]")',
  );

describe.each(peers)('$name', ({ start, isMoto }) => {
  let peer: Peer;
  let client: SecretsManagerClient;
  let sns: SNSClient;
  beforeAll(async () => {
    peer = await start();
    client = new SecretsManagerClient({
      endpoint: peer.secretsManagerUrl,
      region,
      credentials,
      maxAttempts: 1,
    });
    sns = new SNSClient({ endpoint: peer.snsUrl, region, credentials, maxAttempts: 1 });
    if (isMoto) await sns.send(new CreateTopicCommand({ Name: 'alerts' }));
  }, 60_000);
  afterAll(() => peer.close());

  const token = (text: string) => createHash('sha256').update(text).digest('hex');
  async function emptySecret(): Promise<string> {
    const Name = `zoho/${randomUUID()}/token`;
    await client.send(new CreateSecretCommand({ Name }));
    return Name;
  }
  const put = (SecretId: string, value: string, id: string, VersionStages?: string[]) =>
    client.send(
      new PutSecretValueCommand({
        SecretId,
        SecretString: value,
        ClientRequestToken: token(id),
        VersionStages,
      }),
    );
  async function labels(SecretId: string): Promise<Record<string, string[]>> {
    const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }));
    return VersionIdsToStages;
  }
  const read = async (SecretId: string, VersionStage: string) =>
    (await client.send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString;

  describe('custom labels', () => {
    it('never move AWSCURRENT once there is a version', async () => {
      const secret = await emptySecret();
      await put(secret, 'first', 'a');
      await put(secret, 'record', 'b', ['INCIDENT']);
      expect(await read(secret, 'AWSCURRENT')).toBe('first');
      expect(await read(secret, 'INCIDENT')).toBe('record');
    });

    it('move from version to version, and survive new values under AWSCURRENT', async () => {
      const secret = await emptySecret();
      await put(secret, 'first', 'a');
      await put(secret, 'record 1', 'b', ['INCIDENT']);
      await put(secret, 'record 2', 'c', ['INCIDENT']);
      await put(secret, 'second', 'd');
      await put(secret, 'third', 'e');
      expect(await read(secret, 'INCIDENT')).toBe('record 2');
      expect(await read(secret, 'AWSCURRENT')).toBe('third');
      expect(await read(secret, 'AWSPREVIOUS')).toBe('second');
      const held = await labels(secret);
      expect(held[token('c')]).toEqual(['INCIDENT']);
    });

    it('become AWSCURRENT too where they are on the first version: why a first version is written before any record', async () => {
      const secret = await emptySecret();
      await put(secret, 'record', 'a', ['INCIDENT']);
      const current = await read(secret, 'AWSCURRENT').catch((fault: Error) => fault.name);
      expect(current).toBe('record');
    });
  });

  describe('a ClientRequestToken', () => {
    it('that is used again with the same content changes nothing', async () => {
      const secret = await emptySecret();
      await put(secret, 'first', 'a');
      await put(secret, 'second', 'b');
      const again = await put(secret, 'first', 'a');
      expect(again.VersionId).toBe(token('a'));
      expect(await read(secret, 'AWSCURRENT')).toBe('second');
    });

    it('fails with ResourceExistsException when it is used again with other content', async () => {
      const secret = await emptySecret();
      await put(secret, 'first', 'a');
      await expect(put(secret, 'other', 'a')).rejects.toMatchObject({ name: 'ResourceExistsException' });
      await expect(put(secret, 'other', 'a', ['INCIDENT'])).rejects.toMatchObject({
        name: 'ResourceExistsException',
      });
      expect(await read(secret, 'AWSCURRENT')).toBe('first');
    });

    it('lets one of many concurrent writers win', async () => {
      const secret = await emptySecret();
      await put(secret, 'first', 'a');
      const outcomes = await Promise.allSettled(
        Array.from({ length: 10 }, (_, index) => put(secret, `writer ${index}`, 'b', ['INCIDENT'])),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('is the VersionId', async () => {
      const secret = await emptySecret();
      const { VersionId } = await put(secret, 'first', 'a');
      expect(VersionId).toBe(token('a'));
    });
  });

  describe('what is not there', () => {
    it('fails as ResourceNotFoundException for an unknown secret, an empty one and a label that nothing has', async () => {
      const empty = await emptySecret();
      const filled = await emptySecret();
      await put(filled, 'first', 'a');
      for (const [secret, label] of [
        ['zoho/nobody/token', 'AWSCURRENT'],
        [empty, 'AWSCURRENT'],
        [filled, 'INCIDENT'],
      ] as const) {
        await expect(read(secret, label)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
      }
    });
  });

  describe('a label moved by hand', () => {
    it('wants to be told from which version', async () => {
      const secret = await emptySecret();
      await put(secret, 'first', 'a');
      await put(secret, 'second', 'b');
      const move = { SecretId: secret, VersionStage: 'AWSCURRENT', MoveToVersionId: token('a') };
      await expect(client.send(new UpdateSecretVersionStageCommand(move))).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message: expect.stringContaining("RemoveFromVersionId can't be empty"),
      });
      await client.send(new UpdateSecretVersionStageCommand({ ...move, RemoveFromVersionId: token('b') }));
      expect(await read(secret, 'AWSCURRENT')).toBe('first');
    });
  });

  describe('the chain that the Lambda writes', () => {
    it('gives a secret its first version once, and each place to one writer', async () => {
      const secret = await emptySecret();
      const versions = createSecretVersions(client, AbortSignal.timeout(20_000));
      expect(await versions.get(secret, 'AWSCURRENT')).toBeUndefined();
      const first = await writeFirstVersion(versions, secret);
      expect(await writeFirstVersion(versions, secret)).toBe(first);
      const clientRequestToken = successorOf(secret, 'INCIDENT', undefined);
      const record = { secretId: secret, clientRequestToken, label: 'INCIDENT' };
      expect(await versions.put({ ...record, text: 'run A' })).toBe('written');
      expect(await versions.put({ ...record, text: 'run B' })).toBe('taken');
      expect(await versions.put({ ...record, text: 'run A' })).toBe('written');
      expect(await versions.get(secret, 'INCIDENT')).toEqual({
        versionId: clientRequestToken,
        text: 'run A',
      });
      expect(await versions.get(secret, 'AWSCURRENT')).toEqual({
        versionId: first,
        text: 'nothing stored yet',
      });
    });
  });

  describe('Publish', () => {
    const publish = (changes: object) =>
      sns.send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject: 'subject',
          Message: JSON.stringify({ default: 'text', sqs: '{}' }),
          MessageStructure: 'json',
          MessageAttributes: { code: { DataType: 'String', StringValue: 'invalid_code' } },
          ...changes,
        }),
      );

    it('takes an alert of the shape that the Lambda sends', async () => {
      expect((await publish({})).MessageId).toEqual(expect.any(String));
      expect((await publish({ Subject: 'x'.repeat(99) })).MessageId).toEqual(expect.any(String));
    });

    it('fails for a subject of more than 100 characters and for an unknown topic', async () => {
      await expect(publish({ Subject: 'x'.repeat(101) })).rejects.toMatchObject({
        name: 'InvalidParameterException',
      });
      await expect(publish({ TopicArn: `${topicArn}-x` })).rejects.toMatchObject({
        name: 'NotFoundException',
      });
    });

    // motoDiffers: it accepts all of these (unparsable parts while nothing is subscribed); recordings of SNS refuse them.
    it
      .skipIf(isMoto)
      .each([
        [{ Subject: '' }],
        [{ Subject: 'two\nlines' }],
        [{ Message: 'no JSON' }],
        [{ Message: JSON.stringify({ sqs: 'no default' }) }],
        [{ MessageAttributes: { code: { DataType: 'String', StringValue: '' } } }],
      ])('fails for %j', async (changes) => {
      await expect(publish(changes)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    });
  });
});
