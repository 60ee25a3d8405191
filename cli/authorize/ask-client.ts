import type { Connection } from '../../lambda/connections/read-connections.ts';
import { SecretText } from '../../lambda/secret-text.ts';
import { prefixOf, shapeFault } from '../env-file/keys.ts';
import { Refusal } from '../faults.ts';
import type { Terminal } from '../terminal/terminal.ts';

export type OAuthClient = { readonly clientId: string; readonly clientSecret: SecretText };

/**
 * Asks for the client. If a former one may be kept, an empty line keeps it.
 *
 * @param known - The stored client, or in practice that of the stand-in.
 * @param isOrganisation - Whether an organisation consent was asked for in words.
 * @throws {@link Refusal} for a client with which the consent could only fail: before any page is opened.
 */
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
