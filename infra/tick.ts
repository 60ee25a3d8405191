import { Duration, Names, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { tickInterval } from './metrics-of-function.ts';

/** Attempts of the Scheduler to hand a tick over to Lambda after the first; what the function does is not retried. */
const handOverRetries = 2;
/** A hand-over is given up this long before the next tick, which says the same. */
const handOverMargin = Duration.minutes(1);
/** As long as SQS keeps a message: ticks that were given up are evidence, not work. */
const deadLetterRetention = Duration.days(14);

/** The context attributes that the Scheduler fills in; the Lambda's scheduled event. */
const scheduledEvent =
  '{"schedule_arn":"<aws.scheduler.schedule-arn>","scheduled_time":"<aws.scheduler.scheduled-time>"}';

/** The schedule that invokes the function on every tick, with its own group, role and dead-letter queue. */
export class Tick extends Construct {
  readonly groupName: string;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, target: IFunction) {
    super(scope, id);
    const stack = Stack.of(this);
    this.groupName = Names.uniqueResourceName(this, { maxLength: 64, separator: '-' });
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: deadLetterRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.deadLetterQueue).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SQS3',
      reason: 'This queue is itself the dead-letter queue of the schedule; nothing consumes it.',
    });
    const group = new CfnScheduleGroup(this, 'Group', { name: this.groupName });
    group.applyRemovalPolicy(RemovalPolicy.DESTROY);
    const role = new Role(this, 'Role', {
      description: 'Lets one schedule group invoke the Zoho token refresher',
      // Only this account's schedules of this group: no other schedule can borrow the role.
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnEquals: {
            'aws:SourceArn': stack.formatArn({
              service: 'scheduler',
              resource: 'schedule-group',
              resourceName: this.groupName,
            }),
          },
        },
      }),
    });
    for (const [action, resource] of [
      ['lambda:InvokeFunction', target.functionArn],
      ['sqs:SendMessage', this.deadLetterQueue.queueArn],
    ] as const) {
      role.addToPolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
    }
    const schedule = new CfnSchedule(this, 'Schedule', {
      description: 'One look at every Zoho token',
      groupName: this.groupName,
      scheduleExpression: `rate(${tickInterval.toMinutes()} minutes)`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: target.functionArn,
        roleArn: role.roleArn,
        input: scheduledEvent,
        retryPolicy: {
          maximumRetryAttempts: handOverRetries,
          maximumEventAgeInSeconds: tickInterval.minus(handOverMargin).toSeconds(),
        },
        deadLetterConfig: { arn: this.deadLetterQueue.queueArn },
      },
    });
    schedule.addResourceDependency(group);
    // The Scheduler tries the role when the schedule is created, so its policy has to be there.
    schedule.node.addDependency(role);
  }
  /** What the schedule group counts of ticks that reached nobody. */
  metric(metricName: 'InvocationDroppedCount' | 'TargetErrorCount'): Metric {
    return new Metric({
      namespace: 'AWS/Scheduler',
      metricName,
      dimensionsMap: { ScheduleGroup: this.groupName },
      statistic: Stats.SUM,
      period: tickInterval,
    });
  }
}
