import { DeploymentError } from '../infra/deployment/read-deployment.ts';
import { ConnectionsError } from '../lambda/connections/read-connections.ts';
import { commandFor, type FailureCode, failureRow, RefreshError } from '../lambda/failure.ts';
import { ownProgram } from './command.ts';
import { Interrupted, Refusal, UsageError } from './faults.ts';

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

export type Explanation = {
  readonly exitCode: 1 | 2 | 130;
  /** For programs: a failure code of the refresher, or one of this program's own. */
  readonly code: string;
  readonly error: string;
  readonly fix?: string | undefined;
};

/** What refusals of Secrets Manager mean for somebody at a command line. */
const storeRefusals: Readonly<Record<string, string>> = {
  AccessDeniedException: 'use a --profile whose role may read and write the secrets of the stack',
  ResourceNotFoundException: 'deploy the stack first (`npx cdk deploy`), or look at --stage, --region and --profile',
  InvalidRequestException: 'restore the secret: it is marked for deletion',
  ExpiredTokenException: 'sign in again, e.g. with `aws sso login`',
  UnrecognizedClientException: 'sign in again, e.g. with `aws sso login`',
};

/** Says what went wrong and what to do; a fault that nobody foresaw keeps its name and place for a report. */
export function explainFault(fault: unknown): Explanation {
  const { name, message: error, stack = '' } = fault instanceof Error ? fault : new Error();
  if (fault instanceof UsageError) return { exitCode: 2, code: 'usage', error, fix: `see \`${ownProgram} help\`` };
  if (fault instanceof ConnectionsError) return { exitCode: 2, code: 'connections_invalid', error };
  if (fault instanceof DeploymentError) return { exitCode: 2, code: 'deployment_invalid', error };
  if (fault instanceof Refusal) return { exitCode: 1, code: fault.code, error, fix: fault.fix };
  if (fault instanceof Interrupted) return { exitCode: 130, code: 'interrupted', error: 'stopped; nothing was stored' };
  if (fault instanceof RefreshError) {
    const reason = fault.cause instanceof Error ? fault.cause.message : '';
    return { exitCode: 1, code: fault.code, error, fix: storeRefusals[reason] ?? networkFix(reason) };
  }
  // Only the name and place: the message of an unforeseen fault may quote anything.
  const [, folder, place] = /\((?:file:\/\/)?[^()]*?(cli|infra|lambda)(\/[\w./-]+:\d+)/.exec(stack) ?? [];
  return {
    exitCode: 1,
    code: 'unexpected',
    error: `unexpected ${name}${folder === undefined ? '' : ` at ${folder}${place}`}`,
    fix: 'this is a fault of zoho-tokens itself: please report it with this line',
  };
}
