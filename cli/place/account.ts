import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { Lambda } from '@aws-sdk/client-lambda';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { SecretsManager, type SecretsManagerServiceException } from '@aws-sdk/client-secrets-manager';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import type { UndiciHttpHandler } from '@smithy/undici-http-handler';

export type Account = Readonly<ReturnType<typeof openAccount>>;

/** Opens the clients; none of them asks anything before its first command. */
export function openAccount(settings: {
  readonly region?: string;
  readonly profile?: string;
  readonly requestHandler: UndiciHttpHandler;
}) {
  return {
    stack: new CloudFormation(settings),
    metrics: new CloudWatch(settings),
    logs: new CloudWatchLogs(settings),
    iam: new IAM(settings),
    keys: new KMS(settings),
    // A test alert is never sent twice by itself.
    lambda: new Lambda({ ...settings, maxAttempts: 1 }),
    scheduler: new Scheduler(settings),
    secrets: new SecretsManager(settings),
    topics: new SNS(settings),
    queues: new SQS(settings),
  };
}

/** One command to AWS: its name, what was sent, and the answer or the fault. */
export type Hear = (command: {
  readonly service: string;
  readonly operation: string;
  /** The last try as it went over the wire, and the headers of its answer; left out if nothing went. */
  readonly wire: Readonly<Record<'method' | 'host' | 'path', string> & { headers: Record<string, string> }> | undefined;
  readonly input: unknown;
  readonly status: number | undefined;
  readonly output: unknown;
}) => void;

/** Overhears all that is asked of an account. @param before - Runs before each command, and may throw instead. */
export function overhear(account: Account, hear: Hear, before: () => void): void {
  for (const [service, client] of Object.entries(account)) {
    const wires = new WeakMap<object, Parameters<Hear>[0]['wire']>();
    // The clients differ in their commands alone, and no command is looked at here.
    const { middlewareStack } = client as SecretsManager;
    middlewareStack.add(
      (next, context) => async (args) => {
        before();
        const operation = (context.commandName ?? '').replace(/Command$/, '');
        const say = (status: number | undefined, output: unknown) =>
          hear({ service, operation, wire: wires.get(context), input: args.input, status, output });
        try {
          const answer = await next(args);
          const { $metadata, ...output } = answer.output;
          say($metadata.httpStatusCode, output);
          return answer;
        } catch (fault) {
          const { name, message, $metadata } = fault as SecretsManagerServiceException;
          say($metadata?.httpStatusCode, { __type: name, message });
          throw fault;
        }
      },
      { step: 'initialize', priority: 'high' },
    );
    // After the signature, within the retries.
    middlewareStack.add(
      (next, context) => async (args) => {
        const { method, hostname: host, path } = Object(args.request);
        const note = (response: unknown) =>
          wires.set(context, { method, host, path, headers: Object(response).headers ?? {} });
        try {
          const answer = await next(args);
          note(answer.response);
          return answer;
        } catch (fault) {
          note(Object(fault).$response);
          throw fault;
        }
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
  }
}
