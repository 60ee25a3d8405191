import { env } from 'node:process';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { defaultExtensionPort, readTimeoutMilliseconds } from './settings.ts';

/** Where a token secret is read from. */
export type SecretSource = {
  /**
   * Gives the value of the secret under a staging label: `AWSCURRENT` for the token, `INCIDENT` for the record.
   *
   * @param isPastCache - Whether a cache between here and Secrets Manager must be passed by.
   * @returns `undefined` if the secret or the label does not exist.
   * @throws Error without any part of the value in it.
   */
  read(label: 'AWSCURRENT' | 'INCIDENT', isPastCache: boolean): Promise<SecretValue | undefined>;
};

/** A value, and whether it may be older than what Secrets Manager holds now. */
export type SecretValue = { readonly text: string; readonly isCached: boolean };

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

/**
 * The AWS Parameters and Secrets Lambda Extension, on the function's own localhost.
 *
 * It keeps a value for up to five minutes and cannot be told to forget it. So reads that must pass its cache go to
 * Secrets Manager, and so do those that it cannot answer: it is not ready while the function initialises.
 *
 * @param variables - The environment, looked at with each read: the session token changes while a function lives.
 * @see {@link https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html}
 */
export function createExtensionSource(
  secretId: string,
  variables: Readonly<Record<string, string | undefined>>,
  direct: SecretSource,
): SecretSource {
  async function readThroughExtension(): Promise<string> {
    const port = variables.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT ?? defaultExtensionPort;
    const query = new URLSearchParams({ secretId });
    const response = await fetch(`http://localhost:${port}/secretsmanager/get?${query}`, {
      headers: { 'X-Aws-Parameters-Secrets-Token': variables.AWS_SESSION_TOKEN ?? '' },
      redirect: 'error',
      signal: AbortSignal.timeout(readTimeoutMilliseconds),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`status ${response.status}`);
    }
    const { SecretString: text } = (await response.json()) as { SecretString?: unknown };
    if (typeof text !== 'string') throw new Error('an answer without SecretString');
    return text;
  }
  return {
    async read(label, isPastCache) {
      const mayCache = label === 'AWSCURRENT' && !isPastCache;
      const text = mayCache ? await readThroughExtension().catch(() => undefined) : undefined;
      return text === undefined ? await direct.read(label, true) : { text, isCached: true };
    },
  };
}

/** Words of the SDK itself, about this process alone: they quote nothing that was received. */
const ownWords = /^(Region is missing|Could not load credentials from any providers)\b/;

/**
 * A fault of the SDK, or of a connection, reduced to what may be printed.
 *
 * The SDK hangs whole answers on its errors and quotes bodies that it cannot parse, and such a body may be a token. Kept
 * are AWS's own refusals (with `$fault`), which say only who may not do what to which secret, the SDK's words about a
 * missing Region or missing credentials, and the codes of the system, e.g. ENOTFOUND. A missing SDK is asked for by the
 * line that installs it.
 */
export function printableFault(doing: string, fault: unknown): Error {
  if (!(fault instanceof Error)) return new Error(`${doing}: something that is not an error object`);
  const [, missing] = /^Cannot find (?:module|package) '(@aws-sdk\/[a-z-]+)'/.exec(fault.message) ?? [];
  if (missing !== undefined) return new Error(`${doing}: ${missing} is missing: npm install ${missing}`);
  const isRefusal = '$fault' in fault && fault.name !== 'SyntaxError';
  const words = isRefusal || ownWords.test(fault.message) ? `: ${fault.message}` : '';
  return new Error(`${doing}: ${[fault.name, ...systemCodes(fault)].join(' ')}${words}`);
}

/** `code` of an error, its causes and the errors that it is made of, each once. */
function systemCodes(fault: Error, depth = 0): string[] {
  const { code, cause, errors } = fault as { code?: unknown; cause?: unknown; errors?: unknown };
  const inner = [cause, ...(Array.isArray(errors) ? errors : [])].filter((each) => each instanceof Error);
  const deeper = depth < 3 ? inner.flatMap((each) => systemCodes(each, depth + 1)) : [];
  const own = typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? [code] : [];
  return [...new Set([...own, ...deeper])];
}

/** The Region of the environment, with either name; `undefined` leaves it to the SDK, which knows the profile's. */
export function environmentRegion({
  AWS_REGION: region,
  AWS_DEFAULT_REGION: fallback,
}: Readonly<Record<string, string | undefined>>): { region?: string } {
  const found = region || fallback;
  return found ? { region: found } : {};
}
