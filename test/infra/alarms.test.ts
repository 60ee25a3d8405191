import { expect, test } from 'vitest';
import { makeDefaultStack, makeEveryOptionStack } from './example-stacks.ts';
import { propertiesOf, type Template, templateOf } from './synthesize.ts';

const template = templateOf(makeDefaultStack);
const everyOption = templateOf(makeEveryOptionStack);
const alarmsOf = (from: Template) => propertiesOf(from, 'AWS::CloudWatch::Alarm');

const Namespace = 'ZohoTokenRefresher';

/** An alarm on silence: 13 of 13 minutes, of which one without data counts as 0. test/unit/console plays what it does. */
const onSilence = (MetricName: string, Stat: string, Dimensions: object[]) => ({
  EvaluationPeriods: 13,
  DatapointsToAlarm: 13,
  TreatMissingData: 'breaching',
  Metrics: [
    { Expression: 'FILL(m1, 0)', ReturnData: true },
    { Id: 'm1', MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 60, Stat }, ReturnData: false },
  ],
});

/** An alarm that counts what AWS counted in five minutes. */
const onCount = (Namespace: string, MetricName: string, dimension: object) => ({
  Namespace,
  MetricName,
  Dimensions: [dimension],
  Period: 300,
  Statistic: 'Sum',
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  Threshold: 1,
  TreatMissingData: 'notBreaching',
});

test('the alarms on life left, missing ticks, errors and lost ticks are as documented, and there are no others', () => {
  const prefix = { Name: 'SecretPrefix', Value: 'zoho' };
  const [{ GroupName }] = propertiesOf(template, 'AWS::Scheduler::Schedule');
  const theFunction = { Name: 'FunctionName', Value: expect.stringMatching(/^<RefresherFunction/) };
  expect(alarmsOf(template)).toMatchObject([
    ...['salesiq', 'desk'].map((name) => ({
      AlarmName: `zoho/${name}/token-life`,
      ...onSilence('SecondsToExpiry', 'Maximum', [{ Name: 'Connection', Value: name }, prefix]),
      WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: 60, OnlyStartEvaluatingAfterWarmUpPeriodEnds: true },
      ComparisonOperator: 'LessThanOrEqualToThreshold',
      Threshold: 1_200,
    })),
    {
      AlarmName: 'zoho/refresher/heartbeat',
      ...onSilence('Ticks', 'Sum', [prefix]),
      WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: 15, OnlyStartEvaluatingAfterWarmUpPeriodEnds: false },
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
    },
    {
      AlarmName: 'zoho/refresher/errors',
      ...onCount('AWS/Lambda', 'Errors', theFunction),
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
    },
    {
      AlarmName: 'zoho/refresher/dropped-ticks',
      ...onCount('AWS/Scheduler', 'InvocationDroppedCount', { Name: 'ScheduleGroup', Value: GroupName }),
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
    },
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
