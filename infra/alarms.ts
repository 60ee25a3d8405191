import { CfnAlarm, type CfnAlarmProps } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import {
  type AlarmRule,
  describeAlarm,
  droppedTicksAlarmRule,
  errorsAlarmRule,
  heartbeatAlarmRule,
  lifeAlarmRule,
} from './alarm-rules.ts';
import { ignoreUnknownProperties } from './cfn-lint.ts';
import { namespace } from './metrics.ts';

/** What is watched, and who is alerted. */
export type AlarmsProps = {
  readonly secretPrefix: string;
  readonly connections: readonly string[];
  readonly functionName: string;
  readonly scheduleGroup: string;
  readonly topicArn: string;
};

/**
 * The check that does not depend on the function: CloudWatch speaks when it does not run, crashes or cannot publish.
 *
 * Alarms notify on a change of state only, so each is heard once, and once again when it ends. No alarm carries a
 * property that changes often, tags included: each update starts the warm-up anew.
 */
export class RefresherAlarms extends Construct {
  /** Names of all alarms, the connections' first. */
  readonly names: readonly string[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { secretPrefix, connections, functionName, scheduleGroup } = props;
    const add = (alarmId: string, rule: AlarmRule, metricNamespace: string, dimensions: Record<string, string>) => {
      const { warmUp } = rule;
      // The L2 `Alarm` has no warm-up.
      const alarm = new CfnAlarm(new Construct(this, alarmId), 'Resource', {
        alarmName: rule.name,
        alarmDescription: describeAlarm(rule),
        alarmActions: [props.topicArn],
        okActions: [props.topicArn],
        comparisonOperator: rule.comparisonOperator,
        threshold: rule.threshold,
        evaluationPeriods: rule.evaluationPeriods,
        datapointsToAlarm: rule.datapointsToAlarm,
        treatMissingData: rule.treatMissingData,
        warmUpConfiguration: warmUp && {
          warmUpPeriodDurationInMinutes: warmUp.minutes,
          onlyStartEvaluatingAfterWarmUpPeriodEnds: warmUp.isWaitedOut,
        },
        ...metricOf(rule, metricNamespace, dimensions),
      });
      if (warmUp !== undefined) ignoreUnknownProperties(alarm);
      return rule.name;
    };
    const own = { SecretPrefix: secretPrefix };
    this.names = [
      ...connections.map((Connection) =>
        add(`Life-${Connection}`, lifeAlarmRule(secretPrefix, Connection), namespace, { Connection, ...own }),
      ),
      add('Heartbeat', heartbeatAlarmRule(secretPrefix), namespace, own),
      add('Errors', errorsAlarmRule(secretPrefix), 'AWS/Lambda', { FunctionName: functionName }),
      add('DroppedTicks', droppedTicksAlarmRule(secretPrefix), 'AWS/Scheduler', { ScheduleGroup: scheduleGroup }),
    ];
  }
}

/** A plain alarm on missing data looks back over more periods than it was asked for: one old healthy point keeps it quiet. */
function metricOf(
  { metricName, statistic, periodSeconds: period, fillsWithZero }: AlarmRule,
  metricNamespace: string,
  values: Readonly<Record<string, string>>,
): Partial<CfnAlarmProps> {
  const dimensions = Object.entries(values).map(([name, value]) => ({ name, value }));
  const metric = { namespace: metricNamespace, metricName, dimensions };
  if (!fillsWithZero) return { ...metric, period, statistic };
  return {
    metrics: [
      { id: 'expr_1', expression: 'FILL(m1, 0)', returnData: true },
      { id: 'm1', metricStat: { metric, period, stat: statistic }, returnData: false },
    ],
  };
}
