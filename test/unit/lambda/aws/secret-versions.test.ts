import { expect, test } from 'vitest';
import { nothingStoredYet, successorOf, writeFirstVersion } from '../../../../lambda/aws/secret-versions.ts';
import { createSecretsModel } from '../secrets-model.ts';

const secretId = 'zoho/desk/token';

test('a ClientRequestToken is 64 hexadecimal digits, another for each secret, label and predecessor, however cut', () => {
  const parts: [secretId: string, label: string, predecessor: string | undefined][] = [
    ['a', 'b', undefined],
    ['a', 'b', 'c'],
    ['a', 'c', 'b'],
    ['b', 'a', 'c'],
    ['ab', '', 'c'],
    ['', 'ab', 'c'],
    ['a', 'bc', ''],
    ['a', 'b', ''],
    ['a","b', '', 'c'],
    [secretId, 'AWSCURRENT', undefined],
    [secretId, 'INCIDENT', undefined],
    ['zoho/salesiq/token', 'AWSCURRENT', undefined],
  ];
  const tokens = parts.map((each) => successorOf(...each));
  for (const token of tokens) expect(token).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(tokens).size).toBe(parts.length);
  // The same for the same predecessor, so that one of two writes is refused.
  expect(parts.map((each) => successorOf(...each))).toEqual(tokens);
});

test('the first version becomes AWSCURRENT, is not a token, and is written once, even after a token was stored', async () => {
  const secrets = createSecretsModel();
  const versionId = await writeFirstVersion(secrets, secretId);
  expect(await secrets.get(secretId, 'AWSCURRENT')).toEqual({ versionId, text: nothingStoredYet });
  const clientRequestToken = successorOf(secretId, 'AWSCURRENT', versionId);
  await secrets.put({ secretId, clientRequestToken, text: 'token' });
  expect(await writeFirstVersion(secrets, secretId)).toBe(versionId);
  expect((await secrets.get(secretId, 'AWSCURRENT'))?.text).toBe('token');
});
