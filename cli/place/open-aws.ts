import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClientConfig } from '@aws-sdk/client-cloudwatch-logs';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SNSClientConfig } from '@aws-sdk/client-sns';
import { UndiciHttpHandler } from '@smithy/undici-http-handler';
import { EnvHttpProxyAgent } from 'undici';
import { refresherAlarmName } from '../../infra/alarm-names.ts';
import { faultName } from '../../lambda/aws/fault-name.ts';
import { createSecretVersions } from '../../lambda/aws/secrets-manager.ts';
import { parseObject } from '../../lambda/parse-object.ts';
import type { Variables } from '../command.ts';
import { quoteWord, Refusal } from '../faults.ts';
import { networkFix } from '../remedies.ts';
import type { Target } from './choose-stage.ts';
import type { SubscriberCount } from './describe-hearing.ts';
import { neverEnds, openZohoOfEnvironment, proxiesOf } from './open-zoho.ts';
import type { Invoked, LogLine, LogQuery, Place } from './place.ts';

const connectTimeoutMilliseconds = 5_000;
const requestTimeoutMilliseconds = 10_000;
/** The function may take its whole minute. */
const invokeTimeoutMilliseconds = 65_000;

/** Opens an AWS account. Without a Region or credentials it fails before anything is asked of a person or Zoho. */
export async function openAws(
  { connections, stage, functionName, region: wantedRegion, profile }: Target,
  variables: Variables,
): Promise<Place> {
  const zoho = openZohoOfEnvironment(variables);
  const { secretPrefix } = connections;
  // The SDK knows AWS_REGION; the AWS CLI and boto3 take AWS_DEFAULT_REGION, too.
  const givenRegion = wantedRegion ?? (variables.AWS_REGION || variables.AWS_DEFAULT_REGION || undefined);
  const within = (milliseconds = requestTimeoutMilliseconds) => ({
    ...(profile !== undefined && { profile }),
    ...(givenRegion !== undefined && { region: givenRegion }),
    requestHandler: new UndiciHttpHandler({
      dispatcher: new EnvHttpProxyAgent({
        ...proxiesOf(variables),
        allowH2: false,
        connect: { timeout: connectTimeoutMilliseconds },
        headersTimeout: milliseconds,
        bodyTimeout: milliseconds,
      }),
    }),
  });
  const secrets = new SecretsManagerClient(within());
  const metrics = new CloudWatchClient(within());
  // An invocation is never repeated by itself: its effects would be, too.
  const lambda = new LambdaClient({ ...within(invokeTimeoutMilliseconds), maxAttempts: 1 });
  const region = await secrets.config.region().catch(() => {
    const fix = 'give --region (or name it in deployment.json), or --local for the store of npm start';
    throw new Refusal('no AWS Region is set', fix, 'no_region');
  });
  const { accountId } = await secrets.config.credentials().catch((fault: unknown) => {
    const named = profile ?? variables.AWS_PROFILE;
    const whose = named === undefined ? '' : ` for the profile ${quoteWord(named)}`;
    throw new Refusal(
      `no AWS credentials are found${whose} (${faultName(fault)})`,
      'give --profile, sign in with `aws sso login`, or use --local for the store of npm start',
      'no_credentials',
    );
  });
  if (stage?.account !== undefined && accountId !== undefined && accountId !== stage.account) {
    const problem = `these credentials are for account ${accountId}, but stage ${stage.name} is in ${stage.account}`;
    throw new Refusal(problem, 'give the --profile of that account', 'wrong_account');
  }
  return {
    title: stage === undefined ? `AWS (${region})` : `AWS (${stage.name}, ${region})`,
    connections,
    versions: createSecretVersions(secrets, neverEnds),
    ...zoho,
    invoke: (event) => invokeFunction(lambda, functionName, event),
    lastTick: async (connection) => {
      // Every tick writes a point; a Lambda that has not ticked for a day is named "never".
      const command = new GetMetricDataCommand({
        StartTime: new Date(Date.now() - 24 * 60 * 60 * 1000),
        EndTime: new Date(),
        ScanBy: 'TimestampDescending',
        MetricDataQueries: [{ Id: 'tick', MetricStat: statOf('SecondsToExpiry', secretPrefix, connection) }],
      });
      return (await metrics.send(command)).MetricDataResults?.[0]?.Timestamps?.[0];
    },
    subscribers: async () => {
      const heartbeat = { AlarmNames: [refresherAlarmName(secretPrefix, 'heartbeat')] };
      const [{ Environment }, { MetricAlarms = [] }] = await Promise.all([
        lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName })),
        metrics.send(new DescribeAlarmsCommand(heartbeat)),
      ]);
      const topics = new Set([Environment?.Variables?.ALERT_TOPIC_ARN ?? '']);
      for (const { AlarmActions = [] } of MetricAlarms) for (const arn of AlarmActions) topics.add(arn);
      return countSubscribers(
        [...topics].filter((arn) => arn.includes(':sns:')),
        within(),
      );
    },
    hasSecret: (secretId) =>
      secrets.send(new DescribeSecretCommand({ SecretId: secretId })).then(
        () => true,
        (fault: unknown) => (faultName(fault) === 'ResourceNotFoundException' ? false : undefined),
      ),
    readLogs: (query) => readLogs(lambda, within(), functionName, query),
    account: {
      functionName,
      stackName: stage?.stackName,
      open: async () => {
        // Only one command needs so many clients.
        const { openAccount } = await import('./account.ts');
        return openAccount(within());
      },
    },
    now: () => new Date(),
    practiceClients: {},
    close: () => {
      for (const client of [secrets, metrics, lambda]) client.destroy();
    },
  };
}

