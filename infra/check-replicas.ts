import { Stack, Token } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Settings } from './settings-of-props.ts';

/**
 * Checks that readers can open every replica of a token secret.
 *
 * @throws Error that says what to do, for a replica beside its primary, or one without a customer-managed key if the primary has one.
 */
export function checkReplicas(scope: Construct, settings: Settings, encryptionKey: IKey | undefined): void {
  const { tokenReplicaRegions, tokenReplicaKeyArns } = settings;
  const { region: ownRegion } = Stack.of(scope);
  for (const region of tokenReplicaRegions) {
    if (!Token.isUnresolved(region) && region === ownRegion) {
      throw new Error(`tokenReplicaRegions: ${region} is the Region of the stack itself, leave it out`);
    }
    if (encryptionKey !== undefined && tokenReplicaKeyArns[region] === undefined) {
      throw new Error(
        `tokenReplicaKeyArns: the secrets are under a customer-managed key, and its policy does not reach ${region}; give the ARN of a customer-managed key there, {"${region}": "arn:...:key/..."}`,
      );
    }
    if (encryptionKey === undefined && tokenReplicaKeyArns[region] !== undefined) {
      throw new Error('tokenReplicaKeyArns: the secrets themselves have no customer-managed key, leave it out');
    }
  }
}
