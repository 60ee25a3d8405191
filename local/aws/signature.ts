import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from './aws-error.ts';

/** A request as it came off the wire. */
export type ReceivedRequest = { method: string; path: string; headers: IncomingHttpHeaders; body: string };

const jsonErrors = { missing: 'MissingAuthenticationTokenException', wrong: 'InvalidSignatureException' };
/** Each service's name in signatures, and its error names and status if nobody can be found to have signed. */
const services = {
  secrets: { ...jsonErrors, signingName: 'secretsmanager', status: 400 },
  sns: { missing: 'MissingAuthenticationToken', wrong: 'SignatureDoesNotMatch', signingName: 'sns', status: 403 },
  lambda: { ...jsonErrors, signingName: 'lambda', status: 403 },
};

/** The access key id of the Lambda's role, which can lose what others may still do. */
export const lambdaKeyId = 'lambda';

/** The access key ids that the stand-ins know: operators and apps on this machine, and the Lambda. */
const knownKeyIds = ['local', lambdaKeyId];

/** How far a signature's time may be from the service's. */
const mostSkewMilliseconds = 5 * 60 * 1000;

const authorizationPattern =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

/**
 * Reads the Region out of a Signature Version 4, and refuses a request that is not signed for this service.
 *
 * The signature is computed again where the key is known, and must be of this hour: a client whose hashes, headers or clock
 * are wrong fails here as it would in production. Requests under another key are only read.
 *
 * @param admission - `now`: epoch milliseconds; if absent, clocks are not compared. `secretAccessKey`: of the known access
 *   key ids; if given, nobody else is served.
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html | SigV4}
 */
export function readSignedRegion(
  request: ReceivedRequest,
  service: keyof typeof services,
  { now, secretAccessKey }: { now?: number | undefined; secretAccessKey?: string | undefined },
): string {
  const { missing, wrong, signingName, status } = services[service];
  const found = authorizationPattern.exec(request.headers.authorization ?? '');
  if (found === null) throw new AwsError(missing, 'Missing Authentication Token', status);
  const [, keyId = '', day = '', region = '', signedService = '', signedHeaders = '', signature] = found;
  if (signedService !== signingName)
    throw new AwsError(wrong, `Credential should be scoped to correct service: '${signingName}'.`, status);
  if (!knownKeyIds.includes(keyId)) {
    if (secretAccessKey === undefined) return region;
    const message = 'The security token included in the request is invalid.';
    throw new AwsError('UnrecognizedClientException', message, status);
  }
  if (signature !== sign(request, secretAccessKey ?? 'local', [day, region, signingName], signedHeaders)) {
    const message =
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.';
    throw new AwsError(wrong, message, status);
  }
  const skew = now === undefined ? 0 : instantOf(request.headers['x-amz-date']) - now;
  if (!(Math.abs(skew) <= mostSkewMilliseconds))
    throw new AwsError(wrong, skew < 0 ? 'Signature expired' : 'Signature not yet current', status);
  return region;
}

/** The access key id under which a request came, e.g. `local`; empty if it is not signed. */
export function accessKeyIdOf({ authorization = '' }: IncomingHttpHeaders): string {
  return authorizationPattern.exec(authorization)?.[1] ?? '';
}

/** `20261125T061500Z` as epoch milliseconds. */
function instantOf(date: unknown): number {
  return Date.parse(String(date).replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** The signature that a request without a query must have. */
function sign(request: ReceivedRequest, secret: string, scope: string[], signedHeaders: string): string {
  const headers = signedHeaders.split(';').map((name) => {
    const value = String(request.headers[name] ?? '').trim();
    return `${name}:${value.replace(/ +/g, ' ')}\n`;
  });
  const canonical = [request.method, request.path, '', headers.join(''), signedHeaders, hash(request.body)];
  const terms = [...scope, 'aws4_request'];
  const toSign = [
    'AWS4-HMAC-SHA256',
    String(request.headers['x-amz-date']),
    terms.join('/'),
    hash(canonical.join('\n')),
  ];
  const key = terms.reduce<string | Buffer>((parent, term) => hmac(parent, term), `AWS4${secret}`);
  return hmac(key, toSign.join('\n')).toString('hex');
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
