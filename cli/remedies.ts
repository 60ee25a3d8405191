import { commandFor, type FailureCode, failureRow, type RefreshError } from '../lambda/failure.ts';

/** What a failure code means, in one sentence. */
export const meanings: Readonly<Record<FailureCode, string>> = {
  credentials_missing:
    'The credentials secret is absent, is not JSON, or lacks client_id, client_secret or refresh_token.',
  invalid_client: 'Zoho does not know this client_id in this data centre, or the client was deleted.',
  invalid_client_secret: 'Zoho refuses the client_secret: it was rotated, or belongs to another client or data centre.',
  invalid_code:
    'Zoho refuses the refresh token: revoked, ended by a password change or by a 21st consent, or of another client or data centre.',
  refused: 'Zoho refuses the refresh permanently, in a word that this system does not know.',
  prefix_mismatch: 'Zoho issued a token whose prefix connections.json does not allow for this connection.',
  scope_mismatch: 'The token does not cover every required scope, or the service says that it lacks one.',
  token_rejected: 'Zoho issued a token, but the service itself does not accept it.',
  setting_mismatch:
    'The token is accepted and stored, but the screen name, app, organisation or data centre in connections.json is wrong.',
  rate_limited: 'Zoho answered that too many token requests were made with this refresh token.',
  zoho_unavailable: 'Zoho could not be reached, did not answer in time, or answered with a server error.',
  unexpected_response: 'Zoho answered with something that is neither a token nor an error that it documents.',
  secret_store_refused: "Secrets Manager or KMS denied the Lambda's call, or the token secret is gone.",
  secret_store_failed: 'Secrets Manager or its KMS key did not answer, or answered with a fault of its own.',
};

/** The remedy as a person at a command line reads it: the command, then what to do. */
export function remedyFor(code: FailureCode, connection: string): string {
  const command = commandFor(code, connection);
  const { remedy } = failureRow(code);
  return command === null ? remedy : `Run \`${command}\`. ${remedy}`;
}

/** What to do about a fault of the network, by what its message begins with. */
const networkFixes: readonly (readonly [RegExp, string])[] = [
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
  return networkFixes.find(([pattern]) => pattern.test(reason))?.[1];
}

/** What to do at a command line about a judged failure: about the network here first, if that is what failed. */
export function remedyHere({ code, cause }: RefreshError, connection: string): string {
  return networkFix(cause instanceof Error ? cause.message : '') ?? remedyFor(code, connection);
}
