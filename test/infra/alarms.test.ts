import { Duration } from 'aws-cdk-lib';
import { expect, test } from 'vitest';
import { ZohoTokenRefresherStack } from '../../infra/stack.ts';
import { connectionsJson, makeDefaultStack, makeEveryOptionStack } from './stacks.ts';
import { flat, ofType, synthesize } from './synthesize.ts';

const template = synthesize(makeDefaultStack);
const everyOption = synthesize(makeEveryOptionStack);

function alarm(name: string, from = template): Readonly<Record<string, unknown>> {
  const found = ofType(from, 'AWS::CloudWatch::Alarm').find(
    ([, { Properties }]) => Properties.AlarmName === name,
  );
  return Object(flat(found?.[1].Properties));
}

/** CloudFormation's form of `FILL(metric, 0)` over one-minute periods. */
const filled = (metric: string, stat: string, dimensions: object[]) => [
  expect.objectContaining({ Expression: 'FILL(m1, 0)' }),
  {
    Id: 'm1',
    MetricStat: {
      Metric: { Namespace: 'ZohoTokenRefresher', MetricName: metric, Dimensions: dimensions },
      Period: 60,
      Stat: stat,
    },
    ReturnData: false,
  },
];

test.each(['salesiq', 'desk'])('the life alarm of %s', (connection) => {
  expect(alarm(`zoho/${connection}/token-life`)).toMatchObject({
    Metrics: filled('SecondsToExpiry', 'Maximum', [
      { Name: 'Connection', Value: connection },
      { Name: 'SecretPrefix', Value: 'zoho' },
    ]),
    ComparisonOperator: 'LessThanOrEqualToThreshold',
    Threshold: 1_200,
    EvaluationPeriods: 13,
    DatapointsToAlarm: 13,
    TreatMissingData: 'breaching',
    WarmUpConfiguration: {
      WarmUpPeriodDurationInMinutes: 60,
      OnlyStartEvaluatingAfterWarmUpPeriodEnds: true,
    },
  });
});

test('the heartbeat alarm', () => {
  expect(alarm('zoho/refresher/heartbeat')).toMatchObject({
    Metrics: filled('Ticks', 'Sum', [{ Name: 'SecretPrefix', Value: 'zoho' }]),
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 1,
    EvaluationPeriods: 13,
    DatapointsToAlarm: 13,
    TreatMissingData: 'breaching',
    WarmUpConfiguration: {
      WarmUpPeriodDurationInMinutes: 15,
      OnlyStartEvaluatingAfterWarmUpPeriodEnds: false,
    },
  });
});

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
    expect(Properties.AlarmDescription).toMatch(/independent check .*docs\/runbook\.md/);
  }
});

test('what changes often stands in no alarm: each update would start its warm-up anew', () => {
  const alarms = (change: object) =>
    ofType(
      synthesize(
        (app, code) => new ZohoTokenRefresherStack(app, 'S', { connectionsJson, ...code, ...change }),
      ),
      'AWS::CloudWatch::Alarm',
    );
  const changes = {
    runbookUrl: 'https://wiki.acme.io/zoho',
    tags: { release: '2' },
    logLevel: 'DEBUG',
    memorySizeMegabytes: 1_024,
    alertEmails: ['on-call@acme.io'],
    probeInterval: Duration.minutes(30),
    reservedConcurrency: 2,
  };
  expect(alarms(changes)).toEqual(alarms({}));
});

test('there is no other alarm: throttles and queue depth are for the dashboard', () => {
  expect(ofType(template, 'AWS::CloudWatch::Alarm')).toHaveLength(5);
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
