import type { RefreshError } from '../lambda/failure.ts';
import { remedyFor } from './remedies.ts';

/** What to do about a fault of the network, by what its message begins with. */
const fixes: readonly (readonly [RegExp, string])[] = [
  [
    /^(ENOTFOUND|EAI_AGAIN)\b/,
    'this host name is not known here: look at the network, for AWS at --region, and behind a proxy set HTTPS_PROXY',
  ],
  [
    /^(ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|EPIPE|ETIMEDOUT|TimeoutError|RequestTimeout|UND_ERR_)/,
    'look at the network, and at HTTPS_PROXY, HTTP_PROXY and NO_PROXY',
  ],
  [
    /^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS_|ERR_SSL_)/,
    'the certificate is not trusted; if a proxy opens TLS, name its authority in NODE_EXTRA_CA_CERTS',
  ],
];

/** The one next step for somebody at a command line; `undefined` if the network is not at fault. */
export function networkFix(reason: string): string | undefined {
  return fixes.find(([pattern]) => pattern.test(reason))?.[1];
}

/** What to do at a command line about a judged failure: about the network here first, if that is what failed. */
export function remedyHere({ code, cause }: RefreshError, connection: string): string {
  const reason = cause instanceof Error ? cause.message : '';
  return networkFix(reason) ?? remedyFor(code, connection);
}
