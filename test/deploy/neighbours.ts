import {
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { DeleteTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { credentials, region } from './moto.ts';

/** A call by name; resolves to the name of the error, or `allowed`. */
export type Attempt = readonly [name: string, attempt: () => Promise<string>];

/**
 * The calls that stand next to what a role needs: other verbs on its own secrets and topic, its own verbs on others.
 *
 * @param url - The gate through which they go.
 */
export function neighbours(url: string, own: { readonly secret: string; readonly topicArn: string }): Attempt[] {
  const aws = { endpoint: url, region, credentials, maxAttempts: 1 };
  const secrets = new SecretsManagerClient(aws);
  const sns = new SNSClient(aws);
  const sqs = new SQSClient(aws);
  const SecretId = own.secret;
  const TopicArn = own.topicArn;
  const calls: readonly [string, () => Promise<unknown>][] = [
    ['read a secret of somebody else', () => read('billing/database')],
    ['read a secret whose name only begins the same', () => read(`${SecretId}-copy`)],
    ['write a secret of somebody else', () => write('billing/database')],
    ['delete its secret', () => secrets.send(new DeleteSecretCommand({ SecretId }))],
    ['change its secret and the key', () => secrets.send(new UpdateSecretCommand({ SecretId, KmsKeyId: 'x' }))],
    ['describe its secret', () => secrets.send(new DescribeSecretCommand({ SecretId }))],
    [
      'move a label of its secret',
      () => secrets.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSCURRENT' })),
    ],
    ['tag its secret', () => secrets.send(new TagResourceCommand({ SecretId, Tags: [] }))],
    ['open its secret to others', () => secrets.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy: '{}' }))],
    ['list the secrets', () => secrets.send(new ListSecretsCommand({}))],
    ['publish to another topic', () => sns.send(new PublishCommand({ TopicArn: `${TopicArn}2`, Message: 'x' }))],
    [
      'subscribe to its topic',
      () => sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'x@example.com' })),
    ],
    ['delete its topic', () => sns.send(new DeleteTopicCommand({ TopicArn }))],
    ['look up a queue', () => sqs.send(new GetQueueUrlCommand({ QueueName: 'on-call' }))],
  ];
  return calls.map(([name, call]) => [name, () => outcomeOf(call())]);

  function read(secretId: string): Promise<unknown> {
    return secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
  }
  function write(secretId: string): Promise<unknown> {
    return secrets.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: '{}' }));
  }
}

/** Tries to read a secret through a gate. */
export function tryToRead(url: string, secretId: string): Promise<string> {
  const secrets = new SecretsManagerClient({ endpoint: url, region, credentials, maxAttempts: 1 });
  return outcomeOf(secrets.send(new GetSecretValueCommand({ SecretId: secretId })));
}

/** Tries to write a secret through a gate. */
export function tryToWrite(url: string, secretId: string): Promise<string> {
  const secrets = new SecretsManagerClient({ endpoint: url, region, credentials, maxAttempts: 1 });
  return outcomeOf(secrets.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: '{}' })));
}

function outcomeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'allowed',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
}
