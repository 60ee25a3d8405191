import type { IAlias, IKey } from 'aws-cdk-lib/aws-kms';

/**
 * The key behind what may be an alias.
 *
 * IAM matches the ARN of a key only: a statement on an alias allows nothing.
 *
 * @param prop - Whose value it is, for the message.
 * @throws Error for an alias whose key is unknown at synth.
 */
export function usableKey(key: IKey, prop: string): IKey {
  if (!('aliasName' in key) && !key.keyArn.includes(':alias/')) return key;
  const target = targetOf(key);
  if (target !== undefined && !target.keyArn.includes(':alias/')) return target;
  throw new Error(
    `${prop}: an alias names no key in a policy; give the key itself, Key.fromKeyArn(scope, id, "arn:...:key/..."), or let CDK look it up with Key.fromLookup`,
  );
}

/** An alias that was imported by its name knows nothing else and throws. */
function targetOf(alias: IKey): IKey | undefined {
  try {
    return (alias as Partial<IAlias>).aliasTargetKey;
  } catch {
    return undefined;
  }
}

/** Whether an id or an ARN names one of AWS's own keys: their policies let no alarm in, and nobody can change them. */
export function isAwsManagedKey(keyIdOrArn: string | undefined): boolean {
  return keyIdOrArn?.includes('alias/aws/') ?? false;
}
