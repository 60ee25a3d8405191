import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { checkAlertTopic } from './check-topic.ts';
import { allowAlarmsToUseKey } from './encryption-key.ts';
import type { ZohoTokenRefresherProps } from './props.ts';
import { allowAlarmsToPublish, makeTopic } from './topics.ts';
import { usableKey } from './usable-key.ts';

/** Who receives what: the refresher's own alerts, and the CloudWatch alarms that watch it. */
export type Topics = { readonly alertTopic: ITopic; readonly alarmTopic: ITopic };

/** Makes or takes the topics that the props ask for, subscribes people, and lets alarms publish. */
export function makeTopics(
  scope: Construct,
  props: ZohoTokenRefresherProps,
  secretPrefix: string,
  encryptionKey: IKey | undefined,
): Topics {
  if (props.alertTopic !== undefined) checkAlertTopic(scope, props.alertTopic);
  const alertTopic = props.alertTopic ?? makeTopic(scope, 'AlertTopic', 'Zoho token alerts', encryptionKey);
  const alarmTopic = props.pagingTopic
    ? makeTopic(scope, 'PagingTopic', 'Zoho token alarms', encryptionKey)
    : alertTopic;
  for (const address of props.alertEmails ?? []) alertTopic.addSubscription(new EmailSubscription(address));
  allowAlarmsToPublish(scope, alarmTopic, secretPrefix);
  if (alarmTopic.masterKey !== undefined) {
    allowAlarmsToUseKey(scope, usableKey(alarmTopic.masterKey, 'alertTopic'), secretPrefix);
  }
  return { alertTopic, alarmTopic };
}
