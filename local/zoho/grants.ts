import type { DataCenter } from '../../lambda/connections/data-centers.ts';
import { madeUpToken, type Prefix } from './made-up.ts';

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
  user: string;
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

/** A grant code of the consent page lives two minutes. */
export const codeLifeSeconds = 120;

/** What a user granted, waiting to be exchanged; a self client's code has no redirect URI. */
export type GrantCode = {
  client: Client;
  dataCenter: DataCenter;
  user: string;
  scopes: string[];
  portal: Portal;
  redirectUri?: string;
  /** Whether the exchange gives a refresh token. */
  isOffline: boolean;
  expiresAt: number;
};

/** Grant codes, each good for one exchange. */
export class GrantCodes {
  readonly #codes = new Map<string, GrantCode>();

  /** Keeps a consent and returns the code that stands for it. */
  add(grantCode: GrantCode): string {
    const code = madeUpToken(grantCode.client.prefix);
    this.#codes.set(code, grantCode);
    return code;
  }

  /** What the code stands for; `undefined` if it is unknown, used or expired. */
  read(code: string, at: number): GrantCode | undefined {
    const grantCode = this.#codes.get(code);
    return grantCode && at < grantCode.expiresAt ? grantCode : undefined;
  }

  /** Marks the code as used. */
  use(code: string): void {
    this.#codes.delete(code);
  }
}
