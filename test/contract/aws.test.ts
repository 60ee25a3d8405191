import { createHash, randomUUID } from 'node:crypto';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SNS } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { successorOf, writeFirstVersion } from '../../lambda/aws/secret-versions.ts';
import { createSecretVersions } from '../../lambda/aws/secrets-manager.ts';
import { startSecretsManager } from '../../local/aws/secrets-manager-stand-in.ts';
import { startSns } from '../../local/aws/sns.ts';
import { account, awsAt, hasMoto, region, startMoto } from '../support/moto.ts';

const topicArn = `arn:aws:sns:${region}:${account}:alerts`;
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Where Secrets Manager and SNS are, and how a secret without a version is made there. */
type Peer = {
  secretsManager: string;
  sns: string;
  createSecret(name: string): unknown;
  close(): Promise<unknown>;
};

async function startStandIns(): Promise<Peer> {
  const [secretsManager, sns] = [await startSecretsManager(), await startSns({ topics: [topicArn] })];
  const close = () => Promise.all([secretsManager.close(), sns.close()]);
  return { secretsManager: secretsManager.url, sns: sns.url, createSecret: secretsManager.createSecret, close };
}

/** A stand-in that nobody here wrote. */
async function startPeer(): Promise<Peer> {
  const { url, clients, close } = await startMoto();
  await clients.topics.createTopic({ Name: 'alerts' });
  const createSecret = (Name: string) => new SecretsManager(awsAt(url)).createSecret({ Name });
  return { secretsManager: url, sns: url, createSecret, close };
}

/** The same cases on both; what moto takes although the recordings of real AWS refuse it is tried in test/unit/local-aws. */
const peers = { 'our stand-ins': startStandIns, ...(hasMoto && { moto: startPeer }) };

if (!hasMoto)
  it.todo('runs the same cases on moto: left out, moto_server is not on the PATH (pip install "moto[server]")');

describe.each(Object.entries(peers))('%s', (_, start) => {
  let peer: Peer;
  let client: SecretsManager;
  let sns: SNS;
  let SecretId: string;
  beforeAll(async () => {
    peer = await start();
    client = new SecretsManager({ ...awsAt(peer.secretsManager), credentials });
    sns = new SNS({ ...awsAt(peer.sns), credentials });
  }, 60_000);
  afterAll(() => peer.close());
  // A secret of its own for every case, without a version.
  beforeEach(async () => {
    SecretId = `zoho/${randomUUID()}/token`;
    await peer.createSecret(SecretId);
  });

  const token = (text: string) => createHash('sha256').update(text).digest('hex');
  const put = (SecretString: string, id: string, VersionStages?: string[]) =>
    client.putSecretValue({ SecretId, SecretString, ClientRequestToken: token(id), VersionStages });
  const read = async (VersionStage: string, of = SecretId) =>
    (await client.getSecretValue({ SecretId: of, VersionStage })).SecretString;

  describe('custom labels', () => {
    it('never move AWSCURRENT once there is a version, move themselves, and survive new values', async () => {
      await put('first', 'a');
      await put('record 1', 'b', ['INCIDENT']);
      expect(await read('AWSCURRENT')).toBe('first');
      await put('record 2', 'c', ['INCIDENT']);
      await put('second', 'd');
      await put('third', 'e');
      expect(await read('INCIDENT')).toBe('record 2');
      expect(await read('AWSCURRENT')).toBe('third');
      expect(await read('AWSPREVIOUS')).toBe('second');
      const { VersionIdsToStages } = await client.describeSecret({ SecretId });
      expect(VersionIdsToStages?.[token('c')]).toEqual(['INCIDENT']);
    });

    it('become AWSCURRENT too if they are on the first version, which is why a first version is written before any record', async () => {
      await put('record', 'a', ['INCIDENT']);
      expect(await read('AWSCURRENT')).toBe('record');
    });
  });

  describe('a ClientRequestToken', () => {
    it('is the VersionId, and changes nothing when it is used again with the same content', async () => {
      expect((await put('first', 'a')).VersionId).toBe(token('a'));
      await put('second', 'b');
      expect((await put('first', 'a')).VersionId).toBe(token('a'));
      expect(await read('AWSCURRENT')).toBe('second');
    });

    it('fails with ResourceExistsException when it is used again with other content', async () => {
      await put('first', 'a');
      for (const labels of [undefined, ['INCIDENT']])
        await expect(put('other', 'a', labels)).rejects.toMatchObject({ name: 'ResourceExistsException' });
      expect(await read('AWSCURRENT')).toBe('first');
    });

    it('lets one of many concurrent writers win', async () => {
      await put('first', 'a');
      const writers = Array.from({ length: 10 }, (_, index) => put(`writer ${index}`, 'b', ['INCIDENT']));
      const outcomes = await Promise.allSettled(writers);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });
  });

  it('fails as ResourceNotFoundException for an unknown secret, an empty one and a label that nothing has', async () => {
    const notFound = { name: 'ResourceNotFoundException' };
    await expect(read('AWSCURRENT', 'zoho/nobody/token')).rejects.toMatchObject(notFound);
    await expect(read('AWSCURRENT')).rejects.toMatchObject(notFound);
    await put('first', 'a');
    await expect(read('INCIDENT')).rejects.toMatchObject(notFound);
  });

  it('gives the chain that the Lambda writes its first version once, and each place to one writer', async () => {
    const versions = createSecretVersions(client, AbortSignal.timeout(20_000));
    expect(await versions.get(SecretId, 'AWSCURRENT')).toBeUndefined();
    const first = await writeFirstVersion(versions, SecretId);
    expect(await writeFirstVersion(versions, SecretId)).toBe(first);
    const clientRequestToken = successorOf(SecretId, 'INCIDENT', undefined);
    const record = { secretId: SecretId, clientRequestToken, label: 'INCIDENT' };
    expect(await versions.put({ ...record, text: 'run A' })).toBe('written');
    expect(await versions.put({ ...record, text: 'run B' })).toBe('taken');
    expect(await versions.put({ ...record, text: 'run A' })).toBe('written');
    const [incident, current] = [await versions.get(SecretId, 'INCIDENT'), await versions.get(SecretId, 'AWSCURRENT')];
    expect(incident).toEqual({ versionId: clientRequestToken, text: 'run A' });
    expect(current).toEqual({ versionId: first, text: 'nothing stored yet' });
  });

  describe('Publish', () => {
    const publish = (changes: object) =>
      sns.publish({
        TopicArn: topicArn,
        Subject: 'subject',
        Message: JSON.stringify({ default: 'text', sqs: '{}' }),
        MessageStructure: 'json',
        MessageAttributes: { code: { DataType: 'String', StringValue: 'invalid_code' } },
        ...changes,
      });

    it('takes an alert of the shape that the Lambda sends', async () => {
      for (const Subject of ['subject', 'x'.repeat(99)])
        expect((await publish({ Subject })).MessageId).toEqual(expect.any(String));
    });

    it('fails for a subject of more than 100 characters and for an unknown topic', async () => {
      const subject = publish({ Subject: 'x'.repeat(101) });
      await expect(subject).rejects.toMatchObject({ name: 'InvalidParameterException' });
      const topic = publish({ TopicArn: `${topicArn}-x` });
      await expect(topic).rejects.toMatchObject({ name: 'NotFoundException' });
    });
  });
});
