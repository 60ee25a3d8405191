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

/** One consent; without a refresh token where the consent was not asked for offline access. */
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
};

/** What a fault may change about a token that is about to be issued. */
export type Minting = { prefix?: string; scopes?: string[]; lifeSeconds?: number; isDead?: boolean };
