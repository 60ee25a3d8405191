import { request } from 'node:http';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { openSecrets, signedFor } from './stand-ins.ts';

const SecretId = 'zoho/desk/token';
const ClientRequestToken = 'c'.repeat(32);

/** Sends a raw request; headers given replace or remove (empty) the right ones. */
async function send(url: string, operation: string, body: string, headers: Record<string, string> = {}) {
  const merged = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `secretsmanager.${operation}`,
    authorization: signedFor('secretsmanager'),
    ...headers,
  };
  const present = Object.entries(merged).filter(([, value]) => value !== '');
  const response = await fetch(url, {
    method: 'POST',
    headers: present,
    body: new TextEncoder().encode(body),
  });
  return { status: response.status, headers: response.headers, json: JSON.parse(await response.text()) };
}

describe('the wire form', () => {
  test('answers with epoch seconds, and with a request id', async () => {
    const { standIn } = await openSecrets({ now: () => Date.UTC(2026, 10, 1, 12, 0, 0, 250) });
    standIn.createSecret(SecretId, 'value');
    const answer = await send(standIn.url, 'GetSecretValue', JSON.stringify({ SecretId }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.json.CreatedDate).toBe(Date.UTC(2026, 10, 1, 12) / 1000 + 0.25);
    expect(Object.keys(answer.json).sort()).toEqual(
      ['ARN', 'CreatedDate', 'Name', 'SecretString', 'VersionId', 'VersionStages'].sort(),
    );
  });

  test('gives the SDK a Date', async () => {
    const at = Date.UTC(2026, 10, 1, 12, 0, 0, 250);
    const { standIn, client } = await openSecrets({ now: () => at });
    standIn.createSecret(SecretId, 'value');
    const answer = await client.send(new GetSecretValueCommand({ SecretId }));
    expect(answer.CreatedDate).toEqual(new Date(at));
  });

  test('leaves VersionStages out for a version without labels', async () => {
    const { standIn } = await openSecrets();
    standIn.createSecret(SecretId);
    const VersionId = standIn.put(SecretId, 'v1');
    standIn.put(SecretId, 'v2');
    standIn.put(SecretId, 'v3');
    const answer = await send(standIn.url, 'GetSecretValue', JSON.stringify({ SecretId, VersionId }));
    expect(answer.json).toMatchObject({ SecretString: 'v1' });
    expect(answer.json).not.toHaveProperty('VersionStages');
  });

  test('names errors without a namespace', async () => {
    const { standIn } = await openSecrets();
    const answer = await send(standIn.url, 'GetSecretValue', JSON.stringify({ SecretId }));
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({
      __type: 'ResourceNotFoundException',
      Message: "Secrets Manager can't find the specified secret.",
    });
  });
});

describe('requests that no SDK sends', () => {
  test('fails for a Put without a ClientRequestToken, and for a Create', async () => {
    const { standIn } = await openSecrets();
    standIn.createSecret(SecretId);
    const refusal = {
      __type: 'InvalidRequestException',
      Message: 'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
    };
    const put = await send(standIn.url, 'PutSecretValue', JSON.stringify({ SecretId, SecretString: 'v' }));
    expect(put.json).toEqual(refusal);
    const create = await send(standIn.url, 'CreateSecret', JSON.stringify({ Name: 'n', SecretString: 'v' }));
    expect(create.json).toEqual(refusal);
  });

  test.each([
    ['under a name that leads here', { host: 'rebound.example' }],
    ['from a web page', { origin: 'https://evil.example' }],
  ])('fails for a request %s', async (_, headers) => {
    const { standIn } = await openSecrets();
    const { hostname, port } = new URL(standIn.url);
    const status = await new Promise((resolve) => {
      request({ hostname, port, method: 'POST', headers }, (response) => resolve(response.statusCode)).end(
        '{}',
      );
    });
    expect(status).toBe(403);
    expect(standIn.calls).toEqual([]);
  });

  test.each([
    ['without a signature', 'MissingAuthenticationTokenException', { authorization: '' }],
    [
      'with another kind of signature',
      'MissingAuthenticationTokenException',
      { authorization: 'Bearer abc' },
    ],
    ['signed for another service', 'InvalidSignatureException', { authorization: signedFor('sns') }],
    [
      'with a signature that is not the one of its key',
      'InvalidSignatureException',
      { authorization: signedFor('secretsmanager', 'local') },
    ],
    ['without a Content-Type', 'SerializationException', { 'content-type': '' }],
    ['with another Content-Type', 'SerializationException', { 'content-type': 'application/json' }],
    ['without a target', 'UnknownOperationException', { 'x-amz-target': '' }],
    ['for another service', 'UnknownOperationException', { 'x-amz-target': 'TrentService.Decrypt' }],
    ['for an unknown operation', 'UnknownOperationException', { 'x-amz-target': 'secretsmanager.GetSecret' }],
    ['for what every object has', 'UnknownOperationException', { 'x-amz-target': 'secretsmanager.toString' }],
  ])('fails for a request %s', async (_, name, headers) => {
    const { standIn } = await openSecrets();
    standIn.createSecret(SecretId, 'value');
    const answer = await send(standIn.url, 'GetSecretValue', JSON.stringify({ SecretId }), headers);
    expect(answer.status).toBe(400);
    expect(answer.json.__type).toBe(name);
    expect(standIn.calls).toMatchObject([{ outcome: name }]);
  });

  test.each([
    ['broken JSON', '{"SecretId":"zoho/desk/token","SecretString":"s3cr3t'],
    ['JSON that is no object', '"s3cr3t"'],
    ['a null', 'null'],
    ['an unknown member', JSON.stringify({ SecretId, ClientRequestToken, SecretStrin: 's3cr3t' })],
    ['a member of another operation', JSON.stringify({ SecretId, ClientRequestToken, VersionStage: 'X' })],
    [
      'a member of the wrong type',
      JSON.stringify({ SecretId, ClientRequestToken, SecretString: ['s3cr3t'] }),
    ],
    ['a label that is no list', JSON.stringify({ SecretId, ClientRequestToken, VersionStages: 's3cr3t' })],
  ])('fails for %s, without repeating it', async (_, body) => {
    const { standIn } = await openSecrets();
    standIn.createSecret(SecretId);
    const answer = await send(standIn.url, 'PutSecretValue', body);
    expect(answer.status).toBe(400);
    expect(answer.json.__type).toBe('SerializationException');
    expect(JSON.stringify([answer.json, standIn.calls])).not.toContain('s3cr3t');
    expect(standIn.versions(SecretId)).toEqual([]);
  });
});

test('the list of calls says what was asked and how it ended, and never a value', async () => {
  let now = 1_000;
  const { standIn, client } = await openSecrets({ now: () => now });
  standIn.createSecret(SecretId, 's3cr3t');
  await client.send(new GetSecretValueCommand({ SecretId }));
  now = 2_000;
  await client.send(
    new PutSecretValueCommand({ SecretId, SecretString: 's3cr3t-2', VersionStages: ['INCIDENT'] }),
  );
  const VersionId = standIn.versions(SecretId)[0]?.versionId;
  await client.send(new GetSecretValueCommand({ SecretId, VersionId }));
  await client.send(new GetSecretValueCommand({ SecretId, VersionStage: 'NONE' })).catch(() => undefined);
  expect(standIn.calls).toEqual([
    { operation: 'GetSecretValue', secretId: SecretId, at: 1_000, outcome: 'ok', stages: ['AWSCURRENT'] },
    { operation: 'PutSecretValue', secretId: SecretId, at: 2_000, outcome: 'ok', stages: ['INCIDENT'] },
    { operation: 'GetSecretValue', secretId: SecretId, at: 2_000, outcome: 'ok' },
    {
      operation: 'GetSecretValue',
      secretId: SecretId,
      at: 2_000,
      outcome: 'ResourceNotFoundException',
      stages: ['NONE'],
    },
  ]);
});

test('listens on 127.0.0.1 alone', async () => {
  const { standIn } = await openSecrets();
  expect(standIn.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  await expect(fetch(standIn.url.replace('127.0.0.1', '127.0.0.2'))).rejects.toThrow();
});
