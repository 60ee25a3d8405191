import { accountsHost } from '../../lambda/connections/data-centers.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { SecretText } from '../../lambda/secret-text.ts';
import type { Context } from '../context.ts';
import { Refusal } from '../faults.ts';
import type { Place } from '../place/place.ts';
import type { OAuthClient } from './ask-client.ts';
import type { CallbackServer } from './callback-server.ts';
import { consentPath, createConsentSecrets } from './consent-request.ts';
import { exchangeCode, type Grant } from './exchange-code.ts';
import { openBrowser } from './open-browser.ts';
import { readCallback } from './read-callback.ts';

/** What a consent is for. */
export type Wanted = {
  readonly connection: Connection;
  readonly client: OAuthClient;
  readonly scopes: readonly string[];
};

/**
 * Gets a grant through the consent page in a browser.
 *
 * @param options.opensBrowser - Whether this program opens the page itself.
 * @throws Refusal
 */
export async function getGrantInBrowser(
  { connection, client, scopes }: Wanted,
  server: CallbackServer,
  place: Place,
  { terminal }: Context,
  options: { opensBrowser: boolean; timeoutMilliseconds: number },
): Promise<Grant> {
  const secrets = createConsentSecrets();
  const path = consentPath({
    clientId: client.clientId,
    scopes,
    redirectUri: server.redirectUri,
    isOrganisation: client.clientId.startsWith('1005.'),
    secrets,
  });
  const consentUrl = place.zohoPage(accountsHost(connection.dataCenter), path);
  terminal.say(`asking consent for: ${scopes.join(', ')}`);
  terminal.say(`the client needs this redirect URI in the API console: ${server.redirectUri}`);
  terminal.say(`open this page in a browser on this machine: ${server.startUrl}`);
  const received = server.receive(new URL(consentUrl), options.timeoutMilliseconds);
  if (options.opensBrowser) openBrowser(server.startUrl);
  const query = await terminal.during('waiting for the consent in the browser', () => received);
  const code = readCallback(query, connection.dataCenter);
  const browser = { redirectUri: server.redirectUri, verifier: secrets.verifier };
  return terminal.during('exchanging the code', () =>
    exchangeCode(place.callZoho, connection.dataCenter, { ...client, code, browser }),
  );
}

/** Gets a grant with a code that the person makes in the API console. @throws Refusal */
export async function getGrantBySelfClient(
  { connection, client, scopes }: Wanted,
  place: Place,
  { terminal }: Context,
): Promise<Grant> {
  const console = accountsHost(connection.dataCenter).replace('accounts.', 'api-console.');
  terminal.say(`in https://${console}/ choose the Self Client, then Generate Code, with this scope:`);
  terminal.say(`  ${scopes.join(',')}`);
  const code = await terminal.askSecret('Code (not shown): ');
  if (!/^\d{4}\.[\w.-]{16,}$/.test(code)) {
    throw new Refusal('this is not a code', 'copy the code that Generate Code shows, whole and nothing else');
  }
  return terminal.during('exchanging the code', () =>
    exchangeCode(place.callZoho, connection.dataCenter, { ...client, code: new SecretText(code) }),
  );
}
