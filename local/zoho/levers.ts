import type { DataCenter } from '../../lambda/connections/data-centers.ts';
import { type Service as ServiceName, serviceHost } from '../../lambda/zoho/services.ts';
import { realScope, scopeFault } from './known-scopes.ts';
import { madeUpHex, type Prefix } from './made-up.ts';
import type { Portal } from './token-registry.ts';
import { addCode, type World } from './zoho-world.ts';

/** What a connection's credentials secret holds. */
export type Credentials = { client_id: string; client_secret: string; refresh_token: string };

/** A grant to be made without the detour of a consent. */
export type Planting = {
  dataCenter: DataCenter;
  service: ServiceName;
  /** Kind of client; default `1000.`, or that of the given client. */
  prefix?: Prefix;
  /** Names that only guides have become the scopes that Zoho has, e.g. `Desk.basic.READ` for `Desk.departments.READ`. */
  scopes: string[];
  /** A client to reuse, or to register under these values. */
  client?: { client_id: string; client_secret: string };
  /** Where a consent page may go back to; default none, as for a self client. */
  redirectUris?: string[];
} & Partial<Portal>;

/** A code of the API console's "Generate Code" for a self client lives three to ten minutes. */
const selfClientCodeSeconds = 600;

/** What a tester can do to Zoho's memory without a request; each throws for a token or client that never was. */
export function leversOf(world: World) {
  const { registry, now } = world;
  const grantOf = (refreshToken: string) => must(registry.grant(refreshToken), 'no such refresh token');
  const clientOf = (clientId: string) => must(registry.client(clientId), `no such client: ${clientId}`);
  const kill = (token: { isDead: boolean }) => {
    token.isDead = true;
  };
  return {
    /** Makes an OAuth client, unless one is given, and a grant; the values are random in the right shapes. */
    plant({ dataCenter, service, client: given, prefix, redirectUris, scopes, ...portal }: Planting): Credentials {
      must(serviceHost(service, dataCenter), `Zoho lists no ${service} host in ${dataCenter}`);
      const { client_id: clientId, client_secret: clientSecret } = given ?? {};
      const client = registry.addClient({ dataCenter, prefix, clientId, clientSecret, redirectUris });
      const { refreshToken = '' } = registry.addGrant({
        client,
        dataCenter,
        scopes: [...new Set(scopes.map(realScope))],
        portal: { ...registry.portalOf(client), ...portal },
      });
      const secret = client.secrets.get(dataCenter) ?? '';
      return { client_id: client.clientId, client_secret: secret, refresh_token: refreshToken };
    },
    /** Registers a client without a grant, as the API console does; without `redirectUris` a self client. */
    registerClient(wanted: { dataCenter: DataCenter; prefix?: Prefix; redirectUris?: string[] }) {
      const client = registry.addClient(wanted);
      return { client_id: client.clientId, client_secret: client.secrets.get(wanted.dataCenter) ?? '' };
    },
    /** A grant code as the API console makes it for a self client; throws for a scope that does not exist. */
    selfClientCode({ clientId, scopes }: { clientId: string; scopes: string[] }): string {
      const client = clientOf(clientId);
      const fault = scopeFault(scopes, client.prefix);
      if (fault) throw new Error(`${fault}: ${scopes.join(',')}`);
      return addCode(world, {
        client,
        dataCenter: must([...client.secrets.keys()][0], 'a client has a secret'),
        scopes,
        portal: registry.portalOf(client),
        isOffline: true,
        expiresAt: now() + selfClientCodeSeconds * 1000,
      });
    },
    /** Ends a refresh token and its access tokens. */
    revoke: (refreshToken: string): void => registry.revoke(grantOf(refreshToken)),
    /** Ends one access token. */
    killAccessToken: (accessToken: string): void => kill(must(registry.token(accessToken), 'no such access token')),
    /** Ends all access tokens of a refresh token, which itself lives on. */
    killAccessTokensOf: (refreshToken: string): void => grantOf(refreshToken).tokens.forEach(kill),
    /** Gives a client a new secret, in each of its data centres, and returns it. */
    rotateSecret(clientId: string): string {
      const { secrets } = clientOf(clientId);
      const secret = madeUpHex(21);
      for (const dataCenter of secrets.keys()) secrets.set(dataCenter, secret);
      return secret;
    },
    /** Deletes a client with all its refresh tokens. */
    deleteClient: (clientId: string): void => registry.deleteClient(clientOf(clientId)),
    /** A refresh token's living access tokens, oldest first. */
    liveTokens: (refreshToken: string): string[] =>
      registry.liveTokens(grantOf(refreshToken), now()).map(({ accessToken }) => accessToken),
    /** Every access token that is not forgotten yet, living or not: also those that nobody ever stored. */
    issuedTokens: (): string[] =>
      registry.grants().flatMap(({ tokens }) => tokens.map(({ accessToken }) => accessToken)),
    /** True if the services accept the access token now. */
    isLive: (accessToken: string): boolean => registry.liveToken(accessToken, now()) !== undefined,
  };
}

function must<T>(found: T | undefined, problem: string): T {
  if (found === undefined) throw new Error(problem);
  return found;
}
