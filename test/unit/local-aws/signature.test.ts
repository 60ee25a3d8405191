import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startSecretsManager } from '../../../local/aws/secrets-manager-stand-in.ts';

const minute = 60_000;

/** A Secrets Manager whose clock is so many minutes before the client's, and a client that signs with a key. */
async function open(minutesBehind: number, secretAccessKey = 'local') {
  const standIn = await startSecretsManager({ now: () => Date.now() - minutesBehind * minute });
  standIn.createSecret('s', 'value');
  const client = new SecretsManagerClient({
    endpoint: standIn.url,
    region: 'ap-south-1',
    credentials: { accessKeyId: 'local', secretAccessKey },
    maxAttempts: 2,
  });
  onTestFinished(async () => {
    client.destroy();
    await standIn.close();
  });
  const read = () => client.send(new GetSecretValueCommand({ SecretId: 's' }));
  return { read, outcomes: () => standIn.calls.map(({ outcome }) => outcome) };
}

describe('a signature', () => {
  test('of a clock that is four minutes off is taken', async () => {
    for (const minutes of [-4, 4]) {
      const { read, outcomes } = await open(minutes);
      expect((await read()).SecretString).toBe('value');
      expect(outcomes()).toEqual(['ok']);
    }
  });

  test('of a clock that is six minutes off is refused once: the SDK then goes by the Date of the answer', async () => {
    for (const minutes of [-6, 6]) {
      const { read, outcomes } = await open(minutes);
      expect((await read()).SecretString).toBe('value');
      expect(outcomes()).toEqual(['InvalidSignatureException', 'ok']);
    }
  });

  test('fails with a wrong secret access key', async () => {
    const { read } = await open(0, 'another');
    await expect(read()).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  });
});
