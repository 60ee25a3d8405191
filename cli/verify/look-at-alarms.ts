import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { paginateListSubscriptionsByTopic, type Subscription } from '@aws-sdk/client-sns';
import { lifeAlarmName, refresherAlarmName, refresherAlarmSubjects } from '../../infra/alarm-names.ts';
import { parseObject } from '../../lambda/parse-object.ts';
import { attempt, CannotTry, differs, each, type Findings, holds, ifThere, judge, notTried } from './attempt.ts';
import { policyAllows } from './policy.ts';
import type { Deployment } from './subject.ts';

/** The alarms that the stack makes, those of the connections first. */
export function alarmNames({ secretPrefix, all }: Pick<Deployment, 'secretPrefix' | 'all'>): readonly string[] {
  return [
    ...all.map(({ name }) => lifeAlarmName(secretPrefix, name)),
    ...refresherAlarmSubjects.map((about) => refresherAlarmName(secretPrefix, about)),
  ];
}

/** A stack has at most 50 connections: its alarms fit one answer. */
async function findAlarms({ metrics }: Deployment, names: readonly string[]): Promise<readonly MetricAlarm[]> {
  const answer = await metrics.describeAlarms({ AlarmNames: [...names], MaxRecords: 100 });
  return answer.MetricAlarms ?? [];
}

export async function findHeartbeat(on: Deployment): Promise<MetricAlarm | undefined> {
  const [alarm] = await findAlarms(on, [refresherAlarmName(on.secretPrefix, 'heartbeat')]);
  return alarm;
}

/**
 * Whether the alarms are as the stack makes them, can publish, and who receives alerts and alarms.
 *
 * @param hasTick - Without one the heartbeat alarm is right to speak.
 * @returns Also the topics that alarms publish to.
 */
export async function lookAtAlarms(on: Deployment, hasTick: boolean) {
  const topics = new Set<string>();
  const ids = ['alarm.there', 'alarm.enabled', 'alarm.actions', 'alarm.fill'];
  const ofAlarms = await attempt(ids, undefined, async () => {
    const names = alarmNames(on);
    const alarms = await findAlarms(on, names);
    return names.flatMap((where) => {
      const alarm = alarms.find(({ AlarmName }) => AlarmName === where);
      for (const arn of alarm?.AlarmActions ?? []) if (arn.includes(':sns:')) topics.add(arn);
      const found = alarm === undefined ? [differs('alarm.there', 'an alarm', 'none')] : judgeAlarm(alarm, hasTick);
      return found.map((finding) => ({ ...finding, where }));
    });
  });
  const ofPolicies = await each(topics, (topic) => lookAtPolicy(on, topic));
  const hearing = new Set([on.alertTopic, ...topics]);
  const ofHearing = await each(hearing, (topic) => lookAtSubscriptions(on, topic, topics.has(topic)));
  return { findings: [...ofAlarms, ...ofPolicies, ...ofHearing], topics };
}

function judgeAlarm(alarm: MetricAlarm, hasTick: boolean): Findings {
  const { AlarmName, ActionsEnabled, AlarmActions = [], OKActions = [], StateValue } = alarm;
  const counts = `${AlarmActions.length} for ALARM, ${OKActions.length} for OK`;
  const hasActions = AlarmActions.length > 0 && OKActions.length > 0;
  return [
    holds('alarm.there'),
    judge('alarm.enabled', ActionsEnabled === true, 'enabled actions', 'disabled ones'),
    judge('alarm.actions', hasActions, 'an action for ALARM and for OK', counts),
    ...(AlarmName?.endsWith('/heartbeat') ? [judgeFill(StateValue, hasTick)] : []),
  ];
}

function judgeFill(state: string | undefined, hasTick: boolean) {
  if (!hasTick) return notTried('alarm.fill', 'no tick was seen');
  if (state === 'INSUFFICIENT_DATA')
    return notTried('alarm.fill', 'the alarm has not judged yet: it warms up for 15 minutes');
  return judge('alarm.fill', state === 'OK', 'state OK', `state ${state}`);
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
  const verdicts = await Array.fromAsync(all, async ({ SubscriptionArn }) => {
    const { Attributes = {} } = await topics.getSubscriptionAttributes({ SubscriptionArn });
    return hidesAlarms(Attributes);
  });
  const hidden = verdicts.filter((hides) => hides === true).length;
  if (hidden === 0 && verdicts.includes(undefined))
    throw new CannotTry('a filter policy looks at the body of messages');
  return judge(id, hidden === 0, 'none', `${hidden} of ${all.length} subscriptions with one that hides them`);
}

export async function listSubscriptions({ topics: client }: Deployment, TopicArn: string): Promise<Subscription[]> {
  const pages = await Array.fromAsync(paginateListSubscriptionsByTopic({ client }, { TopicArn }));
  return pages.flatMap(({ Subscriptions = [] }) => Subscriptions);
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
