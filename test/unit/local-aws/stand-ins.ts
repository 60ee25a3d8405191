import {
  CreateSecretCommand,
  type CreateSecretCommandInput,
  DescribeSecretCommand,
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  PutSecretValueCommand,
  type PutSecretValueCommandInput,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
  type UpdateSecretVersionStageCommandInput,
} from '@aws-sdk/client-secrets-manager';
import { PublishCommand, type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import { onTestFinished } from 'vitest';
import { startSecretsManager } from '../../../local/aws/secrets-manager-stand-in.ts';
import { startSns } from '../../../local/aws/sns.ts';

/** Not the stand-ins' own key: their signatures are read and not computed again, so that clocks may stand still. */
const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' };
const region = 'ap-south-1';

/** The topic that exists in every test. */
export const topicArn = 'arn:aws:sns:ap-south-1:111122223333:alerts';
/** The secret that is meant unless another is named. */
export const SecretId = 'zoho/desk/token';

type ClientOptions = { now?: () => number; maxAttempts?: number; requestTimeout?: number };

function clientOptions(endpoint: string, { maxAttempts = 1, requestTimeout = 5_000 }: ClientOptions) {
  const requestHandler = { requestTimeout, throwOnRequestTimeout: true };
  return { credentials, region, endpoint, maxAttempts, requestHandler };
}

function endWithTest(client: { destroy(): void }, standIn: { close(): Promise<void> }): void {
  onTestFinished(async () => {
    client.destroy();
    await standIn.close();
  });
}

/** Starts a Secrets Manager for one test, with a real client that talks to it, and its calls. */
export async function openSecrets(options: ClientOptions & { writesPerSecond?: number; value?: string } = {}) {
  const { value, maxAttempts: _, requestTimeout: __, ...standInOptions } = options;
  const standIn = await startSecretsManager(standInOptions);
  const client = new SecretsManagerClient(clientOptions(standIn.url, options));
  endWithTest(client, standIn);
  if (value !== undefined) standIn.createSecret(SecretId, value);
  return {
    standIn,
    client,
    get: (input: Partial<GetSecretValueCommandInput> = {}) =>
      client.send(new GetSecretValueCommand({ SecretId, ...input })),
    put: (SecretString: string, input: Partial<PutSecretValueCommandInput> = {}) =>
      client.send(new PutSecretValueCommand({ SecretId, SecretString, ...input })),
    describe: () => client.send(new DescribeSecretCommand({ SecretId })),
    create: (input: Partial<CreateSecretCommandInput> = {}) =>
      client.send(new CreateSecretCommand({ Name: SecretId, ...input })),
    move: (input: Omit<UpdateSecretVersionStageCommandInput, 'SecretId'>) =>
      client.send(new UpdateSecretVersionStageCommand({ SecretId, ...input })),
  };
}

/** Starts an SNS for one test, with a real client that talks to it. */
export async function openSns(options: ClientOptions = {}) {
  const { now } = options;
  const standIn = await startSns({ topics: [topicArn], ...(now && { now }) });
  const client = new SNSClient(clientOptions(standIn.url, options));
  endWithTest(client, standIn);
  const publish = (input: Partial<PublishCommandInput> = {}) =>
    client.send(new PublishCommand({ TopicArn: topicArn, Message: 'message', ...input }));
  return { standIn, client, publish };
}

/** An `Authorization` header that looks signed, for raw requests; only under the key `local` does anybody find out. */
export function signedFor(service: string, keyId = 'AKIAEXAMPLE'): string {
  const scope = `${keyId}/20261101/${region}/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
}
