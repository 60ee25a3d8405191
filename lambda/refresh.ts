import { successorOf, writeFirstVersion } from './aws/secret-versions.ts';
import { expiryOf, renderTokenDocument } from './aws/token-document.ts';
import type { Connection } from './connections/read-connections.ts';
import { RefreshError } from './failure.ts';
import { type Run, tokenSecretId } from './run.ts';
import type { SecretText } from './secret-text.ts';
import { isFaultless, isUsable, type StoredToken, storedTokenOf } from './stored-token.ts';
import { judgeToken } from './zoho/judge-token.ts';
import { probeToken } from './zoho/probe.ts';
import { type IssuedToken, readTokenAnswer } from './zoho/token-answer.ts';

/** What a refresh that stored, or kept, a good token has to say. */
export type Refreshed = {
  readonly stored: StoredToken;
  /** Whether a token of this or of an overlapping run is now stored; false where the stored one lives longer. */
  readonly isNew: boolean;
  /** Set where the token works but a setting is wrong. */
  readonly settingFault: string | undefined;
  readonly probe: string;
  readonly missingOptionalScopes: readonly string[];
};

/** One answer of Zoho to a refresh-token request. */
export type Answered = {
  readonly status: number;
  readonly body: string;
  /** The Lambda's clock before the request was sent. */
  readonly issuedAt: Date;
  /** The secrets of the request, so that an answer which echoes them can be quoted. */
  readonly sent: readonly SecretText[];
};

/**
 * Makes a stored token of Zoho's answer: judges it, lets the service itself say whether it accepts it, and stores it.
 *
 * @throws {@link RefreshError} any code; the stored token is then as it was.
 */
export async function judgeAndStore(
  run: Run,
  connection: Connection,
  before: StoredToken,
  { status, body, issuedAt, sent }: Answered,
): Promise<Refreshed> {
  const token = readTokenAnswer(status, body, sent);
  const { settingFault, missingOptionalScopes } = judgeToken(connection, token);
  const probe = await probeToken(run.callZoho, connection, token.accessToken, token.scopes);
  if (probe.verdict === 'rejected') {
    throw new RefreshError(
      'token_rejected',
      `${connection.service} rejects a token issued just now (${probe.reason})`,
    );
  }
  if (probe.verdict === 'lacks scope') {
    throw new RefreshError(
      'scope_mismatch',
      `${connection.service} says that the token lacks a scope (${probe.reason})`,
    );
  }
  const fault =
    settingFault ??
    (probe.verdict === 'wrong setting' ? settingMessage(connection, probe.reason) : undefined);
  const { stored, storedBy } = await store(run, connection, before, token, issuedAt, fault !== undefined);
  // An overlapping run found nothing wrong with the token it stored: if it erred, the next probe says so.
  const isContradicted = storedBy === 'another run' && isFaultless(stored, run.now());
  return {
    stored,
    isNew: storedBy !== 'a run before',
    settingFault: isContradicted ? undefined : fault,
    probe: probe.verdict,
    missingOptionalScopes,
  };
}

/** What a probe's "wrong setting" means, for an operator. */
export function settingMessage({ service, settings }: Connection, reason: string): string {
  const shown = Object.entries(settings).map(([key, value]) => `${key} ${value}`);
  return `${service} refuses a setting (${reason}); configured: ${shown.join(', ')}`;
}

/**
 * Stores a token as the successor of the version that this run saw.
 *
 * Of two overlapping runs one writes. The other finds the winner's token, which is as good as its own.
 */
async function store(
  run: Run,
  connection: Connection,
  before: StoredToken,
  token: IssuedToken,
  issuedAt: Date,
  hasSettingFault: boolean,
): Promise<{ stored: StoredToken; storedBy: 'this run' | 'another run' | 'a run before' }> {
  const endsEarlier = before.document !== undefined && expiryOf(issuedAt, token) < before.document.expiresAt;
  if (endsEarlier && isUsable(before, run.now())) return { stored: before, storedBy: 'a run before' };
  const secretId = tokenSecretId(run.secretPrefix, connection);
  const text = renderTokenDocument(connection, token, {
    issuedAt,
    nonce: run.nonce,
    hasSettingFault,
    storedBaseUrl: run.storedBaseUrl,
  });
  const predecessor = before.versionId ?? (await writeFirstVersion(run.versions, secretId));
  const versionId = successorOf(secretId, 'AWSCURRENT', predecessor);
  const written = storedTokenOf({ versionId, text });
  if ((await run.versions.put({ secretId, clientRequestToken: versionId, text })) === 'written') {
    return { stored: written, storedBy: 'this run' };
  }
  const winner = await run.versions.get(secretId, 'AWSCURRENT');
  if (winner !== undefined && winner.versionId !== predecessor) {
    const other = storedTokenOf(winner);
    if (isUsable(other, run.now())) return { stored: other, storedBy: 'another run' };
  }
  // Somebody moved the label by hand: the place in the chain is used up, the token is not.
  const clientRequestToken = crypto.randomUUID();
  await run.versions.put({ secretId, clientRequestToken, text });
  return { stored: { ...written, versionId: clientRequestToken }, storedBy: 'this run' };
}
