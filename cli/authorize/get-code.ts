import { spawn } from 'node:child_process';
import { platform } from 'node:process';
import { accountsHost, type DataCenter } from '../../lambda/connections/data-centers.ts';
import { SecretText } from '../../lambda/secret-text.ts';
import { Refusal } from '../faults.ts';
import type { Place } from '../place/place.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { CallbackServer } from './callback-server.ts';
import { consentPath, createConsentSecrets, readCallback } from './consent.ts';
import type { Exchange } from './exchange-code.ts';

/** Gets a code through the consent page in a browser, which this program opens itself if that is wanted. */
export async function getCodeInBrowser(
  consent: { readonly dataCenter: DataCenter; readonly clientId: string; readonly scopes: readonly string[] },
  { redirectUri, startUrl, receive }: CallbackServer,
  { zohoPage }: Place,
  terminal: Terminal,
  { opensBrowser, timeoutMilliseconds }: { opensBrowser: boolean; timeoutMilliseconds: number },
): Promise<Pick<Exchange, 'code' | 'browser'>> {
  const { dataCenter, clientId, scopes } = consent;
  const secrets = createConsentSecrets();
  const isOrganisation = clientId.startsWith('1005.');
  const path = consentPath({ clientId, scopes, redirectUri, isOrganisation }, secrets);
  terminal.say(`asking consent for: ${scopes.join(', ')}`);
  terminal.say(`the client needs this redirect URI in the API console: ${redirectUri}`);
  terminal.say(`open this page in a browser on this machine: ${startUrl}`);
  const received = receive(new URL(zohoPage(accountsHost(dataCenter), path)), timeoutMilliseconds);
  if (opensBrowser) openBrowser(startUrl);
  const query = await terminal.during('waiting for the consent in the browser', () => received);
  return { code: readCallback(query, dataCenter), browser: { redirectUri, verifier: secrets.verifier } };
}

/** Asks for a code that the person makes in the API console. */
export async function askCode(dataCenter: DataCenter, scopes: readonly string[], terminal: Terminal) {
  const console = accountsHost(dataCenter).replace('accounts.', 'api-console.');
  terminal.say(`in https://${console}/ choose the Self Client, then Generate Code, with this scope:`);
  terminal.say(`  ${scopes.join(',')}`);
  const code = await terminal.askSecret('Code (not shown): ');
  if (/^\d{4}\.[\w.-]{16,}$/.test(code)) return { code: new SecretText(code) };
  throw new Refusal('this is not a code', 'copy the code that Generate Code shows, whole and nothing else');
}

const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/**
 * Opens an address in the person's browser, if there is one: the address is printed in any case.
 *
 * @param url - Shows in the list of processes, so nothing secret may be in it.
 */
function openBrowser(url: string): void {
  const [program, ...first] = openers[platform] ?? ['xdg-open'];
  const child = spawn(program, [...first, url], { stdio: 'ignore', detached: true });
  child.once('error', () => undefined);
  child.unref();
}
