import { fork } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GetFunctionConfigurationCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { credentials, type Moto, region } from './moto.ts';
import { resourcesOfType, type StackTemplate, text } from './template.ts';
import { unzip } from './unzip.ts';

/** A function as moto holds it: its code, unpacked, and its own environment. */
export type DeployedFunction = {
  readonly modulePath: string;
  /** File and export, e.g. `index.handler`. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMilliseconds: number;
  readonly roleName: string;
};

/** What a handler returned or threw, and the lines it wrote. */
export type Invocation = { readonly value?: unknown; readonly error?: string; readonly stdout: string };

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
  description: RegExp,
): Promise<DeployedFunction> {
  const aws = { endpoint: moto.url, region, credentials };
  const lambda = new LambdaClient(aws);
  const resource = resourcesOfType(template, 'AWS::Lambda::Function').find(({ Properties }) =>
    description.test(text(Properties.Description)),
  );
  const code = Object(resource?.Properties.Code);
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const { FunctionName } =
    Functions.find(
      (each) => each.Description === resource?.Properties.Description && each.Role?.includes(`/${stackName}-`),
    ) ?? {};
  const configuration = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const object = await new S3Client({ ...aws, forcePathStyle: true }).send(
    new GetObjectCommand({ Bucket: text(code.S3Bucket), Key: text(code.S3Key) }),
  );
  const archive = Buffer.from((await object.Body?.transformToByteArray()) ?? []);
  const folder = mkdtempSync(join(tmpdir(), 'zoho-deploy-code-'));
  unzip(archive, folder);
  return {
    modulePath: join(folder, 'index.mjs'),
    handler: configuration.Handler ?? '',
    environment: configuration.Environment?.Variables ?? {},
    timeoutMilliseconds: (configuration.Timeout ?? 3) * 1_000,
    roleName: configuration.Role?.split('/').at(-1) ?? '',
  };
}

/**
 * Runs the handler once, in a process of its own that knows nothing but the function's environment.
 *
 * @param extra - Where AWS and Zoho are to be found.
 */
export function invoke(
  { modulePath, environment, timeoutMilliseconds }: DeployedFunction,
  event: string,
  extra: Readonly<Record<string, string>>,
): Promise<Invocation> {
  const child = fork(
    fileURLToPath(new URL('./run-handler.ts', import.meta.url)),
    [modulePath, event, String(timeoutMilliseconds)],
    {
      env: {
        ...environment,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_LAMBDA_FUNCTION_NAME: 'deployed',
        AWS_LAMBDA_LOG_GROUP_NAME: 'deployed',
        ...extra,
      },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    },
  );
  return new Promise((resolve, reject) => {
    let stdout = '';
    let message: object | undefined;
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.on('message', (sent) => {
      message = Object(sent);
    });
    child.once('error', reject);
    child.once('close', (status) => {
      if (message === undefined) reject(new Error(`the handler's process ended with ${status}: ${stdout}`));
      else resolve({ ...message, stdout });
    });
  });
}
