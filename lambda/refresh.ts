import { randomUUID } from 'node:crypto';
import { type Credentials, replaceRefreshToken } from './aws/credentials-secret.ts';
import { successorOf } from './aws/secret-versions.ts';
import { expiryOf, renderTokenDocument } from './aws/token-document.ts';
import { RefreshError } from './failure.ts';
import type { Failure } from './incident/advance.ts';
import { type ConnectionRun, credentialsSecretId, type Outcome } from './run.ts';
import { isFaultless, isUsable, type StoredToken, storedTokenOf } from './stored-token.ts';
import { type Proof, proveToken } from './zoho/prove-token.ts';
import { requestToken } from './zoho/request-token.ts';
import { type IssuedToken, readRefreshToken, readTokenAnswer } from './zoho/token-answer.ts';

/** What a run did about a connection, with the failure that the record has to know of. */
export type Acted = Partial<Outcome> & {
  readonly outcome: Outcome['outcome'];
  readonly stored: StoredToken;
  readonly failure?: Failure | undefined;
};

/** A good token that Zoho issued, not stored yet. */
type Issued = Proof & { readonly token: IssuedToken; readonly issuedAt: Date };

/**
 * Tries one refresh: asks Zoho, judges the answer, lets the service itself say whether it accepts the token, stores it.
 * @param before - What is stored; after a failure it is so still.
 */
export async function refresh(run: ConnectionRun, before: StoredToken, read: Credentials): Promise<Acted> {
  const [startedAt, issuedAt] = [performance.now(), run.now()];
  const { connection, callZoho } = run;
  let used = read;
  const attempt = async (): Promise<Acted> => {
    const { status, body } = await requestToken(callZoho, connection.dataCenter, read);
    const given = readRefreshToken(body);
    // Should Zoho ever send a new refresh token, it is kept before anything else is done with the answer.
    if (given !== undefined && given.reveal() !== read.refreshToken.reveal()) {
      used = await replaceRefreshToken(run.versions, credentialsSecretId(run.secretPrefix, connection), read, given);
    }
    const token = readTokenAnswer(status, body, [read.clientSecret, read.refreshToken]);
    return store(run, before, { token, issuedAt, ...(await proveToken(run, connection, token)) });
  };
  const acted = await attempt().catch((fault: unknown) => failed(fault, before, used));
  return { ...acted, askedMilliseconds: performance.now() - startedAt };
}

/** What became of a failed try. Faults beside Zoho do not depend on which credentials were read. */
export function failed(fault: unknown, stored: StoredToken, credentials?: Credentials): Acted {
  if (!(fault instanceof RefreshError)) throw fault;
  const { code, message } = fault;
  const isOfSecrets = /^(secret_store_|credentials_missing)/.test(code);
  const failure = { code, message, credentials: isOfSecrets ? undefined : credentials?.versionId };
  return { outcome: 'failed', stored, failure };
}

/** Stores a token as the successor of the version that this run saw. Of two overlapping runs one writes. */
async function store(run: ConnectionRun, before: StoredToken, issued: Issued): Promise<Acted> {
  const { token, issuedAt, verdict, settingFault, missingOptionalScopes } = issued;
  const now = run.now();
  const endsEarlier = before.document !== undefined && expiryOf(issuedAt, token) < before.document.expiresAt;
  const isKept = endsEarlier && isUsable(before, now);
  const stored = isKept ? before : await put(run, before, issued);
  const isOwn = stored.document?.accessToken.reveal() === token.accessToken.reveal();
  // An overlapping run found nothing wrong with the token it stored: if it erred, the next probe says so.
  const isContradicted = !isKept && !isOwn && isFaultless(stored, now);
  const message = isContradicted ? undefined : settingFault;
  return {
    outcome: isKept ? 'fresh' : 'refreshed',
    stored,
    failure: message === undefined ? undefined : { code: 'setting_mismatch', message },
    verdict: isOwn ? verdict : undefined,
    missingOptionalScopes,
  };
}

/** @returns What is stored now: this token, or a usable one that another run has stored meanwhile. */
async function put(run: ConnectionRun, before: StoredToken, issued: Issued): Promise<StoredToken> {
  const { connection, secretId, nonce, storedBaseUrl } = run;
  const { token, issuedAt } = issued;
  const hasSettingFault = issued.settingFault !== undefined;
  const text = renderTokenDocument(connection, token, { issuedAt, nonce, storedBaseUrl, hasSettingFault });
  const versionId = successorOf(secretId, 'AWSCURRENT', before.versionId);
  const written = await run.versions.put({ secretId, clientRequestToken: versionId, text });
  if (written === 'written') return storedTokenOf({ versionId, text });
  const winner = await run.versions.get(secretId, 'AWSCURRENT');
  const other = winner === undefined ? undefined : storedTokenOf(winner);
  const hasMoved = other !== undefined && other.versionId !== before.versionId;
  if (hasMoved && isUsable(other, run.now())) return other;
  // Somebody moved the label by hand: the place in the chain is used up, the token is not.
  const clientRequestToken = randomUUID();
  await run.versions.put({ secretId, clientRequestToken, text });
  return storedTokenOf({ versionId: clientRequestToken, text });
}
