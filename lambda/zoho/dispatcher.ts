import { Agent } from 'undici';
import {
  zohoAnswerMaximumBytes,
  zohoAnswerTimeoutMilliseconds,
  zohoConnectTimeoutMilliseconds,
  zohoMaximumSockets,
} from '../settings.ts';

/** What holds for every connection to Zoho, for this program's proxy agent too. */
export const zohoConnections = {
  // Fewer ways to fail: nothing here needs several requests on one connection.
  allowH2: false,
  // Each call has a connection of its own: a request that is lost on a reused one may have issued a token.
  pipelining: 0,
  connections: zohoMaximumSockets,
  connect: { timeout: zohoConnectTimeoutMilliseconds },
  headersTimeout: zohoAnswerTimeoutMilliseconds,
  bodyTimeout: zohoAnswerTimeoutMilliseconds,
  maxResponseSize: zohoAnswerMaximumBytes,
} as const;

/** The connections to Zoho of one invocation. */
export function createZohoDispatcher(): Agent {
  return new Agent(zohoConnections);
}
