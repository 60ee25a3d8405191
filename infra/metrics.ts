import type { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';

const namespace = 'ZohoTokenRefresher';

/** Metrics that the function writes for each connection; `SecondsToExpiry` comes with every tick. */
export type ConnectionMetric = 'RefreshSuccess' | 'RefreshFailure' | 'RefreshDuration' | 'SecondsToExpiry';

const statistics: Record<ConnectionMetric, string> = {
  RefreshSuccess: Stats.SUM,
  RefreshFailure: Stats.SUM,
  RefreshDuration: Stats.MAXIMUM,
  SecondsToExpiry: Stats.MINIMUM,
};

/** One of the function's own metrics, e.g. `connectionMetric('SecondsToExpiry', 'desk', Duration.minutes(15))`. */
export function connectionMetric(metricName: ConnectionMetric, connection: string, period: Duration): Metric {
  return new Metric({
    namespace,
    metricName,
    dimensionsMap: { Connection: connection },
    statistic: statistics[metricName],
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
