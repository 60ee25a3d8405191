import { env } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { makeReader, type TokenReader } from './reader.ts';
import { createRequestRefresh, type RefreshAccess } from './request-refresh.ts';
import { createExtensionSource, createSecretsManagerSource, type SdkClient } from './secret-source.ts';

export type { TokenReader } from './reader.ts';
export type { RefreshAccess } from './request-refresh.ts';
export type { SdkClient } from './secret-source.ts';
export type { Incident } from './token-secret.ts';
export { TokenUnavailableError, type UnavailableReason } from './token-unavailable.ts';
export type { ZohoToken } from './zoho-token.ts';

/** Which token to read, and how. */
export type TokenReaderOptions = (
  | {
      /** Name of the connection in `connections.json`, e.g. `desk`. */
      readonly connection: string;
      /** First part of the secret's name, as in `connections.json`. @default 'zoho' */
      readonly secretPrefix?: string;
    }
  | {
      /** Name or ARN of the token secret, e.g. for a secret in another account. */
      readonly secretId: string;
    }
) & {
  /** A SecretsManagerClient. @default - one for the environment's region and credentials, made with the first read */
  readonly client?: SdkClient;
  /**
   * Where to read: `extension` is the AWS Parameters and Secrets Lambda Extension, passed by after a refusal.
   *
   * @default 'secrets-manager'
   */
  readonly source?: 'secrets-manager' | 'extension';
  /**
   * The refresher's function, to be asked when Zoho refuses a token before its end; needs `@aws-sdk/client-lambda`.
   *
   * @default - not asked: the refresher finds a dead token with its next probe, within 15 minutes
   */
  readonly refresh?: RefreshAccess | undefined;
  /**
   * Whether what a call returned or threw says that Zoho refused the token. Replaces the reader's own judgement.
   *
   * @default - `INVALID_OAUTH`, `UNAUTHORIZED`, 1008, or a 401 whose body does not say otherwise
   */
  readonly isRefused?: (result: unknown) => boolean | Promise<boolean>;
};

/**
 * Makes a reader of one connection's token.
 *
 * Nothing is read, and no environment variable looked at, before the first `get`: a reader may be made at the top of a
 * module, also of a Lambda function.
 *
 * @example
 * const desk = createTokenReader({ connection: 'desk', refresh: { functionName: 'zoho-token-refresher' } });
 * const response = await desk.withToken(({ baseUrl, headers }) => fetch(`${baseUrl}/api/v1/departments`, { headers }));
 */
export function createTokenReader(options: TokenReaderOptions): TokenReader {
  const secretId =
    'secretId' in options ? options.secretId : `${options.secretPrefix ?? 'zoho'}/${options.connection}/token`;
  const secretsManager = createSecretsManagerSource(secretId, options.client);
  return makeReader({
    subject: secretId,
    source: options.source === 'extension' ? createExtensionSource(secretId, env, secretsManager) : secretsManager,
    requestRefresh: options.refresh && createRequestRefresh(options.refresh),
    isRefused: options.isRefused,
    surroundings: {
      now: () => Date.now(),
      random: () => Math.random(),
      wait: (milliseconds) => wait(milliseconds),
    },
  });
}
