import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { openSecrets, SecretId, signedFor } from './stand-ins.ts';

const ClientRequestToken = 'c'.repeat(32);

/** Sends a raw request; headers given replace or remove (empty) the right ones. */
async function send(url: string, operation: string, body: object | string, headers: Record<string, string> = {}) {
  const merged = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `secretsmanager.${operation}`,
    authorization: signedFor('secretsmanager'),
    ...headers,
  };
  const response = await fetch(url, {
    method: 'POST',
    headers: Object.entries(merged).filter(([, value]) => value !== ''),
    body: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
  });
  return { status: response.status, json: JSON.parse(await response.text()) };
}

test('answers with epoch seconds, which the SDK makes a Date of', async () => {
  const at = Date.UTC(2026, 10, 1, 12, 0, 0, 250);
  const { standIn, get } = await openSecrets({ now: () => at, value: 'value' });
  expect((await send(standIn.url, 'GetSecretValue', { SecretId })).json.CreatedDate).toBe(at / 1000);
  expect((await get()).CreatedDate).toEqual(new Date(at));
});

describe('requests that no SDK sends', () => {
  test('fails for a Put without a ClientRequestToken', async () => {
    const { standIn } = await openSecrets({ value: 'value' });
    const Message = 'You must provide a ClientRequestToken value. We recommend a UUID-type value.';
    const { json } = await send(standIn.url, 'PutSecretValue', { SecretId, SecretString: 'v' });
    expect(json).toEqual({ __type: 'InvalidRequestException', Message });
  });

  test.each([
    ['under a name that leads here', { host: 'rebound.example' }],
    ['from a web page', { origin: 'https://evil.example' }],
  ])('fails for a request %s', async (_, headers) => {
    const { standIn } = await openSecrets();
    const { hostname, port } = new URL(standIn.url);
    const status = await new Promise((resolve) => {
      const asked = request({ hostname, port, method: 'POST', headers }, (answer) => resolve(answer.statusCode));
      asked.end('{}');
    });
    expect(status).toBe(403);
    expect(standIn.calls).toEqual([]);
  });

  test.each<[name: string, header: string, value: string]>([
    ['MissingAuthenticationTokenException', 'authorization', ''],
    ['InvalidSignatureException', 'authorization', signedFor('sns')],
    ['InvalidSignatureException', 'authorization', signedFor('secretsmanager', 'local')],
    ['SerializationException', 'content-type', 'application/json'],
    ['UnknownOperationException', 'x-amz-target', ''],
    ['UnknownOperationException', 'x-amz-target', 'secretsmanager.toString'],
  ])('fails with %s for the header %s: %j', async (name, header, value) => {
    const { standIn } = await openSecrets({ value: 'value' });
    const { status, json } = await send(standIn.url, 'GetSecretValue', { SecretId }, { [header]: value });
    expect([status, json.__type]).toEqual([400, name]);
    expect(standIn.calls).toMatchObject([{ outcome: name }]);
  });

  const put = { SecretId, ClientRequestToken };
  test.each<[body: string | object]>([
    ['{"SecretId":"zoho/desk/token","SecretString":"s3cr3t'],
    ['"s3cr3t"'],
    ['null'],
    [{ ...put, SecretStrin: 's3cr3t' }],
    [{ ...put, VersionStage: 'X' }],
    [{ ...put, SecretString: ['s3cr3t'] }],
    [{ ...put, VersionStages: 's3cr3t' }],
  ])('fails for a Put of %j, without repeating it', async (body) => {
    const { standIn } = await openSecrets();
    standIn.createSecret(SecretId);
    const { status, json } = await send(standIn.url, 'PutSecretValue', body);
    expect([status, json.__type]).toEqual([400, 'SerializationException']);
    expect(JSON.stringify([json, standIn.calls])).not.toContain('s3cr3t');
    expect(standIn.versions(SecretId)).toEqual([]);
  });
});

test('the list of calls says what was asked and how it ended, and never a value', async () => {
  let now = 1_000;
  const { standIn, get, put } = await openSecrets({ now: () => now, value: 's3cr3t' });
  await get();
  now = 2_000;
  await put('s3cr3t-2', { VersionStages: ['INCIDENT'] });
  await get({ VersionId: standIn.versions(SecretId)[0]?.versionId });
  await get({ VersionStage: 'NONE' }).catch(() => undefined);
  const read = { operation: 'GetSecretValue', secretId: SecretId, at: 2_000 };
  expect(standIn.calls).toEqual([
    { ...read, at: 1_000, outcome: 'ok', stages: ['AWSCURRENT'] },
    { ...read, operation: 'PutSecretValue', outcome: 'ok', stages: ['INCIDENT'] },
    { ...read, outcome: 'ok' },
    { ...read, outcome: 'ResourceNotFoundException', stages: ['NONE'] },
  ]);
});

// Under a key that it knows. The SDK goes by the Date of the answer when its signature was refused for its clock.
test.each([
  [4, ['ok']],
  [-6, ['InvalidSignatureException', 'ok']],
  [6, ['InvalidSignatureException', 'ok']],
])('a signature of a clock that is %i minutes off gets %j', async (minutes, outcomes) => {
  const now = () => Date.now() - minutes * 60_000;
  const { standIn, get } = await openSecrets({ now, accessKeyId: 'local', maxAttempts: 2, value: 'value' });
  await get();
  expect(standIn.calls.map(({ outcome }) => outcome)).toEqual(outcomes);
});
