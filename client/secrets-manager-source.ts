import { env } from 'node:process';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { environmentRegion, printableFault, type SecretSource } from './secret-source.ts';
import { readTimeoutMilliseconds } from './settings.ts';

/**
 * A client of the AWS SDK, by the one method that is used.
 *
 * Not the SDK's own type: an app that never asks for a refresh need not have `@aws-sdk/client-lambda` to compile.
 */
export type SdkClient = { send(command: never, options?: never): Promise<unknown> };

/** Secrets Manager through the AWS SDK, which is loaded with the first read and not before. */
export function createSecretsManagerSource(secretId: string, client: SdkClient | undefined): SecretSource {
  let own: SecretsManagerClient | undefined;
  return {
    async read(label) {
      try {
        const sdk = await import('@aws-sdk/client-secrets-manager');
        own ??= (client as SecretsManagerClient | undefined) ?? makeClient(sdk.SecretsManagerClient);
        const abortSignal = AbortSignal.timeout(readTimeoutMilliseconds);
        const command = new sdk.GetSecretValueCommand({ SecretId: secretId, VersionStage: label });
        const answer = await Promise.race([own.send(command, { abortSignal }), rejectOn(abortSignal)]);
        return { text: answer.SecretString ?? '', isCached: false };
      } catch (fault) {
        if (fault instanceof Error && fault.name === 'ResourceNotFoundException') return undefined;
        throw printableFault(`GetSecretValue of ${secretId}`, fault);
      }
    },
  };
}

/** The SDK heeds the signal once it has credentials; a credentials endpoint that hangs is left behind by this. */
function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

/** Without `throwOnRequestTimeout` a server that hangs would hang the read past its time. */
function makeClient(Client: typeof SecretsManagerClient): SecretsManagerClient {
  return new Client({
    ...environmentRegion(env),
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: readTimeoutMilliseconds,
      throwOnRequestTimeout: true,
    },
  });
}
