import type { DataCenter } from '../../lambda/connections/data-centers.ts';
import type { Prefix } from './made-up.ts';

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

/** What a user granted, waiting to be exchanged once. */
export type GrantCode = Pick<Grant, 'client' | 'dataCenter' | 'scopes' | 'portal'> & {
  /** To which the code went; a self client's code has none. */
  redirectUri?: string;
  /** Whether the exchange gives a refresh token. */
  isOffline: boolean;
  expiresAt: number;
};
