import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { awsAt } from '../support/moto.ts';

/** Calls of AWS by name that a role may try through a gate. */
type Attempts = Readonly<Record<string, () => Promise<unknown>>>;

/** The calls that stand next to what a role needs: other verbs on its own secret and topic, its own verbs on others. */
export function neighbours(url: string, SecretId: string, TopicArn: string): Attempts {
  const aws = awsAt(url);
  const [secrets, sns, sqs] = [new SecretsManager(aws), new SNS(aws), new SQS(aws)];
  const SecretString = '{}';
  return {
    'read a secret of somebody else': () => secrets.getSecretValue({ SecretId: 'billing/database' }),
    'read one whose name only begins the same': () => secrets.getSecretValue({ SecretId: `${SecretId}-copy` }),
    'write a secret of somebody else': () => secrets.putSecretValue({ SecretId: 'billing/database', SecretString }),
    'delete its secret': () => secrets.deleteSecret({ SecretId }),
    'change its secret and the key': () => secrets.updateSecret({ SecretId, KmsKeyId: 'x' }),
    'describe its secret': () => secrets.describeSecret({ SecretId }),
    'move a label of it': () => secrets.updateSecretVersionStage({ SecretId, VersionStage: 'AWSCURRENT' }),
    'tag its secret': () => secrets.tagResource({ SecretId, Tags: [] }),
    'open its secret to others': () => secrets.putResourcePolicy({ SecretId, ResourcePolicy: '{}' }),
    'list the secrets': () => secrets.listSecrets({}),
    'publish to another topic': () => sns.publish({ TopicArn: `${TopicArn}2`, Message: 'x' }),
    'subscribe to its topic': () => sns.subscribe({ TopicArn, Protocol: 'email', Endpoint: 'x@example.com' }),
    'delete its topic': () => sns.deleteTopic({ TopicArn }),
    'look up a queue': () => sqs.getQueueUrl({ QueueName: 'on-call' }),
  };
}

/** What an app may do with the token of its connection under a prefix, and what with everything beside it. */
export function readings(url: string, prefix: string): Attempts {
  const secrets = new SecretsManager(awsAt(url));
  const read = (name: string) => () => secrets.getSecretValue({ SecretId: `${prefix}/${name}` });
  return {
    'read its token': read('desk/token'),
    'read its credentials': read('desk/credentials'),
    'read another token': read('salesiq/token'),
    'read other credentials': read('salesiq/credentials'),
    'write its token': () => secrets.putSecretValue({ SecretId: `${prefix}/desk/token`, SecretString: '{}' }),
  };
}

/** Names of the attempts that are not refused for want of permission, with whatever else went wrong. */
export async function notRefused(attempts: Attempts): Promise<string[]> {
  const tried = Object.entries(attempts).map(([name, attempt]) =>
    attempt().then(
      () => [name],
      ({ name: error }: Error) => (/AccessDenied|AuthorizationError/.test(error) ? [] : [`${name}: ${error}`]),
    ),
  );
  return (await Promise.all(tried)).flat();
}
