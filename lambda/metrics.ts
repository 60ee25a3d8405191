/** Metrics of one connection and run, in the units of their names. */
export type ConnectionMetrics = {
  /** 0 if nothing usable is stored; `undefined` if the secret could not be read: a missing value alarms by itself. */
  readonly secondsToExpiry: number | undefined;
  /** Set if a refresh was tried; without a duration if it failed before Zoho was asked. */
  readonly refresh: { readonly isSuccess: boolean; readonly askedMilliseconds: number | undefined } | undefined;
};

type Value = readonly [name: string, unit: string, value: number];

/**
 * Writes the metrics of one connection as one line of CloudWatch's embedded metric format.
 *
 * @param secretPrefix - Tells stages apart that have connections of the same name.
 * @returns JSON without a line break; must reach standard output unwrapped, whatever the log level. `undefined` if
 *   nothing is known.
 * @see {@link https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html | EMF}
 */
export function renderMetrics(
  secretPrefix: string,
  connection: string,
  now: Date,
  { secondsToExpiry, refresh }: ConnectionMetrics,
): string | undefined {
  const values: Value[] = [];
  if (secondsToExpiry !== undefined) values.push(['SecondsToExpiry', 'Seconds', Math.max(0, secondsToExpiry)]);
  if (refresh !== undefined) {
    values.push(['RefreshSuccess', 'Count', refresh.isSuccess ? 1 : 0]);
    values.push(['RefreshFailure', 'Count', refresh.isSuccess ? 0 : 1]);
    if (refresh.askedMilliseconds !== undefined) {
      values.push(['RefreshDuration', 'Milliseconds', refresh.askedMilliseconds]);
    }
  }
  if (values.length === 0) return undefined;
  return renderLine({ SecretPrefix: secretPrefix, Connection: connection }, now, values);
}

/** Writes the metric of a tick in which every connection had its turn: what the heartbeat alarm waits for. */
export function renderTick(secretPrefix: string, now: Date): string {
  return renderLine({ SecretPrefix: secretPrefix }, now, [['Ticks', 'Count', 1]]);
}

function renderLine(dimensions: Readonly<Record<string, string>>, now: Date, values: readonly Value[]): string {
  return JSON.stringify({
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: 'ZohoTokenRefresher',
          Dimensions: [Object.keys(dimensions)],
          Metrics: values.map(([Name, Unit]) => ({ Name, Unit })),
        },
      ],
    },
    ...dimensions,
    ...Object.fromEntries(values.map(([name, , value]) => [name, value])),
  });
}
