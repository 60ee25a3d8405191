import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  CfnAlarm,
  ComparisonOperator,
  type IMetric,
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
  lifeAlarmRule,
} from './alarm-rules.ts';
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

const comparisonOperators = {
  LessThanThreshold: ComparisonOperator.LESS_THAN_THRESHOLD,
  GreaterThanOrEqualToThreshold: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
} as const satisfies Record<AlarmRule['comparisonOperator'], ComparisonOperator>;
const missingData = {
  breaching: TreatMissingData.BREACHING,
  notBreaching: TreatMissingData.NOT_BREACHING,
} as const satisfies Record<AlarmRule['treatMissingData'], TreatMissingData>;
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
    const errorsRule = errorsAlarmRule(secretPrefix);
    const droppedRule = droppedTicksAlarmRule(secretPrefix);
    const lifeRules = props.connections.map((connection) => {
      const rule = lifeAlarmRule(secretPrefix, connection);
      const metric = connectionMetric('SecondsToExpiry', connection, times(tickInterval, rule.periodTicks));
      warmUpFirst(this.alarm(props, `Life-${connection}`, rule, metric));
      return rule;
    });
    this.names = [...lifeRules, errorsRule, droppedRule].map(({ name }) => name);
    this.alarm(props, 'Errors', errorsRule, props.functionErrors);
    this.alarm(props, 'DroppedTicks', droppedRule, props.droppedTicks);
  }

  private alarm({ topic, runbookUrl }: AlarmsProps, id: string, rule: AlarmRule, metric: IMetric): Alarm {
    const alarm = new Alarm(this, id, {
      alarmName: rule.name,
      alarmDescription: describeAlarm(rule, runbookUrl),
      metric,
      comparisonOperator: comparisonOperators[rule.comparisonOperator],
      threshold: rule.threshold,
      evaluationPeriods: rule.evaluationPeriods,
      datapointsToAlarm: rule.datapointsToAlarm,
      treatMissingData: missingData[rule.treatMissingData],
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
