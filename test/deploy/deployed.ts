import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { S3 } from '@aws-sdk/client-s3';
import { unzipSync } from 'fflate';
import { account, awsAt, type Moto, region } from '../support/moto.ts';
import type { StackTemplate } from './cdk.ts';

/** What moto's CloudFormation makes of what these stacks hold; it skips the rest in silence. */
const madeByMoto =
  /^AWS::(CloudWatch::Dashboard|IAM::(ManagedPolicy|Policy|Role)|KMS::Key|Lambda::Function|Logs::LogGroup|SNS::Topic|SQS::Queue)$/;

/** A function as moto holds it: its code, unpacked, and its own environment. */
export type DeployedFunction = {
  readonly folder: string;
  /** File and export, e.g. `index.handler`. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMilliseconds: number;
  readonly roleName: string;
};

/** Properties of all resources of one type. */
function propertiesOf({ Resources }: StackTemplate, type: string) {
  return Object.values(Resources).flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));
}

/** A property that has to be text; account and region are filled in. */
function text(value: unknown): string {
  const plain = typeof value === 'object' && value !== null && 'Fn::Sub' in value ? value['Fn::Sub'] : value;
  if (typeof plain !== 'string') throw new Error(`expected text, found ${JSON.stringify(value)}`);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own notation
  return plain.replaceAll('${AWS::AccountId}', account).replaceAll('${AWS::Region}', region);
}

/**
 * Logical ids that a deploy should have made and has not.
 *
 * cdk prints success even where moto gave up in the middle of a change set.
 */
export async function missingResources(moto: Moto, StackName: string, { Resources }: StackTemplate): Promise<string[]> {
  const { StackResources = [] } = await moto.clients.stack.describeStackResources({ StackName });
  const made = new Set(StackResources.map(({ LogicalResourceId }) => LogicalResourceId));
  return Object.keys(Resources).filter((id) => madeByMoto.test(Resources[id]?.Type ?? '') && !made.has(id));
}

/**
 * Fetches the function that a template deployed, with its code from the bootstrap bucket.
 *
 * @param stackName - Its stack: another one may have deployed a function of the same description.
 * @param description - Description of the function, which tells it from others of the template.
 */
export async function fetchFunction(
  moto: Moto,
  stackName: string,
  template: StackTemplate,
  description = /Keeps Zoho access tokens fresh/,
): Promise<DeployedFunction> {
  const functions = propertiesOf(template, 'AWS::Lambda::Function');
  const { Description, Code } = functions.find((each) => description.test(text(each.Description))) ?? {};
  const { Functions = [] } = await moto.clients.lambda.listFunctions({});
  const found = Functions.find((each) => each.Description === Description && each.Role?.includes(`/${stackName}-`));
  const { S3Bucket, S3Key } = Object(Code);
  const s3 = new S3({ ...awsAt(moto.url), forcePathStyle: true });
  const { Body } = await s3.getObject({ Bucket: text(S3Bucket), Key: text(S3Key) });
  const folder = mkdtempSync(join(tmpdir(), 'zoho-deploy-code-'));
  for (const [name, content] of Object.entries(unzipSync((await Body?.transformToByteArray()) ?? new Uint8Array()))) {
    if (name.endsWith('/')) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return {
    folder,
    handler: found?.Handler ?? '',
    environment: found?.Environment?.Variables ?? {},
    timeoutMilliseconds: (found?.Timeout ?? 3) * 1_000,
    roleName: found?.Role?.split('/').at(-1) ?? '',
  };
}

/** The schedule's own input, with what the Scheduler puts into it. */
export function scheduledEvent(template: StackTemplate): string {
  const [schedule] = propertiesOf(template, 'AWS::Scheduler::Schedule');
  return text(Object(schedule?.Target).Input)
    .replace('<aws.scheduler.schedule-arn>', `arn:aws:scheduler:${region}:${account}:schedule/group/schedule`)
    .replace('<aws.scheduler.scheduled-time>', new Date().toISOString());
}

/** The secrets of a deployed template. */
export type Secrets = Awaited<ReturnType<typeof makeSecrets>>;

/** Makes the secrets that the template names, empty as the template has them: moto's CloudFormation skips them. */
export async function makeSecrets(moto: Moto, template: StackTemplate, existing: readonly string[] = []) {
  const client = moto.clients.secrets;
  const arns = new Map<string, string>();
  const named = propertiesOf(template, 'AWS::SecretsManager::Secret').map(({ Name }) => text(Name));
  for (const Name of [...named, ...existing]) arns.set(Name, (await client.createSecret({ Name })).ARN ?? '');
  /** The current value as it is stored; `undefined` while there is none. */
  const readText = (SecretId: string) =>
    client.getSecretValue({ SecretId }).then(
      ({ SecretString }) => SecretString,
      (error: Error) => {
        if (error.name !== 'ResourceNotFoundException') throw error;
      },
    );
  return {
    /** ARN of each by its name. */
    arns,
    readText,
    read: async (name: string) => JSON.parse((await readText(name)) ?? '{}'),
    put: (name: string, value: object) =>
      client.putSecretValue({ SecretId: name, SecretString: JSON.stringify(value) }),
  };
}

/** Waits for messages of a topic; none when none came. */
export type Receive = Awaited<ReturnType<typeof subscribeQueue>>;

/** moto delivers while it answers the publish: what has not come by then does not come. */
const waitMilliseconds = 1_000;

/** Subscribes a new queue to a deployed topic. */
export async function subscribeQueue({ clients: { queues, topics } }: Moto, TopicArn = '', QueueName: string) {
  const { QueueUrl } = await queues.createQueue({ QueueName });
  const Endpoint = `arn:aws:sqs:${region}:${account}:${QueueName}`;
  await topics.subscribe({ TopicArn, Protocol: 'sqs', Endpoint });
  return async () => {
    for (const end = Date.now() + waitMilliseconds; Date.now() < end; await wait(100)) {
      const { Messages = [] } = await queues.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 });
      if (Messages.length > 0) return Messages.map(({ Body = '{}' }) => readNotification(Body));
    }
    return [];
  };
}

/** The JSON event of a message, and the attributes for filter policies. */
function readNotification(body: string): Record<'event' | 'attributes', Record<string, unknown>> {
  const { Message, MessageAttributes = {} } = JSON.parse(body);
  const attributes = Object.entries(MessageAttributes).map(([name, value]) => [name, Object(value).Value]);
  return { event: JSON.parse(Message), attributes: Object.fromEntries(attributes) };
}
