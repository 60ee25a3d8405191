import { spawn } from 'node:child_process';
import { platform } from 'node:process';
import { accountsHost, type DataCenter } from '../../lambda/connections/data-centers.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { SecretText } from '../../lambda/secret-text.ts';
import { prefixOf, shapeFault } from '../env-file/expected-keys.ts';
import { Refusal } from '../faults.ts';
import type { Terminal } from '../terminal.ts';
import type { OAuthClient } from './grant.ts';

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

/** Opens an address in the person's browser. It shows in the list of processes, so nothing secret may be in it. */
export function openBrowser(url: string): void {
  const [program, ...first] = openers[platform] ?? ['xdg-open'];
  const child = spawn(program, [...first, url], { stdio: 'ignore', detached: true });
  child.once('error', () => undefined);
  child.unref();
}

/** Asks for the client; an empty line keeps `known`. @throws {@link Refusal} if its consent could only fail. */
export async function askClient(
  terminal: Terminal,
  connection: Connection,
  known: OAuthClient | undefined,
  isOrganisation: boolean,
): Promise<OAuthClient> {
  const keep = known === undefined ? '' : ` [Enter keeps ${known.clientId}]`;
  const clientId = (await terminal.ask(`Client ID${keep}: `)) || (known?.clientId ?? '');
  refuseWrongKind(connection, clientId, isOrganisation);
  const kept = known?.clientId === clientId ? known : undefined;
  const hint = kept === undefined ? '' : ' [Enter keeps the known one]';
  const secret = await terminal.askSecret(`Client secret${hint} (not shown): `);
  if (secret === '' && kept !== undefined) return kept;
  if (shapeFault({ role: 'client secret' }, secret) === undefined)
    return { clientId, clientSecret: new SecretText(secret) };
  const fix = 'copy the client secret from the API console, whole and nothing else';
  throw new Refusal('this is not a client secret', fix);
}

function refuseWrongKind({ name, tokenPrefixes }: Connection, clientId: string, isOrganisation: boolean): void {
  const prefix = prefixOf(clientId);
  if (prefix === undefined || shapeFault({ role: 'client id' }, clientId) !== undefined) {
    const fix = 'copy the client id from the API console: 1000. or 1005. and capital letters';
    throw new Refusal('this is not a client id', fix);
  }
  if (!tokenPrefixes.includes(prefix)) {
    throw new Refusal(
      `a ${prefix} client gives ${prefix} tokens, but ${name} needs ${tokenPrefixes.join(' or ')}`,
      'register a client of the right kind in the API console (1000. user-level, 1005. organisation-level, made with ?client_type=ORG), or change token_prefix in connections.json',
    );
  }
  if (isOrganisation && prefix !== '1005.') {
    const fix = 'register one with ?client_type=ORG in the API console, or leave --org out';
    throw new Refusal(`--org needs an organisation client (1005.), and this one is ${prefix}`, fix);
  }
}
