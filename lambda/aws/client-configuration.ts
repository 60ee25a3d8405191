import {
  awsConnectTimeoutMilliseconds,
  awsMaximumSockets,
  awsRequestTimeoutMilliseconds,
} from '../settings.ts';
import { Sha256 } from './sha256.ts';

/** What every client of AWS needs to know, from Lambda's environment variables. */
export type AwsVariables = Readonly<
  Record<
    'AWS_REGION' | 'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY' | 'AWS_SESSION_TOKEN',
    string | undefined
  >
>;

const sockets = { maxSockets: awsMaximumSockets };

/**
 * Configuration of a client of AWS whose calls cannot hang.
 *
 * Without `throwOnRequestTimeout` a hung server would hang the call: the SDK only warns.
 */
export function clientConfiguration(variables: AwsVariables) {
  const {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  } = variables;
  const sessionToken = variables.AWS_SESSION_TOKEN;
  return {
    ...(region === undefined ? {} : { region }),
    // From the environment alone: the default chain would cost a third of the cold start, and is not in the bundle.
    credentials: {
      accessKeyId: accessKeyId ?? '',
      secretAccessKey: secretAccessKey ?? '',
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
    // Said here, so that no variable asks for the mode `adaptive`, which is not in the bundle.
    maxAttempts: 3,
    retryMode: 'standard',
    sha256: Sha256,
    requestHandler: {
      connectionTimeout: awsConnectTimeoutMilliseconds,
      requestTimeout: awsRequestTimeoutMilliseconds,
      throwOnRequestTimeout: true,
      httpAgent: sockets,
      httpsAgent: sockets,
    },
  };
}
