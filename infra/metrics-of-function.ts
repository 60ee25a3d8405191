import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { defaultTickIntervalMilliseconds } from '../lambda/settings.ts';

/** The namespace of the function's own metrics. */
export const namespace = 'ZohoTokenRefresher';

/** The time between two ticks: the period of every metric but those of the alarms on silence. */
export const tickInterval = Duration.millis(defaultTickIntervalMilliseconds);

/** Metrics that the function writes for each connection; `SecondsToExpiry` comes with every tick. */
const statistics = {
  RefreshSuccess: Stats.SUM,
  RefreshFailure: Stats.SUM,
  RefreshDuration: Stats.MAXIMUM,
  SecondsToExpiry: Stats.MINIMUM,
} as const;

/** One of the function's own metrics about a connection. Connections of two stages may have the same name. */
export function connectionMetric(
  metricName: keyof typeof statistics,
  secretPrefix: string,
  connection: string,
): Metric {
  return new Metric({
    namespace,
    metricName,
    dimensionsMap: { SecretPrefix: secretPrefix, Connection: connection },
    statistic: statistics[metricName],
    period: tickInterval,
  });
}
