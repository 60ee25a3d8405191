import { DescribeKeyCommand, GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  type SNSClient,
  type Subscription,
} from '@aws-sdk/client-sns';
import { parseObject } from '../../lambda/parse-object.ts';
import type { Account } from '../place/account.ts';
import { attempt, differs, type Finding, holds, judge, notTried } from './finding.ts';
import type { Deployed } from './look-at-stack.ts';
import { type PolicyCall, policyAllows } from './policy.ts';
import type { Subject } from './subject.ts';

const mostPages = 50;

/** Whether the alarms can publish, and who hears of alerts and alarms. */
export async function lookAtTopics(
  account: Account,
  subject: Subject,
  deployed: Deployed,
  alarmTopics: readonly string[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const topic of alarmTopics) {
    findings.push(...(await lookAtPolicies(account, subject, deployed, topic)));
  }
  for (const topic of new Set([deployed.alertTopic, ...alarmTopics])) {
    findings.push(...(await lookAtSubscriptions(account, topic, alarmTopics.includes(topic))));
  }
  return findings;
}

function lookAtPolicies(
  { topics, keys }: Account,
  { secretPrefix }: Subject,
  { partition, region, account }: Deployed,
  topic: string,
): Promise<readonly Finding[]> {
  const where = nameOf(topic);
  return attempt(['topic.policy', 'topic.key'], async () => {
    const { Attributes = {} } = await topics.send(new GetTopicAttributesCommand({ TopicArn: topic }));
    const { Policy = '', KmsMasterKeyId: key } = Attributes;
    const call = (action: string): PolicyCall => ({
      service: 'cloudwatch.amazonaws.com',
      action,
      account,
      sourceArn: `arn:${partition}:cloudwatch:${region}:${account}:alarm:${secretPrefix}/refresher/heartbeat`,
    });
    const ofTopic = say('topic.policy', policyAllows(Policy, call('SNS:Publish')), where);
    if (key === undefined || key === '') return [ofTopic, holds('topic.key', 'no key', where)];
    if (key.includes('alias/aws/')) {
      return [ofTopic, differs('topic.key', 'no key, or one of your own', "one of AWS's own", where)];
    }
    // A policy is asked for by the key itself: an alias is not enough.
    const { KeyMetadata } = await keys.send(new DescribeKeyCommand({ KeyId: key }));
    const { Policy: keyPolicy = '' } = await keys.send(
      new GetKeyPolicyCommand({ KeyId: KeyMetadata?.KeyId }),
    );
    const verdicts = ['kms:Decrypt', 'kms:GenerateDataKey'].map((action) =>
      policyAllows(keyPolicy, call(action)),
    );
    const verdict = verdicts.includes(false) ? false : verdicts.includes(undefined) ? undefined : true;
    return [ofTopic, say('topic.key', verdict, where)];
  });
}

function say(id: string, verdict: boolean | undefined, where: string): Finding {
  if (verdict === undefined) return notTried(id, 'the policy has a condition that is not known here', where);
  return judge(id, verdict, ['a statement that lets cloudwatch.amazonaws.com in', 'none'], where);
}

function lookAtSubscriptions(
  { topics }: Account,
  TopicArn: string,
  hasAlarms: boolean,
): Promise<readonly Finding[]> {
  const where = nameOf(TopicArn);
  return attempt(['subscription.confirmed', 'subscription.filter'], async () => {
    const all = await listSubscriptions(topics, TopicArn);
    const confirmed = all.filter(({ SubscriptionArn }) => SubscriptionArn?.startsWith('arn:'));
    const pending = all.filter(({ SubscriptionArn }) => SubscriptionArn === 'PendingConfirmation');
    const counts = `${confirmed.length} confirmed, ${pending.length} pending`;
    const findings = [
      confirmed.length > 0 && pending.length === 0
        ? holds('subscription.confirmed', counts, where)
        : differs('subscription.confirmed', 'all confirmed, and at least one', counts, where),
    ];
    if (!hasAlarms) return findings;
    let hidden = 0;
    for (const { SubscriptionArn } of confirmed) {
      const { Attributes } = await topics.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
      if (hidesAlarms(Attributes?.FilterPolicy)) hidden += 1;
    }
    const found = `${hidden} of ${confirmed.length} subscriptions with one that hides them`;
    return [...findings, judge('subscription.filter', hidden === 0, ['none', found], where)];
  });
}

/** Every subscription of a topic. */
export async function listSubscriptions(topics: SNSClient, TopicArn: string): Promise<Subscription[]> {
  const all: Subscription[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await topics.send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken }));
    all.push(...(answer.Subscriptions ?? []));
    NextToken = answer.NextToken;
    if (NextToken === undefined) break;
  }
  return all;
}

/** A filter policy lets through what matches each of its keys; an alarm has none of them, so only `exists: false` matches. */
function hidesAlarms(policy: string | undefined): boolean {
  const keys = Object.values(parseObject(policy ?? '') ?? {});
  return !keys.every((conditions) => [conditions].flat().some((each) => Object(each).exists === false));
}

function nameOf(topic: string): string {
  return topic.split(':').at(-1) ?? '';
}
