import { callbackAddress, defaultCallbackPort } from '../cli/authorize/callback-address.ts';
import { startInvokeServer } from './invoke-server.ts';
import {
  defaultLocalStoreFile,
  type PracticeClient,
  removeLocalStore,
  writeLocalStore,
} from './local-store-file.ts';
import type { Stage } from './stage.ts';

/**
 * Offers the running stage to `zoho-tokens --local`: a door to the bundle, and a file that says where everything is.
 *
 * @param options - `file`: where that file is; `callbackPort`: of the redirect URI of the practice clients.
 * @returns `close` takes both away; the stage itself stays.
 */
export async function offerStage(
  stage: Stage,
  options: { file?: string; callbackPort?: number } = {},
): Promise<{ readonly file: string; close(): Promise<void> }> {
  const { file = defaultLocalStoreFile, callbackPort = defaultCallbackPort } = options;
  const door = await startInvokeServer(stage);
  writeLocalStore(file, {
    secretsManagerUrl: stage.secretsManager.url,
    snsUrl: stage.sns.url,
    zohoUrl: stage.zoho?.url,
    invokeUrl: door.url,
    invokeToken: door.token,
    connections: { secretPrefix: stage.secretPrefix, connections: stage.connections },
    practiceClients: practiceClients(stage, callbackAddress(callbackPort)),
  });
  return {
    file,
    async close() {
      removeLocalStore(file, door.token);
      await door.close();
    },
  };
}

/** A client per connection that still needs its first consent, as the API console would register it. */
function practiceClients(
  { connections, zoho }: Stage,
  redirectUri: string,
): Readonly<Record<string, PracticeClient>> {
  if (zoho === undefined) return {};
  return Object.fromEntries(
    connections.map(({ name, dataCenter, tokenPrefixes }) => [
      name,
      zoho.registerClient({
        dataCenter,
        prefix: tokenPrefixes.includes('1000.') ? '1000.' : '1005.',
        redirectUris: [redirectUri],
      }),
    ]),
  );
}
