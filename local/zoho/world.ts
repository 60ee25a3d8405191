import type { Conversations } from './conversations.ts';
import type { DeskCalls } from './desk-calls.ts';
import type { GrantCodes } from './grant-codes.ts';
import type { Client, Portal } from './grants.ts';
import type { Throttle } from './throttle.ts';
import type { TokenRegistry } from './token-registry.ts';

/** Everything that the stand-in remembers, handed to each endpoint. */
export type World = {
  registry: TokenRegistry;
  codes: GrantCodes;
  throttle: Throttle;
  conversations: Conversations;
  calls: DeskCalls;
  /** The portal that a consent given to this client is for. */
  portalOf: (client: Client) => Portal;
  /** Epoch milliseconds. */
  now: () => number;
};
