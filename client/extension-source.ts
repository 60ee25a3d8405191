import type { SecretSource } from './secret-source.ts';
import { defaultExtensionPort, readTimeoutMilliseconds } from './settings.ts';

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
      const text = isPastCache ? undefined : await readThroughExtension().catch(() => undefined);
      return text === undefined ? await direct.read(label, true) : { text, isCached: true };
    },
  };
}
