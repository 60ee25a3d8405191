import { expect, test } from 'vitest';
import { makeDefaultStack } from './stacks.ts';
import { propertiesOf, synthesizeWith, templateOf } from './synthesize.ts';

const template = templateOf(makeDefaultStack);

test('every five minutes the schedule invokes the function with its two context attributes', () => {
  expect(propertiesOf(template, 'AWS::Scheduler::Schedule')).toEqual([
    {
      Description: expect.any(String),
      GroupName: expect.stringMatching(/^ZohoTokenRefresher-Tick-/),
      ScheduleExpression: 'rate(5 minutes)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: expect.stringMatching(/^<RefresherFunction\w+\.Arn>$/),
        RoleArn: expect.stringMatching(/^<RefresherTickRole\w+\.Arn>$/),
        Input: '{"schedule_arn":"<aws.scheduler.schedule-arn>","scheduled_time":"<aws.scheduler.scheduled-time>"}',
        RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 240 },
        DeadLetterConfig: { Arn: expect.stringMatching(/^<RefresherTickDeadLetters\w+\.Arn>$/) },
      },
    },
  ]);
});

test('the function is not retried, has no failure destination, and old events are dropped', () => {
  const FunctionName = expect.stringMatching(/^<RefresherFunction\w+>$/);
  expect(propertiesOf(template, 'AWS::Lambda::EventInvokeConfig')).toEqual([
    { FunctionName, Qualifier: '$LATEST', MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 300 },
  ]);
});

test('the function runs on Node 24 and arm64, logs JSON, and gets its topic, its runbook and nothing else in its environment', () => {
  const [properties, ...others] = propertiesOf(template, 'AWS::Lambda::Function');
  expect(properties).toMatchObject({
    FunctionName: 'zoho-token-refresher',
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    Handler: 'index.handler',
    MemorySize: 512,
    Timeout: 60,
    LoggingConfig: { LogFormat: 'JSON' },
  });
  expect(properties.Environment.Variables).toEqual({
    ALERT_TOPIC_ARN: expect.stringMatching(/^<RefresherAlertTopic\w+>$/),
    RUNBOOK_URL: 'docs/runbook.md',
    LOG_LEVEL: 'INFO',
  });
  expect([properties.ReservedConcurrentExecutions, others]).toEqual([undefined, []]);
  expect(propertiesOf(template, 'AWS::Logs::LogGroup')).toMatchObject([{ RetentionInDays: 90 }]);
});

test.each(['INFO', 'ERROR'] as const)(
  'logLevel %s is for the function alone: the platform lets a line without a level through, which counts as INFO',
  (logLevel) => {
    const [{ LoggingConfig, Environment }] = propertiesOf(synthesizeWith({ logLevel }), 'AWS::Lambda::Function');
    expect(Environment.Variables.LOG_LEVEL).toBe(logLevel);
    // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
    expect(['TRACE', 'DEBUG', 'INFO']).toContain(LoggingConfig.ApplicationLogLevel);
  },
);
