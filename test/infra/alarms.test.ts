import { expect, test } from 'vitest';
import { makeDefaultStack, makeEveryOptionStack } from './stacks.ts';
import { flat, ofType, synthesize } from './synthesize.ts';

const template = synthesize(makeDefaultStack);
const everyOption = synthesize(makeEveryOptionStack);

function alarm(name: string, from = template): Readonly<Record<string, unknown>> {
  const found = ofType(from, 'AWS::CloudWatch::Alarm').find(
    ([, { Properties }]) => Properties.AlarmName === name,
  );
  return Object(flat(found?.[1].Properties));
}

test.each(['salesiq', 'desk'])(
  'the life alarm of %s speaks at ten minutes left and when nothing is heard',
  (connection) => {
    expect(alarm(`zoho/${connection}/token-life`)).toMatchObject({
      Namespace: 'ZohoTokenRefresher',
      MetricName: 'SecondsToExpiry',
      Dimensions: [{ Name: 'Connection', Value: connection }],
      Statistic: 'Minimum',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 600,
      Period: 900,
      EvaluationPeriods: 1,
      TreatMissingData: 'breaching',
      WarmUpConfiguration: {
        WarmUpPeriodDurationInMinutes: 60,
        OnlyStartEvaluatingAfterWarmUpPeriodEnds: true,
      },
    });
  },
);

test('two failed runs of three ticks are an alarm', () => {
  expect(alarm('zoho/refresher/errors')).toMatchObject({
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Dimensions: [{ Name: 'FunctionName', Value: expect.stringMatching(/^<RefresherFunction/) }],
    Statistic: 'Sum',
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Threshold: 1,
    Period: 300,
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    TreatMissingData: 'notBreaching',
  });
});

test('a tick that the Scheduler dropped is an alarm', () => {
  const [[, schedule] = []] = ofType(template, 'AWS::Scheduler::Schedule');
  expect(alarm('zoho/refresher/dropped-ticks')).toMatchObject({
    Namespace: 'AWS/Scheduler',
    MetricName: 'InvocationDroppedCount',
    Dimensions: [{ Name: 'ScheduleGroup', Value: schedule?.Properties.GroupName }],
    Threshold: 1,
    TreatMissingData: 'notBreaching',
  });
});

test('every alarm says that it is the independent check, and where the runbook is', () => {
  for (const [, { Properties }] of ofType(everyOption, 'AWS::CloudWatch::Alarm')) {
    expect(Properties.AlarmDescription).toMatch(
      /independent check .*https:\/\/wiki\.example\.com\/zoho-tokens$/,
    );
  }
});

test('there is no other alarm: throttles and queue depth are for the dashboard', () => {
  expect(ofType(template, 'AWS::CloudWatch::Alarm')).toHaveLength(4);
});

test('without a paging topic the alarms go to the alert topic, with one only there', () => {
  for (const [, { Properties }] of ofType(template, 'AWS::CloudWatch::Alarm')) {
    expect(flat(Properties.AlarmActions)).toEqual(['<RefresherAlertTopic97ECEB71>']);
  }
  for (const [, { Properties }] of ofType(everyOption, 'AWS::CloudWatch::Alarm')) {
    expect(flat(Properties.AlarmActions)).toEqual(['<RefresherPagingTopic31D6132B>']);
    expect(flat(Properties.OKActions)).toEqual(['<RefresherPagingTopic31D6132B>']);
  }
  expect(flat(everyOption.Outputs?.PagingTopicArn?.Value)).toBe('<RefresherPagingTopic31D6132B>');
});
