import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { Refusal } from '../faults.ts';
import type { LogLine, LogQuery } from './place.ts';

/** More lines than this in one look help nobody. */
const mostLines = 1_000;

/**
 * Reads the Lambda's log lines, oldest first; those of one connection are found by their field `connection`.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html | Filter patterns}
 * @throws {@link Refusal} if the function or its lines cannot be read.
 */
export async function readLogs(
  lambda: LambdaClient,
  settings: { readonly region?: string; readonly profile?: string },
  functionName: string,
  { connection, since }: LogQuery,
): Promise<LogLine[]> {
  // Only this command needs it.
  const { CloudWatchLogsClient, FilterLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
  const client = new CloudWatchLogsClient(settings);
  try {
    const { LoggingConfig } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
    const lines: LogLine[] = [];
    let nextToken: string | undefined;
    do {
      const answer = await client.send(
        new FilterLogEventsCommand({
          logGroupName: LoggingConfig?.LogGroup ?? `/aws/lambda/${functionName}`,
          startTime: since.getTime(),
          nextToken,
          ...(connection === undefined ? {} : { filterPattern: `{ $.connection = "${connection}" }` }),
        }),
      );
      for (const { eventId = '', timestamp = 0, message = '' } of answer.events ?? []) {
        lines.push({ id: eventId, at: new Date(timestamp), text: message.trimEnd() });
      }
      nextToken = answer.nextToken;
    } while (nextToken !== undefined && lines.length < mostLines);
    return lines.toSorted((one, other) => one.at.getTime() - other.at.getTime());
  } catch (fault) {
    const name = fault instanceof Error ? fault.name : 'unknown fault';
    throw new Refusal(
      `the log lines of ${functionName} cannot be read: ${name}`,
      'a --profile is needed whose role may read the function (lambda:GetFunctionConfiguration) and its log group (logs:FilterLogEvents)',
      'no_logs',
    );
  } finally {
    client.destroy();
  }
}
