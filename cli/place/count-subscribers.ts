import { type CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { refresherAlarmName } from '../../infra/alarm-names.ts';
import { faultName } from '../../lambda/aws/fault-name.ts';

/** How many would get a message of a topic; those who have not confirmed get nothing. */
export type SubscriberCount = { readonly topicArn: string; readonly confirmed: number; readonly pending: number };

/** Counts who would be alerted: on the topic of the function, and on those to which the heartbeat alarm publishes. */
export async function countSubscribers(
  { lambda, cloudWatch }: { readonly lambda: LambdaClient; readonly cloudWatch: CloudWatchClient },
  { functionName, secretPrefix }: { readonly functionName: string; readonly secretPrefix: string },
  countTopic: (topicArn: string) => Promise<SubscriberCount>,
): Promise<readonly SubscriberCount[]> {
  const [configuration, alarms] = await Promise.all([
    lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName })),
    cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [refresherAlarmName(secretPrefix, 'heartbeat')] })),
  ]);
  const actions = alarms.MetricAlarms?.flatMap(({ AlarmActions }) => AlarmActions ?? []) ?? [];
  const topics = [configuration.Environment?.Variables?.ALERT_TOPIC_ARN ?? '', ...actions];
  return Promise.all([...new Set(topics)].filter((arn) => arn.includes(':sns:')).map(countTopic));
}

/** Says who would be alerted. A topic without subscribers is a failure, and a question that AWS refused is named. */
export async function describeHearing(subscribers: (() => Promise<readonly SubscriberCount[]>) | undefined) {
  const unknown = (why: string) => ({ isFine: true, lines: [`who is subscribed is not known: ${why}`], json: null });
  if (subscribers === undefined) return { isFine: true, lines: [], json: null };
  try {
    const json = await subscribers();
    if (json.length === 0) return unknown('no topic was found');
    return { isFine: json.every(({ confirmed }) => confirmed > 0), lines: json.map(describeCount), json };
  } catch (fault) {
    return unknown(faultName(fault));
  }
}

function describeCount({ topicArn, confirmed, pending }: SubscriberCount): string {
  const topic = topicArn.split(':').at(-1);
  const waiting = pending === 0 ? '' : `, ${pending} not confirmed yet`;
  if (confirmed > 0) return `subscribers of ${topic}: ${confirmed} confirmed${waiting}`;
  return `NOBODY HEARS: topic ${topic} has no confirmed subscription${waiting}; confirm one (docs/deploy.md, step 2)`;
}
