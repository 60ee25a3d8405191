import type { Call } from './call.ts';
import type { AccessToken } from './grants.ts';
import { json, type Reply } from './reply.ts';
import type { World } from './world.ts';

/** One call of SalesIQ's REST API. */
export type SalesiqRoute = {
  method: 'GET' | 'POST' | 'PUT';
  /** Groups: the screen name, then the id if the path has one. */
  path: RegExp;
  scopes: string[];
  /** The visitor API takes organisation tokens only. */
  isForOrganisation?: true;
  carryOut: (request: SalesiqRequest) => Reply;
};

/** A call that passed every check of its token. */
export type SalesiqRequest = { call: Call; token: AccessToken; screenName: string; id: string; world: World };

/** A success of SalesIQ, `{"url","object","data"}`. */
export function salesiqData(call: Call, object: string, data: unknown): Reply {
  return json(200, { url: call.path, object, data }, 'ok');
}
