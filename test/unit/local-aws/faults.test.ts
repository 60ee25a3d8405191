import { describe, expect, test } from 'vitest';
import type { FaultKind } from '../../../local/faults/aws-faults.ts';
import { openSecrets, openSns, SecretId } from './stand-ins.ts';

/** Long enough for loopback, short enough for a test that waits for it. */
const requestTimeout = 150;

/** A write that each service takes, and whether it was carried out. */
const services = {
  'Secrets Manager': async (options: { requestTimeout?: number }) => {
    const { standIn, put } = await openSecrets({ ...options, value: 'v1' });
    return { ...standIn, write: () => put('v2'), isDone: () => standIn.read(SecretId) === 'v2' };
  },
  SNS: async (options: { requestTimeout?: number }) => {
    const { standIn, publish } = await openSns(options);
    return { ...standIn, write: () => publish(), isDone: () => standIn.inbox.length === 1 };
  },
};

describe.each(['Secrets Manager', 'SNS'] as const)('%s', (service) => {
  const isSns = service === 'SNS';

  test.each<[FaultKind, isDone: boolean]>([
    ['refuse', false],
    ['reset', false],
    ['cut_connection_during', true],
    ['cut_connection_before', true],
  ])('breaks the connection under %s, with the write carried out: %s', async (kind, isDoneThen) => {
    const { faults, write, isDone } = await services[service]({});
    faults.set({ kind });
    await expect(write()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(isDone()).toBe(isDoneThen);
    faults.clear();
    await write();
  });

  test.each<[FaultKind, secretsManager: [string, number], sns: [string, number]]>([
    ['access_denied', ['AccessDeniedException', 400], ['AuthorizationErrorException', 403]],
    ['throttled', ['ThrottlingException', 400], ['ThrottledException', 429]],
    ['internal_error', ['InternalServiceError', 500], ['InternalErrorException', 500]],
    ['kms_disabled', ['EncryptionFailure', 400], ['KMSDisabledException', 400]],
  ])('refuses a write under %s in its own words, as often as asked', async (kind, ...words) => {
    const { faults, write, isDone } = await services[service]({});
    faults.set({ kind, operations: [isSns ? 'Publish' : 'PutSecretValue'], times: 1 });
    const [name, httpStatusCode] = words[isSns ? 1 : 0];
    await expect(write()).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
    expect(isDone()).toBe(false);
    await write();
    expect(isDone()).toBe(true);
  });
});

test('kms_disabled fails a Get, but not a Describe', async () => {
  const { standIn, get, describe } = await openSecrets({ value: 'v1' });
  standIn.faults.set({ kind: 'kms_disabled' });
  await expect(get()).rejects.toMatchObject({ name: 'DecryptionFailure' });
  expect(await describe()).toMatchObject({ Name: SecretId });
});

test('a fault befalls only the operations, secrets and labels named, only so often, and the one set last wins', async () => {
  const { standIn, get, put } = await openSecrets({ value: 'v1' });
  standIn.createSecret('other', 'value');
  const named = { operations: ['PutSecretValue'], secretIds: [SecretId], stages: ['X'] };
  standIn.faults.set({ kind: 'throttled', ...named, times: 1 });
  standIn.faults.set({ kind: 'refuse', operations: ['DescribeSecret'] });
  await get();
  await put('v2');
  await put('v', { SecretId: 'other', VersionStages: ['X'] });
  const same = () => put('v3', { VersionStages: ['X', 'Y'] });
  await expect(same()).rejects.toMatchObject({ name: 'ThrottlingException' });
  await same();
  standIn.faults.set({ kind: 'throttled' });
  // Without a label, AWSCURRENT is meant.
  standIn.faults.set({ kind: 'access_denied', stages: ['AWSCURRENT'], times: 1 });
  await expect(get()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  await expect(get()).rejects.toMatchObject({ name: 'ThrottlingException' });
});

test('a held request is carried out after the next, even when its client is gone', async () => {
  const { standIn, put } = await openSecrets({ requestTimeout, value: 'v1' });
  const gate = standIn.faults.gate((target) => target.operation === 'PutSecretValue');
  const held = put('late').catch((fault: Error) => fault);
  await gate.arrived;
  expect(standIn.calls).toMatchObject([{ outcome: 'unanswered' }]);
  expect(await held).toMatchObject({ name: 'TimeoutError' });
  await put('passed');
  gate.release();
  await expect.poll(() => standIn.read(SecretId), { interval: 5 }).toBe('late');
  expect(standIn.read(SecretId, 'AWSPREVIOUS')).toBe('passed');
});

test('latency comes after the operation and before the answer', async () => {
  const { standIn, put } = await openSecrets({ value: 'v1' });
  standIn.faults.latency(150);
  const start = performance.now();
  const answered = put('v2');
  await expect.poll(() => standIn.read(SecretId), { interval: 5 }).toBe('v2');
  await answered;
  expect(performance.now() - start).toBeGreaterThanOrEqual(148);
});
