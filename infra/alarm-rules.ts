import { criticalAtLifeLeft, defaultLifetimeSeconds } from '../lambda/settings.ts';
import { lifeAlarmName, refresherAlarmName } from './alarm-names.ts';

/** When one of the stack's alarms speaks. Only its metric's namespace and dimensions are the stack's own. */
export type AlarmRule = {
  readonly name: string;
  /** For who reads the alarm's mail at night. */
  readonly description: string;
  readonly metricName: 'SecondsToExpiry' | 'Errors' | 'InvocationDroppedCount';
  readonly statistic: 'Minimum' | 'Sum';
  readonly comparisonOperator: 'LessThanThreshold' | 'GreaterThanOrEqualToThreshold';
  readonly threshold: number;
  /** Length of one period, in ticks. */
  readonly periodTicks: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: 'breaching' | 'notBreaching';
};

/** Ticks in the window of the alarms: one lost or late tick alone is no reason to wake anybody. */
const ticksPerWindow = 3;
/** Failed runs of {@link ticksPerWindow} that make an alarm. */
const failedRuns = 2;
const criticalSeconds = defaultLifetimeSeconds * criticalAtLifeLeft;

/** One for each connection; silence counts as the worst. */
export function lifeAlarmRule(secretPrefix: string, connection: string): AlarmRule {
  return {
    name: lifeAlarmName(secretPrefix, connection),
    description:
      `The Zoho token of ${connection} has less than ${criticalSeconds / 60} minutes left, or the refresher does not run: ` +
      'apps get or will soon get refusals from Zoho.',
    metricName: 'SecondsToExpiry',
    statistic: 'Minimum',
    comparisonOperator: 'LessThanThreshold',
    threshold: criticalSeconds,
    periodTicks: ticksPerWindow,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    treatMissingData: 'breaching',
  };
}

/** Runs that fail. */
export function errorsAlarmRule(secretPrefix: string): AlarmRule {
  return {
    name: refresherAlarmName(secretPrefix, 'errors'),
    description:
      'The Zoho token refresher fails as a whole: it crashes, or it could not record or publish an alert that somebody is waiting for.',
    metricName: 'Errors',
    ...counted,
    evaluationPeriods: ticksPerWindow,
    datapointsToAlarm: failedRuns,
  };
}

/** Ticks that reach nobody. */
export function droppedTicksAlarmRule(secretPrefix: string): AlarmRule {
  return {
    name: refresherAlarmName(secretPrefix, 'dropped-ticks'),
    description:
      'EventBridge Scheduler could not hand a tick over to the Zoho token refresher; the tick is in the dead-letter queue.',
    metricName: 'InvocationDroppedCount',
    ...counted,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
  };
}

/** One in a period is too many, and no data is good news. */
const counted = {
  statistic: 'Sum',
  comparisonOperator: 'GreaterThanOrEqualToThreshold',
  threshold: 1,
  periodTicks: 1,
  treatMissingData: 'notBreaching',
} as const;

/** What an alarm's mail says of it. */
export function describeAlarm({ description }: AlarmRule, runbookUrl: string): string {
  return `${description} This is the independent check by CloudWatch: it speaks even when the refresher's own alerts cannot. Runbook: ${runbookUrl}`;
}
