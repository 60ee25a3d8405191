import type { SecretsManagerStandIn } from '../../local/aws/secrets-manager-stand-in.ts';
import { listenOnLoopback } from '../../local/wire/loopback.ts';

/** The Parameters and Secrets Lambda Extension on this machine. */
export type ExtensionStandIn = {
  readonly port: number;
  /** Status of every answer so far. */
  readonly answers: number[];
  /** As while the function initialises: every request is refused. */
  isReady: boolean;
  close(): Promise<void>;
};

/**
 * Starts a stand-in that answers as the extension documents (the link is in client/secret-source.ts): it demands the session
 * token, and keeps what it once gave, for longer than any test lasts.
 */
export async function startExtension(
  secretsManager: Pick<SecretsManagerStandIn, 'read'>,
  sessionToken: string,
): Promise<ExtensionStandIn> {
  const cached = new Map<string, string>();
  const standIn = { answers: [] as number[], isReady: true };

  function answer(url: URL, shown: string | undefined): [number, string] {
    if (!standIn.isReady) return [400, 'not ready to serve traffic, please wait'];
    if (shown !== sessionToken) return [403, ''];
    const secretId = url.searchParams.get('secretId');
    if (url.pathname !== '/secretsmanager/get' || secretId === null) return [400, 'Bad Request'];
    const SecretString = cached.get(secretId) ?? secretsManager.read(secretId);
    if (SecretString === undefined) return [400, 'an unexpected error occurred while executing request'];
    cached.set(secretId, SecretString);
    return [200, JSON.stringify({ Name: secretId, SecretString, VersionStages: ['AWSCURRENT'] })];
  }

  const { port, close } = await listenOnLoopback((request, response) => {
    const shown = request.headers['x-aws-parameters-secrets-token'];
    const [status, body] = answer(new URL(request.url ?? '', 'http://localhost'), shown?.toString());
    standIn.answers.push(status);
    response.writeHead(status).end(body);
  });
  return Object.assign(standIn, { port, close });
}
