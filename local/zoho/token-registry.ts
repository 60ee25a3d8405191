import { tokenAnswer } from '../../cli/verify/zoho-assumptions.ts';
import type { DataCenter } from '../../lambda/connections/data-centers.ts';
import { madeUpClientId, madeUpHex, madeUpToken, type Prefix } from './made-up.ts';

/** The SalesIQ portal and Desk organisation that a grant gives access to. */
export type Portal = { screenName: string; orgId: string; departmentIds: string[]; appIds: string[] };

/** An OAuth client; it is enabled in the data centres for which it has a secret. */
export type Client = {
  clientId: string;
  prefix: Prefix;
  secrets: Map<DataCenter, string>;
  /** Redirect URIs as registered in the API console; a self client has none. */
  redirectUris: string[];
};

/** One consent; without a refresh token if the consent was not asked for offline access. */
export type Grant = {
  client: Client;
  dataCenter: DataCenter;
  scopes: string[];
  portal: Portal;
  refreshToken?: string;
  isRevoked: boolean;
  tokens: AccessToken[];
};

/** An access token; dead before its time when it was killed, revoked, pushed out, or issued dead by a fault. */
export type AccessToken = {
  accessToken: string;
  grant: Grant;
  scopes: string[];
  issuedAt: number;
  expiresAt: number;
  isDead: boolean;
  /** How many calls a service still rejects although the token is good. */
  rejections: number;
};

/** What a fault may change about a token that is about to be issued. */
export type Minting = {
  prefix?: string;
  scopes?: string[];
  lifeSeconds?: number;
  isDead?: boolean;
  rejections?: number;
};

/** Ten live access tokens per refresh token: the 11th kills the oldest. */
const liveTokensPerGrant = 10;
/** Twenty refresh tokens per user and client: the 21st kills the first. The stand-in has one user. */
const refreshTokensPerUser = 20;
/** Life of an access token. */
export const tokenLifeSeconds = tokenAnswer.expires_in;

/** The portal if none is named: that of the guide, as `connections.json` has it. */
const guidePortal: Portal = {
  screenName: 'rtdsportal',
  orgId: '60000688226',
  departmentIds: ['2782000000002013'],
  appIds: ['2782000012893013'],
};

/** Zoho's memory of clients, grants and access tokens, with their limits; it has no clock of its own. */
export class TokenRegistry {
  readonly #clients = new Map<string, Client>();
  readonly #grants = new Map<string, Grant>();
  readonly #tokens = new Map<string, AccessToken>();

  /** Registers a client, or enables one in a further data centre; made-up values where none are given. */
  addClient(wanted: {
    dataCenter: DataCenter;
    prefix?: Prefix | undefined;
    clientId?: string | undefined;
    clientSecret?: string | undefined;
    redirectUris?: string[] | undefined;
  }): Client {
    const { dataCenter, clientId = madeUpClientId(wanted.prefix ?? '1000.'), clientSecret, redirectUris = [] } = wanted;
    const prefix = clientId.startsWith('1005.') ? '1005.' : '1000.';
    const known = this.#clients.get(clientId);
    const client: Client = known ?? { clientId, prefix, secrets: new Map(), redirectUris: [] };
    client.secrets.set(dataCenter, client.secrets.get(dataCenter) ?? clientSecret ?? madeUpHex(21));
    client.redirectUris.push(...redirectUris);
    this.#clients.set(clientId, client);
    return client;
  }

  /** The client; `undefined` if there never was one or it is deleted. */
  client(clientId: string): Client | undefined {
    return this.#clients.get(clientId);
  }

  /** The portal of the client's latest grant; the guide's if it has none yet. */
  portalOf(client: Client): Portal {
    return this.grants().findLast((grant) => grant.client === client)?.portal ?? guidePortal;
  }

  /** Deletes a client and with it all its refresh and access tokens. */
  deleteClient(client: Client): void {
    for (const grant of this.grants()) if (grant.client === client) this.revoke(grant);
    this.#clients.delete(client.clientId);
  }

  /** Makes a grant; with a refresh token if offline, which may push out the oldest of the same user and client. */
  addGrant(wanted: Pick<Grant, 'client' | 'dataCenter' | 'scopes' | 'portal'>, isOffline = true): Grant {
    const grant: Grant = { ...wanted, isRevoked: false, tokens: [] };
    if (!isOffline) return grant;
    const [oldest, ...others] = this.liveGrants(grant.client);
    if (oldest && others.length + 1 >= refreshTokensPerUser) this.revoke(oldest);
    grant.refreshToken = madeUpToken(grant.client.prefix);
    this.#grants.set(grant.refreshToken, grant);
    return grant;
  }

  /** The grant of a refresh token, revoked or not. */
  grant(refreshToken: string): Grant | undefined {
    return this.#grants.get(refreshToken);
  }

  /** Every grant that ever had a refresh token, oldest first. */
  grants(): Grant[] {
    return [...this.#grants.values()];
  }

  /** The grants of a client whose refresh token works, oldest first. */
  liveGrants(client: Client): Grant[] {
    return this.grants().filter((grant) => grant.client === client && !grant.isRevoked);
  }

  /** Ends a grant and its access tokens. */
  revoke(grant: Grant): void {
    grant.isRevoked = true;
    for (const token of grant.tokens) token.isDead = true;
  }

  /** Issues an access token; the older ones live on, but for the oldest of more than ten. */
  mint(grant: Grant, at: number, minting: Minting = {}): AccessToken {
    this.#forgetExpired(grant, at);
    const [oldest, ...others] = this.liveTokens(grant, at);
    if (oldest && others.length + 1 >= liveTokensPerGrant) oldest.isDead = true;
    const token: AccessToken = {
      accessToken: madeUpToken(minting.prefix ?? grant.client.prefix),
      grant,
      scopes: minting.scopes ?? grant.scopes,
      issuedAt: at,
      expiresAt: at + (minting.lifeSeconds ?? tokenLifeSeconds) * 1000,
      isDead: minting.isDead ?? false,
      rejections: minting.rejections ?? 0,
    };
    grant.tokens.push(token);
    this.#tokens.set(token.accessToken, token);
    return token;
  }

  /** The access token as issued, living or not; `undefined` for one that Zoho never issued or has forgotten. */
  token(accessToken: string): AccessToken | undefined {
    return this.#tokens.get(accessToken);
  }

  /** The access token if the services accept it now. */
  liveToken(accessToken: string, at: number): AccessToken | undefined {
    const token = this.#tokens.get(accessToken);
    return token && !token.isDead && at < token.expiresAt ? token : undefined;
  }

  /** A grant's living access tokens, oldest first. */
  liveTokens(grant: Grant, at: number): AccessToken[] {
    return grant.tokens.filter((token) => !token.isDead && at < token.expiresAt);
  }

  #forgetExpired(grant: Grant, at: number): void {
    for (const token of grant.tokens) if (at >= token.expiresAt) this.#tokens.delete(token.accessToken);
    grant.tokens = grant.tokens.filter((token) => at < token.expiresAt);
  }
}
