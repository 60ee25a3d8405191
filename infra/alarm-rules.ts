import { defaultLifetimeSeconds, defaultTickIntervalMilliseconds, warnAtLifeLeft } from '../lambda/settings.ts';
import { lifeAlarmName, refresherAlarmName } from './alarm-names.ts';

/** When one of the stack's alarms speaks. Only its metric's namespace and dimensions are the stack's own. */
export type AlarmRule = {
  readonly name: string;
  /** For who reads the alarm's mail at night. */
  readonly description: string;
  readonly metricName: 'SecondsToExpiry' | 'Ticks' | 'Errors' | 'InvocationDroppedCount';
  readonly statistic: 'Maximum' | 'Sum';
  /** Whether a period without data counts as 0 (`FILL(metric, 0)`), which a plain alarm on missing data does only late. */
  readonly fillsWithZero: boolean;
  readonly comparisonOperator: 'LessThanThreshold' | 'LessThanOrEqualToThreshold' | 'GreaterThanOrEqualToThreshold';
  readonly threshold: number;
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: 'breaching' | 'notBreaching';
  /** How long after each update of the alarm CloudWatch does not judge it; it ends early once the window is full, unless it `isWaitedOut`. */
  readonly warmUp?: { readonly minutes: number; readonly isWaitedOut: boolean };
};

/**
 * Minutes in the window of the alarms on silence; each of them must breach.
 *
 * Two ticks that follow each other with one lost between them are ten minutes apart, so one healthy minute is left in
 * any 13 even if the later tick and its data point are late. A Lambda that dies is noticed 13 to 15 minutes later.
 */
const silentMinutes = 13;
const silence = {
  fillsWithZero: true,
  periodSeconds: 60,
  evaluationPeriods: silentMinutes,
  datapointsToAlarm: silentMinutes,
  treatMissingData: 'breaching',
} as const;

/** One in a period is too many, and no data is good news. */
const counted = {
  statistic: 'Sum',
  fillsWithZero: false,
  comparisonOperator: 'GreaterThanOrEqualToThreshold',
  threshold: 1,
  periodSeconds: defaultTickIntervalMilliseconds / 1000,
  treatMissingData: 'notBreaching',
} as const;

/** The life alarm speaks 13 minutes after the last tick with more than this left: 7 to 12 minutes before the token ends. */
const leastLifeSeconds = defaultLifetimeSeconds * warnAtLifeLeft;

/** One for each connection: the token ends soon, or nobody looks at it. */
export function lifeAlarmRule(secretPrefix: string, connection: string): AlarmRule {
  return {
    name: lifeAlarmName(secretPrefix, connection),
    description: `The Zoho token of ${connection} ends within 12 minutes, has ended, or is not looked after: apps get or will soon get refusals from Zoho.`,
    metricName: 'SecondsToExpiry',
    statistic: 'Maximum',
    ...silence,
    comparisonOperator: 'LessThanOrEqualToThreshold',
    threshold: leastLifeSeconds,
    // A new deployment waits for its first consent.
    warmUp: { minutes: 60, isWaitedOut: true },
  };
}

/** One for each stack: no tick got through all connections. It is heard even while the life alarms warm up. */
export function heartbeatAlarmRule(secretPrefix: string): AlarmRule {
  return {
    name: refresherAlarmName(secretPrefix, 'heartbeat'),
    description: `The Zoho token refresher has not completed a tick for ${silentMinutes} minutes: it does not run, or it crashes.`,
    metricName: 'Ticks',
    statistic: 'Sum',
    ...silence,
    comparisonOperator: 'LessThanThreshold',
    threshold: 1,
    warmUp: { minutes: 15, isWaitedOut: false },
  };
}

/** Runs that fail: two in three ticks. */
export function errorsAlarmRule(secretPrefix: string): AlarmRule {
  return {
    name: refresherAlarmName(secretPrefix, 'errors'),
    description:
      'The Zoho token refresher fails as a whole: it crashes, or it could not record or publish an alert that somebody is waiting for.',
    metricName: 'Errors',
    ...counted,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
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

/** What an alarm's mail says of it: nothing that ever changes, since each update of an alarm starts its warm-up anew. */
export function describeAlarm({ description }: AlarmRule): string {
  return `${description} This is the independent check by CloudWatch: it speaks even when the refresher's own alerts cannot. What to do: "Alarms of CloudWatch" in docs/runbook.md of zoho-token-refresher.`;
}
