import { type PutSecretValueCommandInput, SecretsManager } from '@aws-sdk/client-secrets-manager';
import { type PublishCommandInput, SNS } from '@aws-sdk/client-sns';
import { onTestFinished } from 'vitest';
import { startSecretsManager } from '../../../local/aws/secrets-manager-stand-in.ts';
import { startSns } from '../../../local/aws/sns.ts';

const region = 'ap-south-1';
/** Not the stand-ins' own: signatures under it are read and not computed again, so that clocks may stand still. */
const strange = 'AKIAEXAMPLE';

/** The topic that exists in every test. */
export const topicArn = 'arn:aws:sns:ap-south-1:111122223333:alerts';
/** The secret that is meant unless another is named. */
export const SecretId = 'zoho/desk/token';

type ClientOptions = { now?: () => number; maxAttempts?: number; requestTimeout?: number; accessKeyId?: string };

function clientOptions(endpoint: string, options: ClientOptions) {
  const { maxAttempts = 1, requestTimeout = 5_000, accessKeyId = strange } = options;
  const requestHandler = { requestTimeout, throwOnRequestTimeout: true };
  return { credentials: { accessKeyId, secretAccessKey: 'local' }, region, endpoint, maxAttempts, requestHandler };
}

function endWithTest(client: { destroy(): void }, standIn: { close(): Promise<void> }): void {
  onTestFinished(async () => {
    client.destroy();
    await standIn.close();
  });
}

/** Starts a Secrets Manager for one test, with a real client that talks to it, and its calls. */
export async function openSecrets(options: ClientOptions & { writesPerSecond?: number; value?: string } = {}) {
  const { value, now, writesPerSecond } = options;
  const standIn = await startSecretsManager({ ...(now && { now }), ...(writesPerSecond && { writesPerSecond }) });
  const client = new SecretsManager(clientOptions(standIn.url, options));
  endWithTest(client, standIn);
  if (value !== undefined) standIn.createSecret(SecretId, value);
  return {
    standIn,
    get: (input: { SecretId?: string; VersionId?: string | undefined; VersionStage?: string } = {}) =>
      client.getSecretValue({ SecretId, ...input }),
    put: (SecretString: string, input: Partial<PutSecretValueCommandInput> = {}) =>
      client.putSecretValue({ SecretId, SecretString, ...input }),
    describe: () => client.describeSecret({ SecretId }),
  };
}

/** Starts an SNS for one test, with a real client that talks to it. */
export async function openSns(options: ClientOptions = {}) {
  const { now } = options;
  const standIn = await startSns({ topics: [topicArn], ...(now && { now }) });
  const client = new SNS(clientOptions(standIn.url, options));
  endWithTest(client, standIn);
  const publish = (input: Partial<PublishCommandInput> = {}) =>
    client.publish({ TopicArn: topicArn, Message: 'message', ...input });
  return { standIn, publish };
}

/** An `Authorization` header that looks signed, for raw requests; only under the key `local` does anybody find out. */
export function signedFor(service: string, keyId = strange): string {
  const scope = `${keyId}/20261101/${region}/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
}
