import { type CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { refresherAlarmName } from '../../infra/alarm-names.ts';
import { faultName } from '../../lambda/aws/fault-name.ts';

/** How many would get a message of a topic. */
export type SubscriberCount = {
  readonly topicArn: string;
  readonly confirmed: number;
  /** Have not confirmed, so they get nothing. */
  readonly pending: number;
};

/** Counts those that a topic reaches, e.g. by SNS's GetTopicAttributes. */
export type CountTopic = (topicArn: string) => Promise<SubscriberCount>;

/**
 * Counts who would be alerted: on the topic to which the function publishes, and on those to which the heartbeat alarm does.
 *
 * @throws Error of AWS if one of the questions is not allowed.
 */
export async function countSubscribers(
  { lambda, cloudWatch }: { readonly lambda: LambdaClient; readonly cloudWatch: CloudWatchClient },
  { functionName, secretPrefix }: { readonly functionName: string; readonly secretPrefix: string },
  countTopic: CountTopic,
): Promise<readonly SubscriberCount[]> {
  const [configuration, alarms] = await Promise.all([
    lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName })),
    cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [refresherAlarmName(secretPrefix, 'heartbeat')] })),
  ]);
  const actions = alarms.MetricAlarms?.flatMap(({ AlarmActions }) => AlarmActions ?? []) ?? [];
  const topics = [configuration.Environment?.Variables?.ALERT_TOPIC_ARN ?? '', ...actions];
  return Promise.all([...new Set(topics)].filter((arn) => arn.includes(':sns:')).map(countTopic));
}

/** What a command says of the subscribers. */
export type Hearing = {
  readonly isFine: boolean;
  readonly lines: readonly string[];
  /** `null` if nobody knows. */
  readonly json: readonly SubscriberCount[] | null;
};

/** Says who would be alerted. A topic without subscribers is a failure, and a question that AWS refused is named. */
export async function describeHearing(
  subscribers: (() => Promise<readonly SubscriberCount[]>) | undefined,
): Promise<Hearing> {
  if (subscribers === undefined) return { isFine: true, lines: [], json: null };
  try {
    const counts = await subscribers();
    if (counts.length === 0) {
      return { isFine: true, lines: ['who is subscribed is not known: no topic was found'], json: null };
    }
    return {
      isFine: counts.every(({ confirmed }) => confirmed > 0),
      lines: counts.map(describeCount),
      json: counts,
    };
  } catch (fault) {
    return { isFine: true, lines: [`who is subscribed is not known: ${faultName(fault)}`], json: null };
  }
}

function describeCount({ topicArn, confirmed, pending }: SubscriberCount): string {
  const topic = topicArn.split(':').at(-1);
  const waiting = pending === 0 ? '' : `, ${pending} not confirmed yet`;
  if (confirmed > 0) return `subscribers of ${topic}: ${confirmed} confirmed${waiting}`;
  return `NOBODY HEARS: topic ${topic} has no confirmed subscription${waiting}; confirm one (docs/deploy.md, step 2)`;
}
