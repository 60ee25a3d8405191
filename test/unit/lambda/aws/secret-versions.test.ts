import { describe, expect, test } from 'vitest';
import { nothingStoredYet, successorOf, writeFirstVersion } from '../../../../lambda/aws/secret-versions.ts';
import { createSecretsModel } from '../secrets-model.ts';

describe('the ClientRequestToken of a successor', () => {
  test('is 64 hexadecimal digits, as long as Secrets Manager allows', () => {
    expect(successorOf('zoho/desk/token', 'AWSCURRENT', undefined)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is the same for the same predecessor, so that one of two writes is refused', () => {
    expect(successorOf('zoho/desk/token', 'INCIDENT', 'v1')).toBe(
      successorOf('zoho/desk/token', 'INCIDENT', 'v1'),
    );
  });

  test('differs by secret, label and predecessor, however they are cut', () => {
    const parts = [
      ['a', 'b', undefined],
      ['a', 'b', 'c'],
      ['a', 'c', 'b'],
      ['b', 'a', 'c'],
      ['ab', '', 'c'],
      ['', 'ab', 'c'],
      ['a', 'bc', ''],
      ['a', 'b', ''],
      ['a","b', '', 'c'],
      ['zoho/desk/token', 'AWSCURRENT', undefined],
      ['zoho/desk/token', 'INCIDENT', undefined],
      ['zoho/salesiq/token', 'AWSCURRENT', undefined],
    ] as const;
    const tokens = parts.map(([secretId, label, predecessor]) => successorOf(secretId, label, predecessor));
    expect(new Set(tokens).size).toBe(parts.length);
  });
});

describe('the first version', () => {
  const secretId = 'zoho/desk/token';

  test('becomes AWSCURRENT and is no token', async () => {
    const secrets = createSecretsModel();
    const versionId = await writeFirstVersion(secrets, secretId);
    expect(await secrets.get(secretId, 'AWSCURRENT')).toEqual({ versionId, text: nothingStoredYet });
  });

  test('changes nothing when a second run writes it too, even after a token was stored', async () => {
    const secrets = createSecretsModel();
    const versionId = await writeFirstVersion(secrets, secretId);
    await secrets.put({
      secretId,
      clientRequestToken: successorOf(secretId, 'AWSCURRENT', versionId),
      text: 'token',
    });
    expect(await writeFirstVersion(secrets, secretId)).toBe(versionId);
    expect((await secrets.get(secretId, 'AWSCURRENT'))?.text).toBe('token');
  });
});
