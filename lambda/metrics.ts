/** Metrics of one connection and run, in the units of their names. */
export type ConnectionMetrics = {
  /** `undefined` where the secret could not be read: nothing is known, and a missing value alarms by itself. */
  readonly secondsToExpiry: number | undefined;
  /** Set where a refresh was tried; without a duration where it failed before Zoho was asked. */
  readonly refresh:
    | { readonly isSuccess: boolean; readonly askedMilliseconds: number | undefined }
    | undefined;
};

/**
 * Writes metrics as one line of CloudWatch's embedded metric format.
 *
 * @returns JSON without a line break; must reach standard output unwrapped.
 * @see {@link https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html | EMF}
 */
export function renderMetrics(connection: string, now: Date, metrics: ConnectionMetrics): string | undefined {
  const { secondsToExpiry, refresh } = metrics;
  const values: [name: string, unit: string, value: number][] = [];
  if (secondsToExpiry !== undefined) values.push(['SecondsToExpiry', 'Seconds', secondsToExpiry]);
  if (refresh !== undefined) {
    values.push(['RefreshSuccess', 'Count', refresh.isSuccess ? 1 : 0]);
    values.push(['RefreshFailure', 'Count', refresh.isSuccess ? 0 : 1]);
    if (refresh.askedMilliseconds !== undefined) {
      values.push(['RefreshDuration', 'Milliseconds', refresh.askedMilliseconds]);
    }
  }
  if (values.length === 0) return undefined;
  return JSON.stringify({
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: 'ZohoTokenRefresher',
          Dimensions: [['Connection']],
          Metrics: values.map(([Name, Unit]) => ({ Name, Unit })),
        },
      ],
    },
    Connection: connection,
    ...Object.fromEntries(values.map(([name, , value]) => [name, value])),
  });
}
