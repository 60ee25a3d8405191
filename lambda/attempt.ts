import { type Credentials, readCredentials, replaceRefreshToken } from './aws/credentials-secret.ts';
import type { Connection } from './connections/read-connections.ts';
import { RefreshError } from './failure.ts';
import type { JudgedFailure } from './incident/next-step.ts';
import { judgeAndStore, type Refreshed } from './refresh.ts';
import { credentialsSecretId, type Outcome, type Run } from './run.ts';
import type { StoredToken } from './stored-token.ts';
import { requestToken } from './zoho/request-token.ts';
import { readRefreshToken } from './zoho/token-answer.ts';

/** What a run did about a connection, with the failure that the record has to know of. */
export type Acted = Outcome & { readonly stored: StoredToken; readonly failure?: JudgedFailure | undefined };

/**
 * Reads the credentials of a connection that needs a token.
 *
 * @returns The credentials, or what their absence means: `waiting` where nothing was ever set up, `failed` otherwise.
 */
export async function readOrJudgeCredentials(
  run: Run,
  connection: Connection,
  stored: StoredToken,
): Promise<Credentials | Acted> {
  try {
    return await readCredentials(run.versions, credentialsSecretId(run.secretPrefix, connection));
  } catch (fault) {
    if (!(fault instanceof RefreshError)) throw fault;
    // Nobody is woken for a deployment that waits for its first consent.
    const isNotSetUp = fault.code === 'credentials_missing' && stored.document === undefined;
    if (isNotSetUp) return { outcome: 'waiting', code: fault.code, message: fault.message, stored };
    return failed(fault, stored, undefined);
  }
}

/**
 * Tries one refresh, and says what became of it: asks Zoho, keeps a new refresh token should one come, and makes a
 * stored token of the answer.
 */
export async function attempt(
  run: Run,
  connection: Connection,
  stored: StoredToken,
  credentials: Credentials,
): Promise<Acted> {
  const startedAt = performance.now();
  let current = credentials;
  const act = async (): Promise<Acted> => {
    const issuedAt = run.now();
    const answer = await requestToken(run.callZoho, connection.dataCenter, credentials);
    const refreshToken = readRefreshToken(answer.body);
    if (refreshToken !== undefined && refreshToken.reveal() !== credentials.refreshToken.reveal()) {
      const secretId = credentialsSecretId(run.secretPrefix, connection);
      current = await replaceRefreshToken(run.versions, secretId, credentials, refreshToken);
    }
    const sent = [credentials.clientSecret, credentials.refreshToken];
    return refreshedOutcome(await judgeAndStore(run, connection, stored, { ...answer, issuedAt, sent }));
  };
  const acted = await act().catch((fault: unknown) => {
    if (!(fault instanceof RefreshError)) throw fault;
    return failed(fault, stored, current);
  });
  return { ...acted, askedMilliseconds: performance.now() - startedAt };
}

function refreshedOutcome({ isNew, settingFault, stored, probe, missingOptionalScopes }: Refreshed): Acted {
  return {
    outcome: isNew ? 'refreshed' : 'fresh',
    code: settingFault === undefined ? null : 'setting_mismatch',
    message: settingFault,
    stored,
    failure: settingFault === undefined ? undefined : settingFailure(settingFault),
    probe,
    missingOptionalScopes,
  };
}

function failed(fault: RefreshError, stored: StoredToken, credentials: Credentials | undefined): Acted {
  const { code, kind, message } = fault;
  // What fails before or beside Zoho does not depend on which credentials were read.
  const isAboutCredentials = code !== 'secret_store_failed' && code !== 'credentials_missing';
  const failure: JudgedFailure = {
    code,
    kind,
    message,
    credentialsVersion: isAboutCredentials ? credentials?.versionId : undefined,
    throttledRefreshToken: code === 'rate_limited' ? credentials?.refreshTokenHash : undefined,
  };
  return { outcome: 'failed', code, message, stored, failure };
}

/** A wrong setting as the record keeps it. */
export function settingFailure(message: string): JudgedFailure {
  return {
    code: 'setting_mismatch',
    kind: 'setting',
    message,
    credentialsVersion: undefined,
    throttledRefreshToken: undefined,
  };
}
