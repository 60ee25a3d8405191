import type { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';

const namespace = 'ZohoTokenRefresher';

/** Metrics that the function writes for each connection; `SecondsToExpiry` comes with every tick. */
export type ConnectionMetric = 'RefreshSuccess' | 'RefreshFailure' | 'RefreshDuration' | 'SecondsToExpiry';

/** Whose metric it is: connections of two stages may have the same name. */
export type MeteredConnection = { readonly secretPrefix: string; readonly connection: string };

const statistics: Record<ConnectionMetric, string> = {
  RefreshSuccess: Stats.SUM,
  RefreshFailure: Stats.SUM,
  RefreshDuration: Stats.MAXIMUM,
  SecondsToExpiry: Stats.MINIMUM,
};

/** One of the function's own metrics about a connection. */
export function connectionMetric(
  metricName: ConnectionMetric,
  { secretPrefix, connection }: MeteredConnection,
  period: Duration,
): Metric {
  return new Metric({
    namespace,
    metricName,
    dimensionsMap: { SecretPrefix: secretPrefix, Connection: connection },
    statistic: statistics[metricName],
    period,
  });
}

/** Ticks in which every connection had its turn. */
export function ticksMetric(secretPrefix: string, period: Duration): Metric {
  return new Metric({
    namespace,
    metricName: 'Ticks',
    dimensionsMap: { SecretPrefix: secretPrefix },
    statistic: Stats.SUM,
    period,
  });
}

/** A metric of the schedule group: ticks that reached nobody. */
export function schedulerMetric(
  metricName: 'InvocationDroppedCount' | 'TargetErrorCount',
  groupName: string,
  period: Duration,
): Metric {
  return new Metric({
    namespace: 'AWS/Scheduler',
    metricName,
    dimensionsMap: { ScheduleGroup: groupName },
    statistic: Stats.SUM,
    period,
  });
}
