import { paginateListSubscriptionsByTopic, type SNS, type Subscription } from '@aws-sdk/client-sns';
import { parseObject } from '../../lambda/parse-object.ts';
import { attempt, differs, each, type Finding, type Findings, holds, ifThere, judge, notTried } from './finding.ts';
import { alarmNames } from './look-at-alarms.ts';
import { policyAllows } from './policy.ts';
import type { Deployment } from './subject.ts';

/** Whether the alarms can publish, and who receives alerts and alarms. */
export async function lookAtTopics(on: Deployment, alarmTopics: readonly string[]): Promise<Findings> {
  return [
    ...(await each(alarmTopics, (topic) => lookAtPolicy(on, topic))),
    ...(await each(new Set([on.alertTopic, ...alarmTopics]), (topic) =>
      lookAtSubscriptions(on, topic, alarmTopics.includes(topic)),
    )),
  ];
}

function lookAtPolicy(on: Deployment, TopicArn: string): Promise<Findings> {
  const where = nameOf(TopicArn);
  return attempt(['topic.policy', 'topic.key'], where, async () => {
    const answer = await ifThere(on.topics.getTopicAttributes({ TopicArn }));
    if (answer === undefined) return [differs('topic.policy', 'the topic of an alarm', 'no topic', where)];
    const { Policy = '', KmsMasterKeyId: key = '' } = answer.Attributes ?? {};
    const ofTopic = say('topic.policy', letsAlarms(on, Policy, ['SNS:Publish'], TopicArn), where);
    if (key === '') return [ofTopic, holds('topic.key', 'no key', where)];
    return [ofTopic, ...(await attempt(['topic.key'], where, () => lookAtKey(on, key, where)))];
  });
}

/** CloudWatch cannot publish with a key of AWS's own, whose policy nobody can change. */
async function lookAtKey(on: Deployment, key: string, where: string): Promise<Findings> {
  const ofAws = differs('topic.key', 'no key, or one of your own', "one of AWS's own", where);
  if (key.includes('alias/aws/')) return [ofAws];
  // A policy is asked for by the key itself: an alias is not enough.
  const answer = await ifThere(on.keys.describeKey({ KeyId: key }));
  const { KeyId, Arn = '*', KeyManager, Enabled } = answer?.KeyMetadata ?? {};
  if (KeyManager === 'AWS') return [ofAws];
  if (answer === undefined || Enabled === false) return [differs('topic.key', 'a key that is enabled', 'none', where)];
  const { Policy = '' } = await on.keys.getKeyPolicy({ KeyId, PolicyName: 'default' });
  return [say('topic.key', letsAlarms(on, Policy, ['kms:Decrypt', 'kms:GenerateDataKey'], Arn), where)];
}

/** The worst of the verdicts on all alarms. */
function letsAlarms(on: Deployment, policy: string, actions: readonly string[], resource: string) {
  const { partition, region, account } = on;
  const verdicts = alarmNames(on).flatMap((name) => {
    const sourceArn = `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}`;
    const call = { service: 'cloudwatch.amazonaws.com', resource, account, sourceArn };
    return actions.map((action) => policyAllows(policy, { ...call, action }));
  });
  return verdicts.includes(false) ? false : verdicts.includes(undefined) ? undefined : true;
}

function say(id: string, verdict: boolean | undefined, where: string): Finding {
  if (verdict === undefined) return notTried(id, 'the policy has a part that is not known here', where);
  return judge(id, verdict, ['a statement that lets cloudwatch.amazonaws.com in', 'none'], where);
}

async function lookAtSubscriptions({ topics }: Deployment, topic: string, hasAlarms: boolean): Promise<Findings> {
  const where = nameOf(topic);
  const ids = ['subscription.confirmed', ...(hasAlarms ? ['subscription.filter'] : [])];
  return attempt(ids, where, async () => {
    const all = await listSubscriptions(topics, topic);
    const confirmed = all.filter(({ SubscriptionArn }) => SubscriptionArn?.startsWith('arn:'));
    const pending = all.filter(({ SubscriptionArn }) => SubscriptionArn === 'PendingConfirmation');
    const counts = `${confirmed.length} confirmed, ${pending.length} pending`;
    const isGood = confirmed.length > 0 && pending.length === 0;
    const words = ['all confirmed, and at least one', counts] as const;
    const counted = judge('subscription.confirmed', isGood, words, where, counts);
    if (!hasAlarms) return [counted];
    const filtered = () => lookAtFilters(topics, confirmed, where);
    return [counted, ...(await attempt(['subscription.filter'], where, filtered))];
  });
}

async function lookAtFilters(topics: SNS, all: Subscription[], where: string): Promise<Findings> {
  const [id, verdicts]: [string, (boolean | undefined)[]] = ['subscription.filter', []];
  for (const { SubscriptionArn } of all) {
    const { Attributes } = await topics.getSubscriptionAttributes({ SubscriptionArn });
    verdicts.push(hidesAlarms(Attributes ?? {}));
  }
  const hidden = verdicts.filter((hides) => hides === true).length;
  if (hidden === 0 && verdicts.includes(undefined))
    return [notTried(id, 'a filter policy looks at the body of messages', where)];
  const found = `${hidden} of ${all.length} subscriptions with one that hides them`;
  return [judge(id, hidden === 0, ['none', found], where)];
}

export async function listSubscriptions(client: SNS, TopicArn: string): Promise<Subscription[]> {
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
