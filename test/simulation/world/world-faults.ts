import type { RunOfLambda } from './facts.ts';

/** How long the SDK and the Lambda take to give a call up, in milliseconds. */
export const zohoTimeout = 10_000;
const awsTimeout = 9_600;

/** Faults of the connection to Zoho: what becomes of the request, and how the Lambda sees it. */
export const brokenConnections: Record<string, { isCarriedOut: boolean; afterMilliseconds: number }> = {
  refused: { isCarriedOut: false, afterMilliseconds: 5 },
  unreachable: { isCarriedOut: false, afterMilliseconds: 5_000 },
  hang: { isCarriedOut: true, afterMilliseconds: zohoTimeout },
  slow_drip: { isCarriedOut: true, afterMilliseconds: zohoTimeout },
  cut_connection_before: { isCarriedOut: true, afterMilliseconds: 300 },
  cut_connection_during: { isCarriedOut: true, afterMilliseconds: 300 },
  huge: { isCarriedOut: true, afterMilliseconds: 900 },
};

type AwsFault = { readonly isCarriedOut: boolean; readonly afterMilliseconds: number; readonly name: string };

/** Faults of AWS: whether the call took effect, and the name under which the SDK throws. */
const awsFaults: Record<string, AwsFault> = {
  'access-denied': { isCarriedOut: false, afterMilliseconds: 20, name: 'AccessDeniedException' },
  'kms-disabled': { isCarriedOut: false, afterMilliseconds: 20, name: 'DecryptionFailure' },
  throttled: { isCarriedOut: false, afterMilliseconds: 1_400, name: 'ThrottlingException' },
  'internal-error': { isCarriedOut: false, afterMilliseconds: 400, name: 'InternalServiceError' },
  hang: { isCarriedOut: false, afterMilliseconds: awsTimeout, name: 'TimeoutError' },
  'lost answer': { isCarriedOut: true, afterMilliseconds: awsTimeout, name: 'TimeoutError' },
};

/** A disabled key has a name for each of those who need it. */
const kmsNames: Record<string, string> = { PutSecretValue: 'EncryptionFailure', Publish: 'KMSDisabled' };

/** A fault of AWS as a call of this operation meets it; `undefined` if there is none. */
export function awsFaultOf(fault: string | undefined, operation: string): AwsFault | undefined {
  const found = fault === undefined ? undefined : awsFaults[fault];
  const kmsName = fault === 'kms-disabled' ? kmsNames[operation] : undefined;
  return found === undefined || kmsName === undefined ? found : { ...found, name: kmsName };
}

/** Names of the faults that a window may have, by place. */
export const faultsOfZohoConnection = Object.keys(brokenConnections);
export const faultsOfAws = Object.keys(awsFaults);

/** Remembers that a fault befell a call of a run. */
export function meet(run: RunOfLambda, connection: string, fault: string): void {
  const met = run.faultsMet.get(connection) ?? [];
  met.push(fault);
  run.faultsMet.set(connection, met);
}

/** An error as the SDK throws it. */
export function asSdkError(name: string): Error {
  return Object.assign(new Error(`the SDK's own words about ${name}`), { name });
}
