import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { PublishCommand } from '@aws-sdk/client-sns';
import { describe, expect, test } from 'vitest';
import type { FaultKind } from '../../../local/faults/aws-faults.ts';
import { openSecrets, openSns, topicArn } from './stand-ins.ts';

const SecretId = 'zoho/desk/token';
/** Long enough for loopback, short enough for a test that waits for it. */
const requestTimeout = 150;

async function openWithSecret(options: { maxAttempts?: number; requestTimeout?: number } = {}) {
  const opened = await openSecrets(options);
  opened.standIn.createSecret(SecretId, 'v1');
  return {
    ...opened,
    get: () => opened.client.send(new GetSecretValueCommand({ SecretId })),
    put: (SecretString: string) => opened.client.send(new PutSecretValueCommand({ SecretId, SecretString })),
  };
}

async function openWithTopic(options: { maxAttempts?: number; requestTimeout?: number } = {}) {
  const opened = await openSns(options);
  const publish = () => opened.client.send(new PublishCommand({ TopicArn: topicArn, Message: 'message' }));
  return { ...opened, publish };
}

describe('faults of the connection at Secrets Manager', () => {
  test.each<[FaultKind, string, string]>([
    ['refuse', 'before it is carried out', 'v1'],
    ['reset', 'before it is carried out', 'v1'],
    ['cut_connection_during', 'after it took effect', 'v2'],
    ['cut_connection_before', 'after it took effect', 'v2'],
  ])('fails a Put under %s, %s', async (kind, _, stored) => {
    const { standIn, put } = await openWithSecret();
    standIn.faults.set({ kind });
    await expect(put('v2')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(standIn.read(SecretId)).toBe(stored);
    standIn.faults.clear();
    await put('v3');
    expect(standIn.read(SecretId)).toBe('v3');
  });

  test('fails under refuse also on a connection that is open already', async () => {
    const { standIn, get } = await openWithSecret();
    await get();
    standIn.faults.set({ kind: 'refuse' });
    await expect(get()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('fails under hang when the client gives up, with nothing carried out', async () => {
    const { standIn, put } = await openWithSecret({ requestTimeout });
    standIn.faults.set({ kind: 'hang' });
    await expect(put('v2')).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(standIn.read(SecretId)).toBe('v1');
    expect(standIn.calls).toMatchObject([{ outcome: 'hang' }]);
  });

  test('never ends its answer under slow_drip, after it took effect', async () => {
    const { standIn, put } = await openWithSecret({ requestTimeout: 5_000 });
    standIn.faults.set({ kind: 'slow_drip' });
    const answered = put('v2').catch((error: Error) => error);
    await expect.poll(() => standIn.read(SecretId), { interval: 5 }).toBe('v2');
    await standIn.close();
    expect(await answered).toMatchObject({ code: 'ECONNRESET' });
  });

  test('fails under html_200, with nothing carried out', async () => {
    const { standIn, put } = await openWithSecret();
    standIn.faults.set({ kind: 'html_200' });
    await expect(put('v2')).rejects.toThrow(SyntaxError);
    expect(standIn.read(SecretId)).toBe('v1');
  });

  test('answers 16 MiB that say nothing under huge', async () => {
    const { standIn, get } = await openWithSecret();
    standIn.faults.set({ kind: 'huge' });
    const answer = await get();
    expect(answer).not.toHaveProperty('SecretString');
    expect(standIn.calls).toMatchObject([{ outcome: 'huge' }]);
  });
});

describe('refusals at Secrets Manager', () => {
  test.each<[FaultKind, string, number]>([
    ['access_denied', 'AccessDeniedException', 400],
    ['throttled', 'ThrottlingException', 400],
    ['internal_error', 'InternalServiceError', 500],
    ['kms_disabled', 'EncryptionFailure', 400],
  ])('fails a Put under %s', async (kind, name, httpStatusCode) => {
    const { standIn, put } = await openWithSecret();
    standIn.faults.set({ kind });
    await expect(put('v2')).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
    expect(standIn.read(SecretId)).toBe('v1');
    expect(standIn.calls).toMatchObject([{ outcome: name }]);
  });

  test('fails a Get under kms-disabled, but not a Describe', async () => {
    const { standIn, client, get } = await openWithSecret();
    standIn.faults.set({ kind: 'kms_disabled' });
    await expect(get()).rejects.toMatchObject({ name: 'DecryptionFailure' });
    expect(await client.send(new DescribeSecretCommand({ SecretId }))).toMatchObject({ Name: SecretId });
  });

  test('the SDK tries again after an internal error, and its retry counts', async () => {
    const { standIn, get } = await openWithSecret({ maxAttempts: 3 });
    standIn.faults.set({ kind: 'internal_error', times: 2 });
    expect(await get()).toMatchObject({ SecretString: 'v1', $metadata: { attempts: 3 } });
    expect(standIn.calls.map((call) => call.outcome)).toEqual([
      'InternalServiceError',
      'InternalServiceError',
      'ok',
    ]);
  });

  test("the SDK's retry of a Put whose answer was lost adds no second version", async () => {
    const { standIn, put } = await openWithSecret({ maxAttempts: 3 });
    standIn.faults.set({ kind: 'cut_connection_before', times: 1 });
    expect(await put('v2')).toMatchObject({ VersionStages: ['AWSCURRENT'], $metadata: { attempts: 2 } });
    expect(standIn.versions(SecretId).map((each) => each.secretString)).toEqual(['v1', 'v2']);
  });
});

describe('which requests go wrong', () => {
  test('only the operations, secrets and labels named, and only so often', async () => {
    const { standIn, client, get, put } = await openWithSecret();
    standIn.createSecret('other', 'value');
    standIn.faults.set({
      kind: 'throttled',
      operations: ['PutSecretValue'],
      secretIds: [SecretId],
      stages: ['X'],
      times: 1,
    });
    await get();
    await put('v2');
    const other = { SecretId: 'other', SecretString: 'v', VersionStages: ['X'] };
    await client.send(new PutSecretValueCommand(other));
    const same = new PutSecretValueCommand({ SecretId, SecretString: 'v3', VersionStages: ['X', 'Y'] });
    await expect(client.send(same)).rejects.toMatchObject({ name: 'ThrottlingException' });
    await client.send(same);
  });

  test('a request without a label counts as one for AWSCURRENT', async () => {
    const { standIn, client, get, put } = await openWithSecret();
    standIn.faults.set({ kind: 'access_denied', stages: ['AWSCURRENT'] });
    await expect(get()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(put('v2')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await client.send(
      new PutSecretValueCommand({ SecretId, SecretString: 'v', VersionStages: ['INCIDENT'] }),
    );
  });

  test('the rule set last wins, until its times are over', async () => {
    const { standIn, get } = await openWithSecret();
    standIn.faults.set({ kind: 'throttled' });
    standIn.faults.set({ kind: 'access_denied', times: 1 });
    await expect(get()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(get()).rejects.toMatchObject({ name: 'ThrottlingException' });
  });

  test('refuse with a filter cuts only what matches', async () => {
    const { standIn, get, put } = await openWithSecret();
    standIn.faults.set({ kind: 'refuse', operations: ['PutSecretValue'] });
    await get();
    await expect(put('v2')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(standIn.calls.map((call) => call.outcome)).toEqual(['ok', 'refuse']);
  });
});

describe('time and order', () => {
  test('latency comes after the operation and before the answer', async () => {
    const { standIn, put } = await openWithSecret();
    standIn.faults.latency(250);
    let isAnswered = false;
    const answered = put('v2').then(() => {
      isAnswered = true;
    });
    await expect.poll(() => standIn.read(SecretId), { interval: 5 }).toBe('v2');
    expect(isAnswered).toBe(false);
    await answered;
    expect(isAnswered).toBe(true);
  });

  test('a gate holds the first request that matches, not the next, until it is released', async () => {
    const { standIn, put } = await openWithSecret();
    const gate = standIn.faults.gate((target) => target.operation === 'PutSecretValue');
    const held = put('held');
    await gate.arrived;
    expect(standIn.calls).toMatchObject([{ operation: 'PutSecretValue', outcome: 'unanswered' }]);
    await put('passed');
    expect(standIn.read(SecretId)).toBe('passed');
    gate.release();
    await held;
    expect(standIn.read(SecretId)).toBe('held');
    expect(standIn.read(SecretId, 'AWSPREVIOUS')).toBe('passed');
  });

  test('a held request is carried out even when its client is gone', async () => {
    const { standIn, put } = await openWithSecret({ requestTimeout });
    const gate = standIn.faults.gate(() => true);
    await expect(put('late')).rejects.toMatchObject({ name: 'TimeoutError' });
    gate.release();
    await expect.poll(() => standIn.read(SecretId), { interval: 5 }).toBe('late');
  });

  test('clear releases what is held', async () => {
    const { standIn, get } = await openWithSecret();
    const gate = standIn.faults.gate((target) => target.secretId === SecretId);
    const held = get();
    await gate.arrived;
    standIn.faults.clear();
    expect(await held).toMatchObject({ SecretString: 'v1' });
  });

  test('close ends requests that hang or are held', async () => {
    const { standIn, get } = await openWithSecret();
    standIn.faults.set({ kind: 'hang' });
    const hanging = get().catch((error: Error) => error);
    await expect.poll(() => standIn.calls.length, { interval: 5 }).toBe(1);
    const other = await openWithSecret();
    await other.standIn.close();
    await standIn.close();
    expect(await hanging).toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('faults at SNS', () => {
  test.each<[FaultKind, string, number]>([
    ['access_denied', 'AuthorizationErrorException', 403],
    ['throttled', 'ThrottledException', 429],
    ['internal_error', 'InternalErrorException', 500],
    ['kms_disabled', 'KMSDisabledException', 400],
  ])('fails a Publish under %s', async (kind, name, httpStatusCode) => {
    const { standIn, publish } = await openWithTopic();
    standIn.faults.set({ kind, operations: ['Publish'], times: 1 });
    await expect(publish()).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
    expect(standIn.inbox).toEqual([]);
    await publish();
    expect(standIn.inbox).toHaveLength(1);
  });

  test.each<[FaultKind, number]>([
    ['refuse', 0],
    ['reset', 0],
    ['cut_connection_during', 1],
    ['cut_connection_before', 1],
  ])('fails a Publish under %s, with %i in the inbox', async (kind, taken) => {
    const { standIn, publish } = await openWithTopic();
    standIn.faults.set({ kind });
    await expect(publish()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(standIn.inbox).toHaveLength(taken);
  });

  test('fails a Publish under hang, and is held by a gate on its topic', async () => {
    const { standIn, publish } = await openWithTopic({ requestTimeout });
    standIn.faults.set({ kind: 'hang', times: 1 });
    await expect(publish()).rejects.toMatchObject({ name: 'TimeoutError' });
    const gate = standIn.faults.gate((target) => target.topicArn === topicArn);
    const held = publish();
    await gate.arrived;
    expect(standIn.inbox).toEqual([]);
    gate.release();
    await held;
    expect(standIn.inbox).toHaveLength(1);
  });

  test('gives no MessageId under html_200 and huge, with nothing taken on', async () => {
    const { standIn, publish } = await openWithTopic();
    for (const kind of ['html_200', 'huge'] as const) {
      standIn.faults.set({ kind });
      const answer = await publish().catch((error: Error) => error);
      expect(answer).not.toHaveProperty('MessageId');
    }
    expect(standIn.inbox).toEqual([]);
  });
});
