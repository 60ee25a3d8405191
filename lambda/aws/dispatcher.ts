import { Agent } from 'undici';
import {
  awsAnswerMaximumBytes,
  awsConnectTimeoutMilliseconds,
  awsMaximumSockets,
  awsRequestTimeoutMilliseconds,
} from '../settings.ts';

/**
 * What holds for every connection to AWS: a limit on everything that could hang.
 *
 * HTTP/1.1 only: it is what the SDK's own handler speaks to these services.
 */
export const awsConnections = {
  allowH2: false,
  connections: awsMaximumSockets,
  connect: { timeout: awsConnectTimeoutMilliseconds },
  headersTimeout: awsRequestTimeoutMilliseconds,
  bodyTimeout: awsRequestTimeoutMilliseconds,
  maxResponseSize: awsAnswerMaximumBytes,
} as const;

/** The connections to AWS of one invocation. */
export function createAwsDispatcher(): Agent {
  return new Agent(awsConnections);
}
