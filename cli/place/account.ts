import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { Lambda } from '@aws-sdk/client-lambda';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
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

/** As much of every client as is needed to overhear it. */
type AnyClient = { readonly middlewareStack: { add(middleware: Middleware, where: object): void } };
type Middleware = (next: Next, context: { readonly commandName?: string }) => Next;
type Next = (args: Args) => Promise<{ readonly output: Output; readonly response: unknown }>;
type Args = { readonly input: unknown; readonly request?: unknown };
type Output = { readonly $metadata?: { readonly httpStatusCode?: number } };

/** Overhears all that is asked of an account. @param before - Runs before each command, and may throw instead. */
export function overhear(account: Account, hear: Hear, before: () => void): void {
  for (const [service, client] of Object.entries(account)) {
    const wires = new WeakMap<object, Parameters<Hear>[0]['wire']>();
    const { middlewareStack } = client as unknown as AnyClient;
    const hearCommand: Middleware = (next, context) => async (args) => {
      before();
      const operation = (context.commandName ?? '').replace(/Command$/, '');
      const say = ({ $metadata }: Output, output: unknown) =>
        hear({
          service,
          operation,
          wire: wires.get(context),
          input: args.input,
          status: $metadata?.httpStatusCode,
          output,
        });
      try {
        const answer = await next(args);
        const { $metadata: _metadata, ...output } = answer.output;
        say(answer.output, output);
        return answer;
      } catch (fault) {
        const { name, message } = fault as Error;
        say(fault as Output, { __type: name, message });
        throw fault;
      }
    };
    const hearWire: Middleware = (next, context) => async (args) => {
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
    };
    middlewareStack.add(hearCommand, { step: 'initialize', priority: 'high' });
    // After the signature, within the retries.
    middlewareStack.add(hearWire, { step: 'finalizeRequest', priority: 'low' });
  }
}
