import type { CfnResource } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
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
import { namespace } from './metrics-of-function.ts';
import type { RefresherFunction } from './refresher-function.ts';
import type { Settings } from './settings.ts';
import type { Tick } from './tick.ts';

/** What carries the ticks, and what both alarms and dashboard look at. */
export type Watched = {
  readonly settings: Settings;
  readonly refresher: RefresherFunction;
  readonly tick: Tick;
};

/**
 * Makes the check that does not depend on the function: CloudWatch speaks when it does not run, crashes or cannot publish.
 *
 * Alarms notify on a change of state only, so each is heard once, and once again when it ends. No alarm carries a
 * property that changes often, tags included: each update starts the warm-up anew.
 *
 * @returns Names of all alarms, the connections' first.
 */
export function makeAlarms(refresherScope: Construct, { settings, refresher, tick }: Watched, topic: ITopic): string[] {
  const { secretPrefix, connections } = settings;
  const scope = new Construct(refresherScope, 'Alarms');
  const add = (id: string, rule: AlarmRule, metricNamespace: string, values: Record<string, string>) => {
    const { name, metricName, statistic, periodSeconds: period, fillsWithZero, warmUp, ...judgement } = rule;
    const dimensions = Object.entries(values).map(([key, value]) => ({ name: key, value }));
    const metric = { namespace: metricNamespace, metricName, dimensions };
    // The L2 `Alarm` has no warm-up.
    const alarm = new CfnAlarm(new Construct(scope, id), 'Resource', {
      ...judgement,
      alarmName: name,
      alarmDescription: describeAlarm(rule),
      alarmActions: [topic.topicArn],
      okActions: [topic.topicArn],
      warmUpConfiguration: warmUp && {
        warmUpPeriodDurationInMinutes: warmUp.minutes,
        onlyStartEvaluatingAfterWarmUpPeriodEnds: warmUp.isWaitedOut,
      },
      // A plain alarm on missing data looks back over further periods: one old healthy point keeps it quiet.
      ...(fillsWithZero
        ? {
            metrics: [
              { id: 'expr_1', expression: 'FILL(m1, 0)', returnData: true },
              { id: 'm1', metricStat: { metric, period, stat: statistic }, returnData: false },
            ],
          }
        : { ...metric, period, statistic }),
    });
    if (warmUp !== undefined) ignoreUnknownProperties(alarm);
    return name;
  };
  const own = { SecretPrefix: secretPrefix };
  const { functionName: FunctionName } = refresher.lambda;
  return [
    ...connections.map((Connection) =>
      add(`Life-${Connection}`, lifeAlarmRule(secretPrefix, Connection), namespace, { Connection, ...own }),
    ),
    add('Heartbeat', heartbeatAlarmRule(secretPrefix), namespace, own),
    add('Errors', errorsAlarmRule(secretPrefix), 'AWS/Lambda', { FunctionName }),
    add('DroppedTicks', droppedTicksAlarmRule(secretPrefix), 'AWS/Scheduler', { ScheduleGroup: tick.groupName }),
  ];
}

/** Tells cfn-lint that a resource has a property newer than cfn-lint; CDK's own validation knows it. */
export function ignoreUnknownProperties(resource: CfnResource): void {
  resource.addMetadata('cfn-lint', { config: { ignore_checks: ['E3002'] } });
}
