import { awsCallTimeoutMilliseconds } from '../settings.ts';

/** Ends one call of the SDK: when the run is over, or when the call has had its time, slow body included. */
export function callSignal(run: AbortSignal): AbortSignal {
  return AbortSignal.any([run, AbortSignal.timeout(awsCallTimeoutMilliseconds)]);
}
