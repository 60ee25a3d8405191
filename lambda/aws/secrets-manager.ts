import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { RefreshError } from '../failure.ts';
import { callSignal } from './call-signal.ts';
import type { SecretVersions } from './secret-versions.ts';

/**
 * Secrets Manager behind {@link SecretVersions}.
 *
 * @param signal - Ends every call when the run's time is over.
 */
export function createSecretVersions(client: SecretsManagerClient, signal: AbortSignal): SecretVersions {
  return {
    async get(secretId, label) {
      try {
        const answer = await client.send(
          new GetSecretValueCommand({ SecretId: secretId, VersionStage: label }),
          { abortSignal: callSignal(signal) },
        );
        if (answer.VersionId === undefined) throw new Error('the answer has no VersionId');
        // A binary value has no SecretString: it is no document of ours.
        return { versionId: answer.VersionId, text: answer.SecretString ?? '' };
      } catch (fault) {
        if (nameOf(fault) === 'ResourceNotFoundException') return undefined;
        throw judgeStoreFault('GetSecretValue', secretId, fault);
      }
    },
    async put({ secretId, clientRequestToken, text, label }) {
      try {
        const answer = await client.send(
          new PutSecretValueCommand({
            SecretId: secretId,
            ClientRequestToken: clientRequestToken,
            SecretString: text,
            ...(label === undefined ? {} : { VersionStages: [label] }),
          }),
          { abortSignal: callSignal(signal) },
        );
        if (answer.VersionId === undefined) throw new Error('the answer has no VersionId');
        return 'written';
      } catch (fault) {
        if (nameOf(fault) === 'ResourceExistsException') return 'taken';
        throw judgeStoreFault('PutSecretValue', secretId, fault);
      }
    },
  };
}

/** Refusals that only a person can end; everything else passes by itself or is tried again. */
const refusals = new Set([
  'AccessDeniedException',
  'DecryptionFailure',
  'EncryptionFailure',
  'InvalidRequestException',
  'ResourceNotFoundException',
]);

function judgeStoreFault(operation: string, secretId: string, fault: unknown): RefreshError {
  const name = nameOf(fault);
  return new RefreshError('secret_store_failed', `${operation} of ${secretId} failed: ${name}`, {
    // Only the name goes on: the SDK's messages may quote an answer, and an answer may be a secret.
    cause: new Error(name),
    ...(refusals.has(name) ? { kind: 'operator' as const } : {}),
  });
}

function nameOf(fault: unknown): string {
  return fault instanceof Error ? fault.name : 'a fault that is no error object';
}
