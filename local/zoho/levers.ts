import type { DataCenter } from '../../lambda/connections/data-centers.ts';
import type { Client, Grant } from './grants.ts';
import { madeUpHex, type Prefix } from './made-up.ts';
import {
  type Credentials,
  type Planting,
  plantGrant,
  type SelfClientCode,
  selfClientCode,
} from './planting.ts';
import type { TokenRegistry } from './token-registry.ts';
import type { World } from './world.ts';

/** What a tester can do to Zoho's memory without a request; each throws for a token or client that never was. */
export type Levers = {
  /** Makes an OAuth client, unless one is given, and a grant; the values are random in the right shapes. */
  plant(planting: Planting): Credentials;
  /** Registers a client without a grant, as the API console does; without `redirectUris` a self client. */
  registerClient(client: {
    dataCenter: DataCenter;
    prefix?: Prefix;
    redirectUris?: string[];
  }): Omit<Credentials, 'refresh_token'>;
  /** A grant code as the API console makes it for a self client. */
  selfClientCode(wanted: SelfClientCode): string;
  /** Ends a refresh token and its access tokens. */
  revoke(refreshToken: string): void;
  /** Ends one access token. */
  killAccessToken(accessToken: string): void;
  /** Ends all access tokens of a refresh token, which itself lives on. */
  killAccessTokensOf(refreshToken: string): void;
  /** Gives a client a new secret, in each of its data centres, and returns it. */
  rotateSecret(clientId: string): string;
  /** Deletes a client with all its refresh tokens. */
  deleteClient(clientId: string): void;
  /** A refresh token's living access tokens, oldest first; instants are epoch milliseconds. */
  liveTokens(refreshToken: string): { accessToken: string; issuedAt: number; expiresAt: number }[];
  /** Every access token that is not forgotten yet, living or not: also those that nobody ever stored. */
  issuedTokens(): string[];
  /** True if the services accept the access token now. */
  isLive(accessToken: string): boolean;
};

/** The levers of a world. */
export function leversOf(world: World): Levers {
  const { registry, now } = world;
  return {
    plant: (planting) => plantGrant(registry, planting),
    registerClient: (wanted) => {
      const client = registry.addClient(wanted);
      return { client_id: client.clientId, client_secret: client.secrets.get(wanted.dataCenter) ?? '' };
    },
    selfClientCode: (wanted) => selfClientCode(world, wanted),
    revoke: (refreshToken) => registry.revoke(grantOf(registry, refreshToken)),
    killAccessToken: (accessToken) => {
      const token = registry.token(accessToken);
      if (!token) throw new Error('no such access token');
      token.isDead = true;
    },
    killAccessTokensOf: (refreshToken) => {
      for (const token of grantOf(registry, refreshToken).tokens) token.isDead = true;
    },
    rotateSecret: (clientId) => {
      const { secrets } = clientOf(registry, clientId);
      const secret = madeUpHex(21);
      for (const dataCenter of secrets.keys()) secrets.set(dataCenter, secret);
      return secret;
    },
    deleteClient: (clientId) => registry.deleteClient(clientOf(registry, clientId)),
    liveTokens: (refreshToken) =>
      registry
        .liveTokens(grantOf(registry, refreshToken), now())
        .map(({ accessToken, issuedAt, expiresAt }) => ({ accessToken, issuedAt, expiresAt })),
    issuedTokens: () =>
      registry.grants().flatMap(({ tokens }) => tokens.map(({ accessToken }) => accessToken)),
    isLive: (accessToken) => registry.liveToken(accessToken, now()) !== undefined,
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
