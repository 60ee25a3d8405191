import type { SecretsManagerStandIn } from '../../local/aws/secrets-manager-stand-in.ts';

/** Every incident record that a token secret ever had: what is written beside a token, and must hold nothing of it. */
export function incidentRecords(secretsManager: SecretsManagerStandIn, secretId: string): string[] {
  return secretsManager
    .versions(secretId)
    .map(({ secretString }) => secretString)
    .filter((text) => !text.includes('"access_token"'));
}
