import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** Whether a secret exists, with or without a version; `undefined` if that could not be learned. */
export async function hasSecret(client: SecretsManagerClient, secretId: string): Promise<boolean | undefined> {
  try {
    await client.send(new DescribeSecretCommand({ SecretId: secretId }));
    return true;
  } catch (fault) {
    return fault instanceof Error && fault.name === 'ResourceNotFoundException' ? false : undefined;
  }
}
