import { callbackAddress, defaultCallbackPort } from '../cli/authorize/callback-server.ts';
import {
  appVariables,
  defaultLocalStoreFile,
  type PracticeClient,
  removeLocalStore,
  writeLocalStore,
} from '../cli/place/local-store-file.ts';
import type { Connection } from '../lambda/connections/read-connections.ts';
import { startInvokeServer } from './invoke-server.ts';
import { giveConsent, type Stage } from './stage.ts';
import type { ZohoStandIn } from './zoho/server.ts';

/**
 * Offers the running stage to `zoho-tokens --local`: a door to the bundle, and a file that says where everything is.
 *
 * @returns `variables`: with them apps reach the stand-ins. `close` takes all away; the stage itself stays.
 */
export async function offerStage(stage: Stage, options: { file?: string; callbackPort?: number } = {}) {
  const { file = defaultLocalStoreFile, callbackPort = defaultCallbackPort } = options;
  const door = await startInvokeServer(stage);
  const { zoho, connections, secretPrefix, secretsManager, secretAccessKey } = stage;
  const redirectUris = [callbackAddress(callbackPort)];
  // A client per connection for whoever practises a consent, as the API console would register it.
  const clients = zoho && connections.map((each) => [each.name, registerFor(zoho, each, redirectUris)] as const);
  const store = {
    secretsManagerUrl: secretsManager.url,
    lambdaUrl: door.url,
    secretAccessKey,
    zohoUrl: zoho?.url,
    invokeUrl: door.url,
    invokeToken: door.token,
    connections: { secretPrefix, connections },
    practiceClients: Object.fromEntries(clients ?? []),
  };
  writeLocalStore(file, store);
  return {
    file,
    variables: appVariables(store),
    async close() {
      removeLocalStore(file, door.token);
      await door.close();
    },
  };
}

/** Registers a client whose consents are for the portal and organisation of a connection. */
export function registerFor(zoho: ZohoStandIn, connection: Connection, redirectUris: string[]): PracticeClient {
  // A consent is for the portal of the client's earlier grants: one is given, and its refresh token forgotten.
  const { client_id, client_secret } = giveConsent(zoho, connection, undefined, redirectUris);
  return { client_id, client_secret };
}
