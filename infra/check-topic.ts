import { Stack, Token } from 'aws-cdk-lib';
import { CfnTopic, type ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { isAwsManagedKey } from './usable-key.ts';

/**
 * Checks that a topic can ever work for alerts and alarms.
 *
 * @throws Error that says what to do, for a FIFO topic, one of another Region, or one under an AWS-managed key.
 */
export function checkAlertTopic(scope: Construct, topic: ITopic): void {
  const { region } = Stack.of(scope);
  const topicRegion = topic.env.region;
  if (topic.fifo) {
    throw new Error(
      'alertTopic: a FIFO topic reaches neither e-mail nor HTTPS, and alarms cannot publish to it; give a standard topic',
    );
  }
  if (!Token.isUnresolved(topicRegion) && !Token.isUnresolved(region) && topicRegion !== region) {
    throw new Error(
      `alertTopic: it is in ${topicRegion}, and alarms of ${region} cannot publish there; give a topic in ${region}`,
    );
  }
  const resource = topic.node.defaultChild;
  const ownKey = resource instanceof CfnTopic ? resource.kmsMasterKeyId : undefined;
  if ([topic.masterKey?.keyArn, topic.masterKey?.keyId, ownKey].some(isAwsManagedKey)) {
    throw new Error(
      'alertTopic: CloudWatch cannot publish to a topic under the AWS-managed key of SNS, and nobody can change the policy of that key; leave the topic unencrypted or give it a customer-managed key',
    );
  }
}
