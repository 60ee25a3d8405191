import { paginateListSubscriptionsByTopic, type Subscription } from '@aws-sdk/client-sns';
import { parseObject } from '../../lambda/parse-object.ts';
import { attempt, CannotTry, differs, each, type Findings, holds, ifThere, judge, notTried } from './finding.ts';
import { alarmNames } from './look-at-alarms.ts';
import { policyAllows } from './policy.ts';
import type { Deployment } from './subject.ts';

/** Whether the alarms can publish, and who receives alerts and alarms. */
export async function lookAtTopics(on: Deployment, alarmTopics: readonly string[]): Promise<Findings> {
  const topics = new Set([on.alertTopic, ...alarmTopics]);
  return [
    ...(await each(alarmTopics, (topic) => lookAtPolicy(on, topic))),
    ...(await each(topics, (topic) => lookAtSubscriptions(on, topic, alarmTopics.includes(topic)))),
  ];
}

function lookAtPolicy(on: Deployment, TopicArn: string): Promise<Findings> {
  return attempt(['topic.policy', 'topic.key'], nameOf(TopicArn), async () => {
    const answer = await ifThere(on.topics.getTopicAttributes({ TopicArn }));
    if (answer === undefined) return [differs('topic.policy', 'the topic of an alarm', 'no topic')];
    const { Policy = '', KmsMasterKeyId: key = '' } = answer.Attributes ?? {};
    const ofTopic = judgePolicy('topic.policy', on, Policy, ['SNS:Publish'], TopicArn);
    if (key === '') return [ofTopic, holds('topic.key', 'no key')];
    return [ofTopic, ...(await attempt(['topic.key'], undefined, () => lookAtKey(on, key)))];
  });
}

/** CloudWatch cannot publish with a key of AWS's own, whose policy nobody can change. */
async function lookAtKey(on: Deployment, key: string) {
  const id = 'topic.key';
  const ofAws = differs(id, 'no key, or one of your own', "one of AWS's own");
  if (key.includes('alias/aws/')) return ofAws;
  // A policy is asked for by the key itself: an alias is not enough.
  const answer = await ifThere(on.keys.describeKey({ KeyId: key }));
  const { KeyId, Arn = '*', KeyManager, Enabled } = answer?.KeyMetadata ?? {};
  if (KeyManager === 'AWS') return ofAws;
  if (answer === undefined || Enabled === false) return differs(id, 'a key that is enabled', 'none');
  const { Policy = '' } = await on.keys.getKeyPolicy({ KeyId, PolicyName: 'default' });
  return judgePolicy(id, on, Policy, ['kms:Decrypt', 'kms:GenerateDataKey'], Arn);
}

/** The worst of the verdicts on all alarms. */
function judgePolicy(id: string, on: Deployment, policy: string, actions: readonly string[], arn: string) {
  const { partition, region, account } = on;
  const verdicts = alarmNames(on).flatMap((name) => {
    const sourceArn = `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}`;
    const call = { service: 'cloudwatch.amazonaws.com', resource: arn, account, sourceArn };
    return actions.map((action) => policyAllows(policy, { ...call, action }));
  });
  const isRefused = verdicts.includes(false);
  if (!isRefused && verdicts.includes(undefined)) return notTried(id, 'the policy has a part that is not known here');
  return judge(id, !isRefused, 'a statement that lets cloudwatch.amazonaws.com in', 'none');
}

function lookAtSubscriptions(on: Deployment, topic: string, hasAlarms: boolean): Promise<Findings> {
  const [counting, filtering] = ['subscription.confirmed', 'subscription.filter'];
  return attempt(hasAlarms ? [counting, filtering] : [counting], nameOf(topic), async () => {
    const all = await listSubscriptions(on, topic);
    const confirmed = all.filter(({ SubscriptionArn }) => SubscriptionArn?.startsWith('arn:'));
    const pending = all.filter(({ SubscriptionArn }) => SubscriptionArn === 'PendingConfirmation');
    const counts = `${confirmed.length} confirmed, ${pending.length} pending`;
    const isGood = confirmed.length > 0 && pending.length === 0;
    const counted = judge(counting, isGood, 'all confirmed, and at least one', counts, counts);
    if (!hasAlarms) return [counted];
    return [counted, ...(await attempt([filtering], undefined, () => lookAtFilters(filtering, on, confirmed)))];
  });
}

async function lookAtFilters(id: string, { topics }: Deployment, all: readonly Subscription[]) {
  const verdicts: (boolean | undefined)[] = [];
  for (const { SubscriptionArn } of all) {
    const { Attributes = {} } = await topics.getSubscriptionAttributes({ SubscriptionArn });
    verdicts.push(hidesAlarms(Attributes));
  }
  const hidden = verdicts.filter((hides) => hides === true).length;
  if (hidden === 0 && verdicts.includes(undefined))
    throw new CannotTry('a filter policy looks at the body of messages');
  return judge(id, hidden === 0, 'none', `${hidden} of ${all.length} subscriptions with one that hides them`);
}

export async function listSubscriptions({ topics: client }: Deployment, TopicArn: string): Promise<Subscription[]> {
  const all: Subscription[] = [];
  for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn }))
    all.push(...(page.Subscriptions ?? []));
  return all;
}

/** Each key has to match, and an alarm has none: only `exists: false` does. @returns `undefined` if it looks at the body. */
function hidesAlarms({ FilterPolicy = '', FilterPolicyScope }: Record<string, string>): boolean | undefined {
  const keys = Object.values(parseObject(FilterPolicy) ?? {});
  if (keys.length > 0 && FilterPolicyScope === 'MessageBody') return undefined;
  return !keys.every((conditions) => [conditions].flat().some((one) => Object(one).exists === false));
}

export function nameOf(topic: string): string {
  return topic.split(':').at(-1) ?? '';
}
