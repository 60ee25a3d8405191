import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  CfnAlarm,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { criticalAtLifeLeft, defaultLifetimeSeconds } from '../lambda/settings.ts';
import { lifeAlarmName, refresherAlarmName } from './alarm-names.ts';
import { ignoreUnknownProperties } from './cfn-lint.ts';
import { connectionMetric } from './metrics.ts';

/** What is watched, and who hears of it. */
export type AlarmsProps = {
  readonly secretPrefix: string;
  readonly connections: readonly string[];
  readonly tickInterval: Duration;
  readonly functionErrors: IMetric;
  readonly droppedTicks: IMetric;
  readonly topic: ITopic;
  readonly runbookUrl: string;
};

/** Ticks in the window of every alarm: one lost or late tick alone is no reason to wake anybody. */
const ticksPerWindow = 3;
/** Failed runs of {@link ticksPerWindow} that make an alarm. */
const failedRuns = 2;
/** Time to authorize the connections after a deploy before a missing token is an alarm. */
const warmUp = Duration.hours(1);

/**
 * The check that does not depend on the function: CloudWatch speaks when it does not run, crashes or cannot publish.
 *
 * Alarms notify on a change of state only, so each is heard once, and once again when it ends.
 */
export class RefresherAlarms extends Construct {
  /** Names of all alarms, the connections' first. */
  readonly names: readonly string[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { secretPrefix, tickInterval } = props;
    const errorsName = refresherAlarmName(secretPrefix, 'errors');
    const droppedName = refresherAlarmName(secretPrefix, 'dropped-ticks');
    this.names = [
      ...props.connections.map((connection) => lifeAlarmName(secretPrefix, connection)),
      errorsName,
      droppedName,
    ];
    const criticalSeconds = defaultLifetimeSeconds * criticalAtLifeLeft;
    for (const connection of props.connections) {
      const alarm = this.alarm(props, `Life-${connection}`, {
        alarmName: lifeAlarmName(secretPrefix, connection),
        alarmDescription:
          `The Zoho token of ${connection} has less than ${criticalSeconds / 60} minutes left, or the refresher does not run: ` +
          'apps get or will soon get refusals from Zoho.',
        metric: connectionMetric('SecondsToExpiry', connection, times(tickInterval, ticksPerWindow)),
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        threshold: criticalSeconds,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.BREACHING,
      });
      warmUpFirst(alarm);
    }
    this.alarm(props, 'Errors', {
      alarmName: errorsName,
      alarmDescription:
        'The Zoho token refresher fails as a whole: it crashes, or it could not record or publish an alert that somebody is waiting for.',
      metric: props.functionErrors,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: 1,
      evaluationPeriods: ticksPerWindow,
      datapointsToAlarm: failedRuns,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.alarm(props, 'DroppedTicks', {
      alarmName: droppedName,
      alarmDescription:
        'EventBridge Scheduler could not hand a tick over to the Zoho token refresher; the tick is in the dead-letter queue.',
      metric: props.droppedTicks,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private alarm({ topic, runbookUrl }: AlarmsProps, id: string, props: AlarmProps): Alarm {
    const alarm = new Alarm(this, id, {
      ...props,
      alarmDescription: `${props.alarmDescription} This is the independent check by CloudWatch: it speaks even when the refresher's own alerts cannot. Runbook: ${runbookUrl}`,
    });
    const action = new SnsAction(topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  }
}

/** Neither a deploy nor a fresh account without any token pages at once. */
function warmUpFirst(alarm: Alarm): void {
  const resource = alarm.node.defaultChild;
  if (!(resource instanceof CfnAlarm)) throw new Error('an alarm without its CloudFormation resource');
  resource.warmUpConfiguration = {
    warmUpPeriodDurationInMinutes: warmUp.toMinutes(),
    onlyStartEvaluatingAfterWarmUpPeriodEnds: true,
  };
  ignoreUnknownProperties(resource);
}

function times(interval: Duration, factor: number): Duration {
  return Duration.seconds(interval.toSeconds() * factor);
}
