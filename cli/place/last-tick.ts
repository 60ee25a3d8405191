import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';

/** A Lambda that has not ticked for this long is named "never": its alarms fired hours ago. */
const longestSearchMilliseconds = 24 * 60 * 60 * 1000;
const periodSeconds = 60;

/**
 * When the Lambda last looked at a connection: the newest point of its `SecondsToExpiry`, which every tick writes.
 *
 * @returns `undefined` if there is none within a day.
 * @see {@link https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html | GetMetricData}
 */
export async function findLastTick(
  client: CloudWatchClient,
  { secretPrefix, connection }: { readonly secretPrefix: string; readonly connection: string },
  now: Date,
): Promise<Date | undefined> {
  const answer = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(now.getTime() - longestSearchMilliseconds),
      EndTime: now,
      ScanBy: 'TimestampDescending',
      MetricDataQueries: [
        {
          Id: 'tick',
          MetricStat: {
            Metric: {
              Namespace: 'ZohoTokenRefresher',
              MetricName: 'SecondsToExpiry',
              Dimensions: [
                { Name: 'SecretPrefix', Value: secretPrefix },
                { Name: 'Connection', Value: connection },
              ],
            },
            Period: periodSeconds,
            Stat: 'Minimum',
          },
        },
      ],
    }),
  );
  return answer.MetricDataResults?.[0]?.Timestamps?.[0];
}