/** More log lines than this in one look help nobody. */
const mostLines = 1_000;

async function countSubscribers(topicArns: readonly string[], settings: SNSClientConfig): Promise<SubscriberCount[]> {
  const { GetTopicAttributesCommand, SNSClient } = await import('@aws-sdk/client-sns');
  const client = new SNSClient(settings);
  const counts = topicArns.map(async (topicArn) => {
    const { Attributes = {} } = await client.send(new GetTopicAttributesCommand({ TopicArn: topicArn }));
    const { SubscriptionsConfirmed = 0, SubscriptionsPending = 0 } = Attributes;
    return { topicArn, confirmed: Number(SubscriptionsConfirmed), pending: Number(SubscriptionsPending) };
  });
  return Promise.all(counts).finally(() => client.destroy());
}

/** Invokes the Lambda function and waits for its answer. @throws {@link Refusal} if the function was not reached. */
export async function invokeFunction(client: LambdaClient, functionName: string, event: unknown): Promise<Invoked> {
  const command = new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) });
  const answer = await client.send(command).catch((fault: unknown) => {
    throw refusalOf(functionName, faultName(fault));
  });
  const text = answer.Payload?.transformToString() ?? '';
  if (answer.FunctionError === undefined) return { answer: parseObject(text) ?? null };
  const message = parseObject(text)?.errorMessage;
  return { error: typeof message === 'string' ? message : answer.FunctionError };
}

function refusalOf(functionName: string, name: string): Refusal {
  if (name === 'ResourceNotFoundException') {
    const fix =
      "give --function (the stack's output FunctionName), --profile or --region; or deploy with `npx cdk deploy`";
    return new Refusal(`this account and Region have no function ${functionName}`, fix);
  }
  if (name.startsWith('AccessDenied')) {
    const fix = 'use a --profile whose role holds lambda:InvokeFunction on it';
    return new Refusal(`you may not invoke ${functionName}`, fix);
  }
  return new Refusal(`the function ${functionName} could not be invoked: ${name}`, networkFix(name));
}

/** The highest points by the minute of one of the Lambda's metrics, of a connection or of all. */
export function statOf(MetricName: string, secretPrefix: string, connection?: string) {
  const Dimensions = [{ Name: 'SecretPrefix', Value: secretPrefix }];
  if (connection !== undefined) Dimensions.push({ Name: 'Connection', Value: connection });
  return { Metric: { Namespace: 'ZohoTokenRefresher', MetricName, Dimensions }, Period: 60, Stat: 'Maximum' };
}

/** Reads the Lambda's log lines, oldest first; those of one connection are found by their field `connection`. */
async function readLogs(
  lambda: LambdaClient,
  settings: CloudWatchLogsClientConfig,
  functionName: string,
  { connection, since }: LogQuery,
): Promise<LogLine[]> {
  const { CloudWatchLogsClient, paginateFilterLogEvents } = await import('@aws-sdk/client-cloudwatch-logs');
  const client = new CloudWatchLogsClient(settings);
  try {
    const { LoggingConfig } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
    const wanted = {
      logGroupName: LoggingConfig?.LogGroup ?? `/aws/lambda/${functionName}`,
      startTime: since.getTime(),
      ...(connection !== undefined && { filterPattern: `{ $.connection = "${connection}" }` }),
    };
    const lines: LogLine[] = [];
    for await (const { events = [] } of paginateFilterLogEvents({ client }, wanted)) {
      for (const { eventId = '', timestamp = 0, message = '' } of events)
        lines.push({ id: eventId, at: new Date(timestamp), text: message.trimEnd() });
      if (lines.length >= mostLines) break;
    }
    return lines.toSorted((one, other) => one.at.getTime() - other.at.getTime());
  } catch (fault) {
    throw new Refusal(
      `the log lines of ${functionName} cannot be read: ${fault instanceof Error ? fault.name : 'unknown fault'}`,
      'a --profile is needed whose role may read the function (lambda:GetFunctionConfiguration) and its log group (logs:FilterLogEvents)',
      'no_logs',
    );
  } finally {
    client.destroy();
  }
}
