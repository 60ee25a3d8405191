import { CfnCondition, Fn, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { consoleHost, consolePartitions } from '../lambda/console-host.ts';

/**
 * The address of a page of the CloudWatch console, e.g. `https://ap-south-1.console.aws.amazon.com/cloudwatch/home?...`.
 *
 * @param page - What stands behind the `#`.
 * @param otherwise - Text for partitions whose console is not known.
 */
export function consoleUrl(scope: Construct, page: string, otherwise: string): string {
  const { region, partition } = Stack.of(scope);
  const url = (host: string) => `https://${host}/cloudwatch/home?region=${region}#${page}`;
  if (!Token.isUnresolved(region)) {
    const host = consoleHost(region);
    return host === undefined ? otherwise : url(host);
  }
  // Where a stack that names no Region goes is known at deploy time only.
  return Object.entries(consolePartitions).reduce((otherUrl, [name, host]) => {
    const id = `IsPartition${name.replaceAll('-', '')}`;
    const condition = new CfnCondition(scope, id, { expression: Fn.conditionEquals(partition, name) });
    return Fn.conditionIf(condition.logicalId, url(host), otherUrl).toString();
  }, otherwise);
}
