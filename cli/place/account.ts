import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { UndiciHttpHandler } from '@smithy/undici-http-handler';

/** An account's services, as `verify` asks them. */
export type Account = {
  readonly stack: CloudFormationClient;
  readonly metrics: CloudWatchClient;
  readonly logs: CloudWatchLogsClient;
  readonly iam: IAMClient;
  readonly keys: KMSClient;
  readonly lambda: LambdaClient;
  readonly scheduler: SchedulerClient;
  readonly secrets: SecretsManagerClient;
  readonly topics: SNSClient;
  readonly queues: SQSClient;
};

/** Opens the clients; none of them asks anything before its first command. */
export function openAccount(settings: {
  readonly region?: string;
  readonly profile?: string;
  readonly requestHandler: UndiciHttpHandler;
}): Account {
  return {
    stack: new CloudFormationClient(settings),
    metrics: new CloudWatchClient(settings),
    logs: new CloudWatchLogsClient(settings),
    iam: new IAMClient(settings),
    keys: new KMSClient(settings),
    // A test alert is never sent twice by itself.
    lambda: new LambdaClient({ ...settings, maxAttempts: 1 }),
    scheduler: new SchedulerClient(settings),
    secrets: new SecretsManagerClient(settings),
    topics: new SNSClient(settings),
    queues: new SQSClient(settings),
  };
}

/** What is told of one command: its name, what went and what came, or the fault. */
export type Hear = (command: {
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  readonly status: number | undefined;
  readonly output: unknown;
}) => void;

/** As much of every client as is needed to overhear it. */
type AnyClient = {
  readonly middlewareStack: {
    add(
      middleware: (next: Next, context: { readonly commandName?: string }) => Next,
      where: { readonly step: 'initialize'; readonly priority: 'high' },
    ): void;
  };
};
type Next = (args: { readonly input: unknown }) => Promise<{ readonly output: Output }>;
type Output = { readonly $metadata?: { readonly httpStatusCode?: number } };

/**
 * Overhears everything that is asked of an account.
 *
 * @param before - Runs before each command, and may throw in its place.
 */
export function overhear(account: Account, hear: Hear, before: () => void): void {
  for (const [service, client] of Object.entries(account)) {
    (client as unknown as AnyClient).middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          before();
          const of = { service, operation: commandName.replace(/Command$/, ''), input: args.input };
          try {
            const answer = await next(args);
            const { $metadata, ...output } = answer.output;
            hear({ ...of, status: $metadata?.httpStatusCode, output });
            return answer;
          } catch (fault) {
            const { name, message, $metadata } = fault as Error & Output;
            hear({ ...of, status: $metadata?.httpStatusCode, output: { __type: name, message } });
            throw fault;
          }
        },
      { step: 'initialize', priority: 'high' },
    );
  }
}
