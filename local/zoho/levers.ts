import type { DataCenter } from '../../lambda/connections/data-centers.ts';
import type { Client, Grant } from './grants.ts';
import { madeUpHex, type Prefix } from './made-up.ts';
import { type Credentials, type Planting, plantGrant, type SelfClientCode, selfClientCode } from './planting.ts';
import type { TokenRegistry } from './token-registry.ts';
import type { World } from './zoho-world.ts';

/** What a tester can do to Zoho's memory without a request; each throws for a token or client that never was. */
export function leversOf(world: World) {
  const { registry, now } = world;
  const kill = (token: { isDead: boolean }) => {
    token.isDead = true;
  };
  return {
    /** Makes an OAuth client, unless one is given, and a grant; the values are random in the right shapes. */
    plant: (planting: Planting): Credentials => plantGrant(registry, planting),
    /** Registers a client without a grant, as the API console does; without `redirectUris` a self client. */
    registerClient(wanted: { dataCenter: DataCenter; prefix?: Prefix; redirectUris?: string[] }) {
      const client = registry.addClient(wanted);
      return { client_id: client.clientId, client_secret: client.secrets.get(wanted.dataCenter) ?? '' };
    },
    /** A grant code as the API console makes it for a self client. */
    selfClientCode: (wanted: SelfClientCode): string => selfClientCode(world, wanted),
    /** Ends a refresh token and its access tokens. */
    revoke: (refreshToken: string): void => registry.revoke(grantOf(registry, refreshToken)),
    /** Ends one access token. */
    killAccessToken(accessToken: string): void {
      const token = registry.token(accessToken);
      if (!token) throw new Error('no such access token');
      kill(token);
    },
    /** Ends all access tokens of a refresh token, which itself lives on. */
    killAccessTokensOf: (refreshToken: string): void => grantOf(registry, refreshToken).tokens.forEach(kill),
    /** Gives a client a new secret, in each of its data centres, and returns it. */
    rotateSecret(clientId: string): string {
      const { secrets } = clientOf(registry, clientId);
      const secret = madeUpHex(21);
      for (const dataCenter of secrets.keys()) secrets.set(dataCenter, secret);
      return secret;
    },
    /** Deletes a client with all its refresh tokens. */
    deleteClient: (clientId: string): void => registry.deleteClient(clientOf(registry, clientId)),
    /** A refresh token's living access tokens, oldest first; instants are epoch milliseconds. */
    liveTokens: (refreshToken: string) =>
      registry
        .liveTokens(grantOf(registry, refreshToken), now())
        .map(({ accessToken, issuedAt, expiresAt }) => ({ accessToken, issuedAt, expiresAt })),
    /** Every access token that is not forgotten yet, living or not: also those that nobody ever stored. */
    issuedTokens: (): string[] =>
      registry.grants().flatMap(({ tokens }) => tokens.map(({ accessToken }) => accessToken)),
    /** True if the services accept the access token now. */
    isLive: (accessToken: string): boolean => registry.liveToken(accessToken, now()) !== undefined,
  };
}

function grantOf(registry: TokenRegistry, refreshToken: string): Grant {
  const grant = registry.grant(refreshToken);
  if (!grant) throw new Error('no such refresh token');
  return grant;
}

function clientOf(registry: TokenRegistry, clientId: string): Client {
  const client = registry.client(clientId);
  if (!client) throw new Error(`no such client: ${clientId}`);
  return client;
}
