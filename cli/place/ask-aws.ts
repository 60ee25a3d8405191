import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClientConfig } from '@aws-sdk/client-cloudwatch-logs';
import { GetFunctionConfigurationCommand, InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { faultName } from '../../lambda/aws/fault-name.ts';
import { parseObject } from '../../lambda/parse-object.ts';
import { Refusal } from '../faults.ts';
import { networkFix } from '../remedies.ts';
import type { Invoked, LogLine, LogQuery } from './place.ts';

/** A Lambda that has not ticked for this long is named "never": its alarms fired hours ago. */
const longestSearchMilliseconds = 24 * 60 * 60 * 1000;
/** More log lines than this in one look help nobody. */
const mostLines = 1_000;

/** Whether a secret exists, with or without a version; `undefined` if that could not be learned. */
export async function hasSecret(client: SecretsManagerClient, SecretId: string): Promise<boolean | undefined> {
  const asked = client.send(new DescribeSecretCommand({ SecretId }));
  return asked.then(
    () => true,
    (fault: unknown) => (faultName(fault) === 'ResourceNotFoundException' ? false : undefined),
  );
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

/** When the Lambda last looked at a connection, within a day: every tick writes a point of `SecondsToExpiry`. */
export async function findLastTick(client: CloudWatchClient, secretPrefix: string, connection: string) {
  const command = new GetMetricDataCommand({
    StartTime: new Date(Date.now() - longestSearchMilliseconds),
    EndTime: new Date(),
    ScanBy: 'TimestampDescending',
    MetricDataQueries: [{ Id: 'tick', MetricStat: statOf('SecondsToExpiry', secretPrefix, connection) }],
  });
  return (await client.send(command)).MetricDataResults?.[0]?.Timestamps?.[0];
}

/** Reads the Lambda's log lines, oldest first; those of one connection are found by their field `connection`. */
export async function readLogs(
  lambda: LambdaClient,
  settings: CloudWatchLogsClientConfig,
  functionName: string,
  { connection, since }: LogQuery,
): Promise<LogLine[]> {
  // Only this command needs it.
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
