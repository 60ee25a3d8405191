import { type Credentials, replaceRefreshToken } from './aws/credentials-secret.ts';
import { successorOf } from './aws/secret-versions.ts';
import { expiryOf, renderTokenDocument } from './aws/token-document.ts';
import type { Connection } from './connections/read-connections.ts';
import { RefreshError } from './failure.ts';
import type { Failure } from './incident/advance.ts';
import { credentialsSecretId, type Outcome, type Run, tokenSecretId } from './run.ts';
import { isFaultless, isUsable, type StoredToken, storedTokenOf } from './stored-token.ts';
import { type Proof, proveToken } from './zoho/prove-token.ts';
import { requestToken } from './zoho/request-token.ts';
import { type IssuedToken, readRefreshToken, readTokenAnswer } from './zoho/token-answer.ts';

/** What a run did about a connection, with the failure that the record has to know of. */
export type Acted = Outcome & { readonly stored: StoredToken; readonly failure?: Failure | undefined };

/** A good token that Zoho issued, not stored yet. */
type Issued = Proof & { readonly token: IssuedToken; readonly issuedAt: Date };

/**
 * Tries one refresh: asks Zoho, judges the answer, lets the service itself say whether it accepts the token, stores it.
 *
 * @param before - What is stored; after a failure it is so still.
 */
export async function refresh(
  run: Run,
  connection: Connection,
  before: StoredToken,
  credentials: Credentials,
): Promise<Acted> {
  const startedAt = performance.now();
  const used = { credentials };
  const acted = await obtain(run, connection, used)
    .then((issued) => store(run, connection, before, issued))
    .catch((fault: unknown) => {
      if (!(fault instanceof RefreshError)) throw fault;
      return failed(fault, before, used.credentials);
    });
  return { ...acted, askedMilliseconds: performance.now() - startedAt };
}

/** What became of a failed try. Faults beside Zoho do not depend on which credentials were read. */
export function failed(fault: RefreshError, stored: StoredToken, credentials?: Credentials): Acted {
  const { code, message } = fault;
  const isOfSecrets = /^(secret_store_|credentials_missing)/.test(code);
  const failure = { code, message, credentials: isOfSecrets ? undefined : credentials?.versionId };
  return { outcome: 'failed', code, message, stored, failure };
}

/** A wrong setting, as the record keeps it. */
export function settingFailure(message: string): Failure {
  return { code: 'setting_mismatch', message };
}

/**
 * Asks Zoho for a token and judges it.
 *
 * @param used - Holds the credentials that stand at the end: Zoho may have sent a new refresh token.
 * @throws {@link RefreshError} any code.
 */
async function obtain(run: Run, connection: Connection, used: { credentials: Credentials }): Promise<Issued> {
  const { credentials } = used;
  const issuedAt = run.now();
  const { status, body } = await requestToken(run.callZoho, connection.dataCenter, credentials);
  const given = readRefreshToken(body);
  if (given !== undefined && given.reveal() !== credentials.refreshToken.reveal()) {
    const secretId = credentialsSecretId(run.secretPrefix, connection);
    used.credentials = await replaceRefreshToken(run.versions, secretId, credentials, given);
  }
  const token = readTokenAnswer(status, body, [credentials.clientSecret, credentials.refreshToken]);
  return { token, issuedAt, ...(await proveToken(run, connection, token)) };
}

/**
 * Stores a token as the successor of the version that this run saw.
 *
 * Of two overlapping runs one writes. The other finds the winner's token, which is as good as its own.
 */
async function store(run: Run, connection: Connection, before: StoredToken, issued: Issued): Promise<Acted> {
  const { token, issuedAt, verdict, settingFault, missingOptionalScopes } = issued;
  const now = run.now();
  const endsEarlier = before.document !== undefined && expiryOf(issuedAt, token) < before.document.expiresAt;
  const isKept = endsEarlier && isUsable(before, now);
  const stored = isKept ? before : await put(run, connection, before, issued);
  const isOwn = stored.document?.accessToken.reveal() === token.accessToken.reveal();
  // An overlapping run found nothing wrong with the token it stored: if it erred, the next probe says so.
  const isContradicted = !isKept && !isOwn && isFaultless(stored, now);
  const fault = isContradicted ? undefined : settingFault;
  return {
    outcome: isKept ? 'fresh' : 'refreshed',
    code: fault === undefined ? null : 'setting_mismatch',
    message: fault,
    stored,
    failure: fault === undefined ? undefined : settingFailure(fault),
    verdict: isOwn ? verdict : undefined,
    missingOptionalScopes,
  };
}

/** @returns What is stored now: this token, or a usable one that another run has stored meanwhile. */
async function put(
  run: Run,
  connection: Connection,
  before: StoredToken,
  issued: Issued,
): Promise<StoredToken> {
  const secretId = tokenSecretId(run.secretPrefix, connection);
  const { issuedAt, settingFault } = issued;
  const hasSettingFault = settingFault !== undefined;
  const { nonce, storedBaseUrl } = run;
  const text = renderTokenDocument(connection, issued.token, {
    issuedAt,
    nonce,
    hasSettingFault,
    storedBaseUrl,
  });
  const versionId = successorOf(secretId, 'AWSCURRENT', before.versionId);
  const written = await run.versions.put({ secretId, clientRequestToken: versionId, text });
  if (written === 'written') return storedTokenOf({ versionId, text });
  const winner = await run.versions.get(secretId, 'AWSCURRENT');
  const other = winner === undefined ? undefined : storedTokenOf(winner);
  const hasMoved = other !== undefined && other.versionId !== before.versionId;
  if (hasMoved && isUsable(other, run.now())) return other;
  // Somebody moved the label by hand: the place in the chain is used up, the token is not.
  const clientRequestToken = crypto.randomUUID();
  await run.versions.put({ secretId, clientRequestToken, text });
  return storedTokenOf({ versionId: clientRequestToken, text });
}
