import { Duration, Stack } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { dashboardNameOf } from '../lambda/log.ts';
import { defaultTickIntervalMilliseconds } from '../lambda/settings.ts';
import { RefresherAlarms } from './alarms.ts';
import { makeDashboard } from './dashboard.ts';
import { schedulerMetric } from './metrics.ts';
import type { RefresherFunction } from './refresher-function.ts';
import type { Settings } from './settings-of-props.ts';
import type { Tick } from './tick.ts';

/** What is watched. */
export type WatchProps = {
  readonly settings: Settings;
  readonly refresher: RefresherFunction;
  readonly tick: Tick;
  readonly alarmTopic: ITopic;
};

/**
 * Makes the alarms and the dashboard.
 *
 * @returns The dashboard's name.
 */
export function watch(scope: Construct, { settings, refresher, tick, alarmTopic }: WatchProps): string {
  const { secretPrefix, connections, runbookUrl } = settings;
  const period = Duration.millis(defaultTickIntervalMilliseconds);
  const droppedTicks = schedulerMetric('InvocationDroppedCount', tick.groupName, period);
  const alarms = new RefresherAlarms(scope, 'Alarms', {
    secretPrefix,
    connections,
    functionErrors: refresher.lambda.metricErrors({ period }),
    droppedTicks,
    topic: alarmTopic,
  });
  const dashboardName = dashboardNameOf(secretPrefix, Stack.of(scope).region);
  makeDashboard(scope, {
    dashboardName,
    secretPrefix,
    connections,
    period,
    alarmNames: alarms.names,
    logGroupName: refresher.logGroup.logGroupName,
    throttles: refresher.lambda.metricThrottles({ period }),
    droppedTicks,
    targetErrors: schedulerMetric('TargetErrorCount', tick.groupName, period),
    deadLetters: tick.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period }),
    runbookUrl,
  });
  return dashboardName;
}
