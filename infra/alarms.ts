import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  CfnAlarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
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
import { connectionMetric, ticksMetric } from './metrics.ts';

/** What is watched, and who is alerted. */
export type AlarmsProps = {
  readonly secretPrefix: string;
  readonly connections: readonly string[];
  readonly functionErrors: IMetric;
  readonly droppedTicks: IMetric;
  readonly topic: ITopic;
};

const comparisonOperators = {
  LessThanThreshold: ComparisonOperator.LESS_THAN_THRESHOLD,
  LessThanOrEqualToThreshold: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
  GreaterThanOrEqualToThreshold: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
} as const satisfies Record<AlarmRule['comparisonOperator'], ComparisonOperator>;
const missingData = {
  breaching: TreatMissingData.BREACHING,
  notBreaching: TreatMissingData.NOT_BREACHING,
} as const satisfies Record<AlarmRule['treatMissingData'], TreatMissingData>;

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
    const { secretPrefix, connections, topic } = props;
    const action = new SnsAction(topic);
    const names: string[] = [];
    const add = (alarmId: string, rule: AlarmRule, metric: IMetric) => {
      names.push(rule.name);
      const alarm = new Alarm(this, alarmId, {
        alarmName: rule.name,
        alarmDescription: describeAlarm(rule),
        metric: rule.fillsWithZero ? filled(metric, rule.periodSeconds) : metric,
        comparisonOperator: comparisonOperators[rule.comparisonOperator],
        threshold: rule.threshold,
        evaluationPeriods: rule.evaluationPeriods,
        datapointsToAlarm: rule.datapointsToAlarm,
        treatMissingData: missingData[rule.treatMissingData],
      });
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
      warmUp(alarm, rule);
    };
    for (const connection of connections) {
      const rule = lifeAlarmRule(secretPrefix, connection);
      const metric = connectionMetric(
        'SecondsToExpiry',
        { secretPrefix, connection },
        Duration.seconds(rule.periodSeconds),
      ).with({ statistic: rule.statistic });
      add(`Life-${connection}`, rule, metric);
    }
    const heartbeat = heartbeatAlarmRule(secretPrefix);
    add('Heartbeat', heartbeat, ticksMetric(secretPrefix, Duration.seconds(heartbeat.periodSeconds)));
    add('Errors', errorsAlarmRule(secretPrefix), props.functionErrors);
    add('DroppedTicks', droppedTicksAlarmRule(secretPrefix), props.droppedTicks);
    this.names = names;
  }
}

/** A plain alarm on missing data looks back over more periods than it was asked for: one old healthy point keeps it quiet. */
function filled(metric: IMetric, periodSeconds: number): MathExpression {
  return new MathExpression({
    expression: 'FILL(m1, 0)',
    usingMetrics: { m1: metric },
    period: Duration.seconds(periodSeconds),
  });
}

function warmUp(alarm: Alarm, rule: AlarmRule): void {
  if (rule.warmUp === undefined) return;
  const resource = alarm.node.defaultChild;
  if (!(resource instanceof CfnAlarm)) throw new Error('an alarm without its CloudFormation resource');
  resource.warmUpConfiguration = {
    warmUpPeriodDurationInMinutes: rule.warmUp.minutes,
    onlyStartEvaluatingAfterWarmUpPeriodEnds: rule.warmUp.isWaitedOut,
  };
  ignoreUnknownProperties(resource);
}
