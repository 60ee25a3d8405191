/**
 * Hosts of the AWS console by partition. Only those that AWS documents: a wrong address is worse than none at night.
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html | Partitions}
 */
export const consolePartitions = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
} as const;

/** The console's host for a Region, e.g. `console.amazonaws.cn` for `cn-north-1`; `undefined` if none is known. */
export function consoleHost(region: string): string | undefined {
  if (region.startsWith('cn-')) return consolePartitions['aws-cn'];
  if (region.startsWith('us-gov-')) return consolePartitions['aws-us-gov'];
  // Sovereign and isolated partitions: eusc-de-east-1, us-iso-east-1, us-isob-east-1, eu-isoe-west-1.
  if (/^eusc-|^[a-z]+-iso/.test(region)) return undefined;
  return `${region}.${consolePartitions.aws}`;
}
