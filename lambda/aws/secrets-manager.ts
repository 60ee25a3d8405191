import { setTimeout as wait } from 'node:timers/promises';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { within } from '../deadline.ts';
import { RefreshError } from '../failure.ts';
import {
  awsCallTimeoutMilliseconds,
  throttledWritePatienceMilliseconds,
  throttledWritePauseMilliseconds,
  throttledWriteRetries,
} from '../settings.ts';
import { faultName } from './fault-name.ts';
import type { SecretVersions } from './secret-versions.ts';

/** Secrets Manager behind {@link SecretVersions}; the signal ends every call when the run's time is over. */
export function createSecretVersions(
  client: SecretsManagerClient,
  signal: AbortSignal,
  pause: Pause = pauseAtRandom,
): SecretVersions {
  const inTime = <T>(call: (end: AbortSignal) => Promise<T>) => within(awsCallTimeoutMilliseconds, signal, call);
  return {
    async get(secretId, label) {
      const command = new GetSecretValueCommand({ SecretId: secretId, VersionStage: label });
      try {
        const { VersionId, SecretString } = await inTime((abortSignal) => client.send(command, { abortSignal }));
        if (VersionId === undefined) throw new Error('the answer has no VersionId');
        return { versionId: VersionId, text: SecretString ?? '' };
      } catch (fault) {
        if (faultName(fault) === 'ResourceNotFoundException') return undefined;
        throw judgeStoreFault('GetSecretValue', secretId, fault);
      }
    },
    async put({ secretId, clientRequestToken, text, label }) {
      const command = new PutSecretValueCommand({
        SecretId: secretId,
        ClientRequestToken: clientRequestToken,
        SecretString: text,
        ...(label === undefined ? {} : { VersionStages: [label] }),
      });
      try {
        const write = () => inTime((abortSignal) => client.send(command, { abortSignal }));
        const { VersionId } = await patiently(write, signal, pause);
        if (VersionId === undefined) throw new Error('the answer has no VersionId');
        return 'written';
      } catch (fault) {
        if (faultName(fault) === 'ResourceExistsException') return 'taken';
        throw judgeStoreFault('PutSecretValue', secretId, fault);
      }
    },
  };
}

/** Writes again while Secrets Manager throttles: safe, since the ClientRequestToken and the bytes are made once. */
async function patiently<T>(write: () => Promise<T>, signal: AbortSignal, pause: Pause): Promise<T> {
  const giveUpAt = performance.now() + throttledWritePatienceMilliseconds;
  for (let retries = throttledWriteRetries; ; retries -= 1) {
    try {
      return await write();
    } catch (fault) {
      const isOver = retries === 0 || performance.now() > giveUpAt || signal.aborted;
      if (isOver || faultName(fault) !== 'ThrottlingException') throw fault;
      await pause(throttledWritePauseMilliseconds, signal);
    }
  }
}

/** Waits a random part of the given time, or until the run is over. */
export type Pause = (longestMilliseconds: number, signal: AbortSignal) => Promise<void>;

async function pauseAtRandom(longestMilliseconds: number, signal: AbortSignal): Promise<void> {
  // Aborted, the next try fails at once with what there is to say.
  await wait(Math.random() * longestMilliseconds, undefined, { signal }).catch(() => undefined);
}

/** Refusals that only a person can end; everything else passes by itself. */
const refusals = new Set([
  'AccessDeniedException',
  'DecryptionFailure',
  'EncryptionFailure',
  'InvalidRequestException',
  'ResourceNotFoundException',
]);

function judgeStoreFault(operation: string, secretId: string, fault: unknown): RefreshError {
  const name = faultName(fault);
  const isRefused = refusals.has(name);
  // Only the name goes on: the SDK's messages may quote an answer, and an answer may be a secret.
  const message = `${operation} of ${secretId} ${isRefused ? 'was refused' : 'failed'}: ${name}`;
  const cause = new Error(name);
  return new RefreshError(isRefused ? 'secret_store_refused' : 'secret_store_failed', message, { cause });
}
