const units = {
  SecondsToExpiry: 'Seconds',
  RefreshSuccess: 'Count',
  RefreshFailure: 'Count',
  RefreshDuration: 'Milliseconds',
  Ticks: 'Count',
} as const;

/** Metrics in the units of their names; an `undefined` one is left out. */
export type Metrics = { readonly [name in keyof typeof units]?: number | undefined };

/**
 * Writes metrics as one line of CloudWatch's embedded metric format, which must reach standard output unwrapped.
 * @param dimensions - E.g. `{ SecretPrefix: 'zoho', Connection: 'desk' }`; the prefix tells stages apart.
 * @see {@link https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html | EMF}
 */
export function renderMetrics(dimensions: Readonly<Record<string, string>>, now: Date, metrics: Metrics): string {
  const known = Object.entries(metrics).filter(([, value]) => value !== undefined) as [keyof Metrics, number][];
  const directive = {
    Namespace: 'ZohoTokenRefresher',
    Dimensions: [Object.keys(dimensions)],
    Metrics: known.map(([Name]) => ({ Name, Unit: units[Name] })),
  };
  const _aws = { Timestamp: now.getTime(), CloudWatchMetrics: [directive] };
  return JSON.stringify({ _aws, ...dimensions, ...Object.fromEntries(known) });
}
