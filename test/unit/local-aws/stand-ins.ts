import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { onTestFinished } from 'vitest';
import {
  type SecretsManagerStandIn,
  startSecretsManager,
} from '../../../local/aws/secrets-manager-stand-in.ts';
import { type SnsStandIn, startSns } from '../../../local/aws/sns.ts';

/** Not the stand-ins' own key: their signatures are read and not computed again, so that clocks may stand still. */
const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' };
const region = 'ap-south-1';

/** The topic that exists in every test. */
export const topicArn = 'arn:aws:sns:ap-south-1:111122223333:alerts';

/** Starts a Secrets Manager for one test, with a real client that talks to it. */
export async function openSecrets(
  options: {
    now?: () => number;
    writesPerSecond?: number;
    maxAttempts?: number;
    requestTimeout?: number;
  } = {},
): Promise<{ standIn: SecretsManagerStandIn; client: SecretsManagerClient }> {
  const { maxAttempts = 1, requestTimeout = 5_000, ...standInOptions } = options;
  const standIn = await startSecretsManager(standInOptions);
  const requestHandler = { requestTimeout, throwOnRequestTimeout: true };
  const client = new SecretsManagerClient({
    credentials,
    region,
    endpoint: standIn.url,
    maxAttempts,
    requestHandler,
  });
  onTestFinished(async () => {
    client.destroy();
    await standIn.close();
  });
  return { standIn, client };
}

/** Starts an SNS for one test, with a real client that talks to it. */
export async function openSns(
  options: { now?: () => number; maxAttempts?: number; requestTimeout?: number } = {},
): Promise<{ standIn: SnsStandIn; client: SNSClient }> {
  const { maxAttempts = 1, requestTimeout = 5_000, now } = options;
  const standIn = await startSns({ topics: [topicArn], ...(now && { now }) });
  const requestHandler = { requestTimeout, throwOnRequestTimeout: true };
  const client = new SNSClient({ credentials, region, endpoint: standIn.url, maxAttempts, requestHandler });
  onTestFinished(async () => {
    client.destroy();
    await standIn.close();
  });
  return { standIn, client };
}

/** An `Authorization` header that looks signed, for raw requests; only under the key `local` does anybody find out. */
export function signedFor(service: string, keyId = 'AKIAEXAMPLE'): string {
  const scope = `${keyId}/20261101/${region}/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
}
