import type { Connection } from '../../lambda/connections/read-connections.ts';
import { SecretText } from '../../lambda/secret-text.ts';
import { askClient, askCode, getCodeInBrowser } from '../authorize/ask.ts';
import { tellBrowser } from '../authorize/callback-page.ts';
import { defaultCallbackPort, startCallbackServer } from '../authorize/callback-server.ts';
import { consentScopes } from '../authorize/consent.ts';
import { type Exchange, exchangeCode, keepGrant } from '../authorize/grant.ts';
import { command } from '../command.ts';
import { Refusal, UsageError } from '../faults.ts';
import { atPlace, chooseConnection } from '../place/open-place.ts';
import type { Place } from '../place/place.ts';
import { readStoredCredentials } from '../stored/stored.ts';

export const authorize = command({
  name: 'authorize',
  summary: 'Gets a refresh token by consent, proves it, and stores it; on any mismatch nothing is stored',
  examples: [
    ['authorize salesiq', 'opens the consent page in the browser'],
    ['authorize desk --org', 'consent for the organisation by its administrator, for 1005. clients'],
    ['authorize salesiq --self-client', 'with a code from the API console; no browser needed here'],
  ],
  argument: ['<connection>', 'as in connections.json'],
  options: {
    'self-client': 'take a code of a self client from the API console',
    org: 'organisation consent; the default for a 1005. client',
    'port <number>': ['port of the redirect URI http://localhost:PORT/callback', String(defaultCallbackPort)],
    'timeout <seconds>': ['how long to wait for the consent in the browser', '300'],
    'no-browser': 'do not open the browser, only print the address',
  },
  run: ([name = ''], options, context) => {
    const port = readNumber('--port', options.port, 65_535);
    const timeoutMilliseconds = readNumber('--timeout', options.timeout, 3600) * 1000;
    const { 'self-client': isSelfClient, org: isOrganisation } = options;
    if (isSelfClient && isOrganisation) throw new UsageError('--org and --self-client exclude each other');
    return atPlace(options, context, async (place) => {
      const { terminal } = context;
      const connection = chooseConnection(place.connections, name);
      const scopes = consentScopes(connection);
      if (isOrganisation) refuseOrganisation(connection);
      terminal.say('note: Zoho keeps 20 refresh tokens per user and client; the 21st consent silently ends the oldest');
      const known = await knownClient(place, connection, isSelfClient);
      const { dataCenter } = connection;
      const authorizeBy = async (getCode: (clientId: string) => Promise<Pick<Exchange, 'code' | 'browser'>>) => {
        const client = await askClient(terminal, connection, known, isOrganisation);
        const exchange = { ...client, ...(await getCode(client.clientId)) };
        const exchanging = () => exchangeCode(place.callZoho, dataCenter, exchange);
        const grant = await terminal.during('exchanging the code', exchanging);
        return terminal.during('proving the token', () => keepGrant(place, connection, client, grant));
      };
      if (isSelfClient) return authorizeBy(() => askCode(dataCenter, scopes, terminal));
      // Before any question: nobody should type a secret for a port that is taken.
      const server = await startCallbackServer(port);
      const waiting = { opensBrowser: !options['no-browser'], timeoutMilliseconds };
      const getCode = (clientId: string) =>
        getCodeInBrowser({ dataCenter, clientId, scopes }, server, place, terminal, waiting);
      return tellBrowser(server, connection, () => authorizeBy(getCode));
    });
  },
});

/** The client to propose: that of the stand-in in practice, otherwise the stored one. */
async function knownClient(place: Place, connection: Connection, isSelfClient: boolean) {
  const practice = isSelfClient ? undefined : place.practiceClients[connection.name];
  if (practice === undefined) return readStoredCredentials(place, connection);
  return { clientId: practice.client_id, clientSecret: new SecretText(practice.client_secret) };
}

function refuseOrganisation({ name, tokenPrefixes }: Connection): void {
  if (tokenPrefixes.includes('1005.')) return;
  throw new Refusal(
    `an organisation consent gives 1005. tokens, but ${name} needs ${tokenPrefixes.join(' or ')}`,
    'leave --org out, or change token_prefix in connections.json',
  );
}

function readNumber(option: string, text: string, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new UsageError(`${option}: expected 1 to ${most}`);
}
