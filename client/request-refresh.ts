import { env } from 'node:process';
import type { InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import { environmentRegion, printableFault } from './secret-source.ts';
import type { SdkClient } from './secrets-manager-source.ts';
import { refreshTimeoutMilliseconds } from './settings.ts';

/** What the refresher said about a token that Zoho refused an app. */
export type RefreshAnswer =
  /** A new token is stored. */
  | 'refreshed'
  /** The stored token lives: the app's call was refused for another reason. */
  | 'fresh'
  /** Another run is asking Zoho at this moment. */
  | 'being healed'
  /** Nothing will change soon: a wait holds, or the refresh failed. */
  | 'no help';

/** Asks the refresher to look at a connection. An error that it throws may be printed. */
export type RequestRefresh = (connection: string) => Promise<RefreshAnswer>;

/** Which function to ask, and how. */
export type RefreshAccess = {
  /** Name or ARN of the refresher's function; the app's role needs `lambda:InvokeFunction` on it (`grantRefresh`). */
  readonly functionName: string;
  /** A LambdaClient; without one, one is made from the environment's region and credentials. */
  readonly client?: SdkClient;
};

/** Asks the refresher's function through the AWS SDK, which is loaded when a refresh is first needed. */
export function createRequestRefresh({ functionName, client }: RefreshAccess): RequestRefresh {
  let own: LambdaClient | undefined;
  return async (connection) => {
    try {
      const sdk = await import('@aws-sdk/client-lambda');
      own ??= (client as LambdaClient | undefined) ?? new sdk.LambdaClient(environmentRegion(env));
      const answer = await own.send(
        new sdk.InvokeCommand({
          FunctionName: functionName,
          Payload: JSON.stringify({ connections: [connection], reason: 'unauthorized' }),
        }),
        { abortSignal: AbortSignal.timeout(refreshTimeoutMilliseconds) },
      );
      return readAnswer(connection, answer);
    } catch (fault) {
      // So many instances ask at once that Lambda turns some away: one of the others is being served.
      if (fault instanceof Error && fault.name === 'TooManyRequestsException') return 'being healed';
      throw printableFault(`Invoke of ${functionName}`, fault);
    }
  };
}

/** A `fresh` is believed only if the probe did not fail to tell: unknown is not healthy. */
function readAnswer(connection: string, { FunctionError, Payload }: InvokeCommandOutput): RefreshAnswer {
  if (FunctionError !== undefined || Payload === undefined) return 'no help';
  const { connections } = JSON.parse(Payload.transformToString()) as { connections?: unknown };
  const results = Array.isArray(connections) ? (connections as Record<string, unknown>[]) : [];
  const { outcome, code, probe } = results.find((each) => each.connection === connection) ?? {};
  if (outcome === 'refreshed') return outcome;
  if (outcome === 'fresh' && probe !== 'cannot_tell' && probe !== 'rejected') return outcome;
  return outcome === 'waiting' && code === null ? 'being healed' : 'no help';
}
