import type { DataCenter } from '../../lambda/connections/data-centers.ts';
import { madeUpToken } from './made-up.ts';
import { Throttle } from './throttle.ts';
import { type Grant, TokenRegistry } from './token-registry.ts';

/** What a user granted, waiting to be exchanged once. */
type GrantCode = Pick<Grant, 'client' | 'dataCenter' | 'scopes' | 'portal'> & {
  /** To which the code went; a self client's code has none. */
  redirectUri?: string;
  /** Whether the exchange gives a refresh token. */
  isOffline: boolean;
  expiresAt: number;
};

/** A chat of SalesIQ; its two ids belong to two APIs and are not interchangeable. */
export type Chat = {
  dataCenter: DataCenter;
  screenName: string;
  /** Numeric id of the operator API, `/api/v2`. */
  id: string;
  /** Letter-digit id of the visitor API. */
  visitorId: string;
  question: string;
  departmentId: string;
  visitor: Record<string, unknown>;
  endTime?: string;
};

/** Everything that the stand-in remembers, handed to each endpoint. */
export type World = {
  registry: TokenRegistry;
  /** Grant codes that were not exchanged yet. */
  codes: Map<string, GrantCode>;
  throttle: Throttle;
  chats: Chat[];
  /** Epoch milliseconds. */
  now: () => number;
};

/** A Zoho in which nothing has happened yet. */
export function createWorld(now: () => number): World {
  return { registry: new TokenRegistry(), codes: new Map(), throttle: new Throttle(), chats: [], now };
}

/** Keeps a consent and returns the code that stands for it. */
export function addCode({ codes }: World, grantCode: GrantCode): string {
  const code = madeUpToken(grantCode.client.prefix);
  codes.set(code, grantCode);
  return code;
}
