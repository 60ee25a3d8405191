import { expect, test } from 'vitest';
import {
  type AlarmRule,
  droppedTicksAlarmRule,
  errorsAlarmRule,
  heartbeatAlarmRule,
  lifeAlarmRule,
} from '../../infra/alarm-rules.ts';
import { makeDefaultStack, makeEveryOptionStack } from './stacks.ts';
import { propertiesOf, type Template, templateOf } from './synthesize.ts';

const template = templateOf(makeDefaultStack);
const everyOption = templateOf(makeEveryOptionStack);
const alarmsOf = (from: Template) => propertiesOf(from, 'AWS::CloudWatch::Alarm');

/** A rule as CloudFormation writes it. What the rules make heard is played in test/unit/console/evaluate-alarm.test.ts. */
function written(rule: AlarmRule, Namespace: string, Dimensions: object[]): object {
  const { warmUp, metricName: MetricName, periodSeconds: Period, statistic: Stat } = rule;
  return {
    AlarmName: rule.name,
    ComparisonOperator: rule.comparisonOperator,
    Threshold: rule.threshold,
    EvaluationPeriods: rule.evaluationPeriods,
    DatapointsToAlarm: rule.datapointsToAlarm,
    TreatMissingData: rule.treatMissingData,
    ...(rule.fillsWithZero
      ? {
          Metrics: [
            expect.objectContaining({ Expression: 'FILL(m1, 0)', ReturnData: true }),
            expect.objectContaining({
              MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat },
              ReturnData: false,
            }),
          ],
        }
      : { Namespace, MetricName, Dimensions, Period, Statistic: Stat }),
    ...(warmUp && {
      WarmUpConfiguration: {
        WarmUpPeriodDurationInMinutes: warmUp.minutes,
        OnlyStartEvaluatingAfterWarmUpPeriodEnds: warmUp.isWaitedOut,
      },
    }),
  };
}

test('there is an alarm for each rule, on the metric that the function or AWS writes, and no other', () => {
  const SecretPrefix = { Name: 'SecretPrefix', Value: 'zoho' };
  const ours = (rule: AlarmRule, ...more: object[]) => written(rule, 'ZohoTokenRefresher', [...more, SecretPrefix]);
  const [{ GroupName }] = propertiesOf(template, 'AWS::Scheduler::Schedule');
  expect(alarmsOf(template)).toMatchObject([
    ...['salesiq', 'desk'].map((connection) =>
      ours(lifeAlarmRule('zoho', connection), { Name: 'Connection', Value: connection }),
    ),
    ours(heartbeatAlarmRule('zoho')),
    written(errorsAlarmRule('zoho'), 'AWS/Lambda', [
      { Name: 'FunctionName', Value: expect.stringMatching(/^<RefresherFunction/) },
    ]),
    written(droppedTicksAlarmRule('zoho'), 'AWS/Scheduler', [{ Name: 'ScheduleGroup', Value: GroupName }]),
  ]);
});

test.each([
  ['without a paging topic the alarms go to the alert topic, with one only there', template, 'AlertTopic97ECEB71'],
  ['with a paging topic they go only there', everyOption, 'PagingTopic31D6132B'],
])('%s', (_, from, topic) => {
  for (const { AlarmActions, OKActions, AlarmDescription } of alarmsOf(from)) {
    expect([AlarmActions, OKActions]).toEqual([[`<Refresher${topic}>`], [`<Refresher${topic}>`]]);
    expect(AlarmDescription).toMatch(/independent check .*docs\/runbook\.md/);
  }
});
