import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IAlias, type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** The customer-managed key of secrets and topics that the props ask for; `undefined` if AWS-managed keys are enough. */
export function keyOf(scope: Construct, settings: Settings): IKey | undefined {
  const { encryptionKey, customerManagedKey, secretPrefix } = settings;
  if (encryptionKey === undefined && !customerManagedKey) return undefined;
  if (encryptionKey === undefined) {
    return new Key(scope, 'Key', {
      description: `Zoho tokens of ${secretPrefix}: secrets and alert topics`,
      enableKeyRotation: true,
      // The secrets outlive the stack, and without it nobody could read them again.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }
  if ([encryptionKey.keyArn, encryptionKey.keyId].some(isAwsManagedKey)) {
    throw new Error(
      "encryptionKey: CloudWatch cannot publish to a topic under one of AWS's own keys; give a customer-managed key, or none",
    );
  }
  return usableKey(encryptionKey, 'encryptionKey');
}

/**
 * The key behind what may be an alias: IAM matches the ARN of a key only, and a statement on an alias allows nothing.
 *
 * @throws Error that names the prop, for an alias whose key is unknown at synth.
 */
export function usableKey(key: IKey, prop: string): IKey {
  if (!('aliasName' in key) && !key.keyArn.includes(':alias/')) return key;
  try {
    const target = (key as Partial<IAlias>).aliasTargetKey;
    if (target !== undefined && !target.keyArn.includes(':alias/')) return target;
  } catch {
    // An alias that was imported by its name knows nothing else and throws.
  }
  throw new Error(
    `${prop}: an alias names no key in a policy; give the key itself, Key.fromKeyArn(scope, id, "arn:...:key/..."), or let CDK look it up with Key.fromLookup`,
  );
}

/** Whether an id or an ARN names one of AWS's own keys: their policies let no alarm in, and nobody can change them. */
export function isAwsManagedKey(keyIdOrArn: string | undefined): boolean {
  return keyIdOrArn?.includes('alias/aws/') ?? false;
}

/** The two calls that reading and writing under a customer-managed key need, and only through one AWS service. */
export function useOfKey(
  scope: Construct,
  key: IKey,
  service: 'secretsmanager' | 'sns',
  actions: string[] = ['kms:Decrypt', 'kms:GenerateDataKey'],
): PolicyStatement {
  return new PolicyStatement({ actions, resources: [key.keyArn], conditions: onlyThrough(scope, service) });
}

/** The condition that a key is used by one AWS service, in the stack's Region unless another is given. */
export function onlyThrough(scope: Construct, service: 'secretsmanager' | 'sns', region = Stack.of(scope).region) {
  return { StringEquals: { 'kms:ViaService': `${service}.${region}.${Stack.of(scope).urlSuffix}` } };
}
