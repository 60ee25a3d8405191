import { AwsError } from './aws-error.ts';

/** Error names and status of a service for requests that nobody can be found to have signed. */
export type SignatureRefusals = { missing: string; wrongScope: string; status: number };

/**
 * Reads the Region out of a Signature Version 4 header, and refuses a request that is not signed for this service.
 *
 * The signature itself is not computed again: the stand-ins know no keys. What they catch is a client without
 * credentials and a client whose endpoint points at the wrong service.
 *
 * @param authorization - The `Authorization` header as received.
 * @param service - Signing name, e.g. `secretsmanager` or `sns`.
 * @returns The Region of the credential scope, e.g. `ap-south-1`.
 * @throws {@link AwsError} Under the names given in `refusals`.
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html | SigV4}
 */
export function readSignedRegion(
  authorization: string | undefined,
  service: string,
  refusals: SignatureRefusals,
): string {
  const scope =
    /^AWS4-HMAC-SHA256 Credential=[^/,\s]+\/\d{8}\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,.*Signature=[0-9a-f]{64}/;
  const [, region, signedService] = scope.exec(authorization ?? '') ?? [];
  if (region === undefined)
    throw new AwsError(refusals.missing, 'Missing Authentication Token', refusals.status);
  if (signedService !== service) {
    const message = `Credential should be scoped to correct service: '${service}'.`;
    throw new AwsError(refusals.wrongScope, message, refusals.status);
  }
  return region;
}
