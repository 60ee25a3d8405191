import { type Credentials, readCredentials } from './aws/credentials-secret.ts';
import { configurationHash } from './aws/token-document.ts';
import type { Connection } from './connections/read-connections.ts';
import { isDue, isProbeSlot } from './due.ts';
import { RefreshError } from './failure.ts';
import { isHealed, isYoung, type JudgedFailure, type Situation } from './incident/next-step.ts';
import { type StoredRecord, tell } from './incident/tell.ts';
import { mayAsk } from './incident/waits.ts';
import { look } from './look.ts';
import { refresh, settingMessage } from './refresh.ts';
import { credentialsSecretId, type Outcome, type Run, tokenSecretId } from './run.ts';
import { isUsable, lifeLineOf, type StoredToken } from './stored-token.ts';
import { probeToken } from './zoho/probe.ts';

/**
 * Brings one connection to what it should be: looks, acts only where something is due, and tells.
 *
 * @param slot - The time that this tick was scheduled for; only waits and probes go by it.
 */
export async function reconcile(run: Run, connection: Connection, slot: Date): Promise<Outcome> {
  const seen = await look(run, connection);
  if (seen.stored === undefined || seen.record === undefined)
    return judgeBlindness(run, seen.stored, seen.fault);

  const acted = await act(run, connection, slot, seen.stored, seen.record);

  const now = run.now();
  const { stored, failure } = acted;
  const situation: Situation = { now, slot, configuration: configurationHash(connection), stored, failure };
  try {
    const told = await tell(tellerOf(run, connection), seen.record, situation);
    return { ...acted, alerts: told.alerts };
  } catch (fault) {
    // The tick's own outcome stands; the invocation must fail all the same, so that an alarm speaks.
    return { ...acted, unheard: (fault as Error).message };
  }
}

type Acted = Outcome & { readonly stored: StoredToken; readonly failure?: JudgedFailure | undefined };

/** Looks whether something is due, and asks Zoho if it is and no wait holds. */
async function act(
  run: Run,
  connection: Connection,
  slot: Date,
  seen: StoredToken,
  { record }: StoredRecord,
): Promise<Acted> {
  const memory = run.memory.of(connection.name);
  const now = run.now();
  const configuration = configurationHash(connection);
  const isOver = isHealed(record, { now, slot, configuration, stored: seen, failure: undefined });
  const standing = isOver ? undefined : record.incident;
  if (record.healing !== undefined && isYoung(record.healing.at, now)) {
    return { outcome: 'waiting', code: standing?.code ?? null, stored: seen };
  }

  let stored = seen;
  let failure: JudgedFailure | undefined;
  let probe: string | undefined;
  let needsToken = isDue(connection, stored, standing, now);
  const { document } = stored;
  const isProbed = isProbeSlot(slot, run.tickIntervalMilliseconds, run.probeIntervalMilliseconds);
  if (isProbed && document !== undefined && isUsable(stored, now)) {
    // A token that is refreshed anyway is not worth a probe, unless its refresh has to wait.
    if (!needsToken || standing !== undefined) {
      const found = await probeToken(run.callZoho, connection, document.accessToken, document.scopes);
      probe = found.verdict;
      if (found.verdict === 'rejected') stored = { ...stored, isFoundDead: true };
      if (found.verdict === 'rejected' || found.verdict === 'lacks scope') needsToken = true;
      if (found.verdict === 'wrong setting') {
        failure = settingFailure(settingMessage(connection, found.reason));
      }
    }
  }
  if (!needsToken) {
    memory.lastSlot = slot;
    return {
      outcome: 'fresh',
      code: failure?.code ?? null,
      message: failure?.message,
      stored,
      failure,
      probe,
    };
  }

  let credentials: Credentials | undefined;
  try {
    credentials = await readCredentials(run.versions, credentialsSecretId(run.secretPrefix, connection));
    const permission = mayAsk({
      record: { ...record, incident: standing },
      caller: {
        kind: 'tick',
        slot,
        previousSlot: memory.lastSlot ?? new Date(slot.getTime() - run.tickIntervalMilliseconds),
      },
      now,
      tickIntervalMilliseconds: run.tickIntervalMilliseconds,
      credentials,
      configuration,
      lastTry: memory.lastTry,
    });
    if (permission !== 'stays due') memory.lastSlot = slot;
    if (permission !== 'ask')
      return { outcome: 'waiting', code: standing?.code ?? null, stored, failure, probe };

    const refreshed = await refresh(run, connection, stored, credentials);
    delete memory.lastTry;
    const { settingFault, missingOptionalScopes } = refreshed;
    return {
      outcome: refreshed.isNew ? 'refreshed' : 'fresh',
      code: settingFault === undefined ? null : 'setting_mismatch',
      message: settingFault,
      stored: refreshed.stored,
      failure: settingFault === undefined ? undefined : settingFailure(settingFault),
      probe: refreshed.probe,
      missingOptionalScopes,
    };
  } catch (fault) {
    if (!(fault instanceof RefreshError)) throw fault;
    if (fault.code === 'credentials_missing' && stored.document === undefined) {
      // Not set up yet: nobody is woken for a deployment that waits for its first consent.
      return { outcome: 'waiting', code: 'credentials_missing', message: fault.message, stored, probe };
    }
    memory.lastTry = { kind: fault.kind, at: run.now() };
    return {
      outcome: 'failed',
      code: fault.code,
      message: fault.message,
      stored,
      failure: judgedFailure(fault, credentials),
      probe,
    };
  }
}

/** A failure as the record keeps it. */
export function judgedFailure(fault: RefreshError, credentials: Credentials | undefined): JudgedFailure {
  const { code, kind, message } = fault;
  // What fails before or beside Zoho does not depend on which credentials were read.
  const isAboutCredentials = code !== 'secret_store_failed' && code !== 'credentials_missing';
  return {
    code,
    kind,
    message,
    credentialsVersion: isAboutCredentials ? credentials?.versionId : undefined,
    throttledRefreshToken: code === 'rate_limited' ? credentials?.refreshTokenHash : undefined,
  };
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

/** Without the token or the record nothing can be decided, and no alert can be claimed. */
function judgeBlindness(run: Run, stored: StoredToken | undefined, fault: unknown): Outcome {
  if (!(fault instanceof RefreshError)) throw fault;
  const isCalm =
    stored !== undefined && fault.kind !== 'operator' && lifeLineOf(stored, run.now()) === 'enough';
  return {
    outcome: 'failed',
    code: fault.code,
    stored,
    message: fault.message,
    unheard: isCalm ? undefined : fault.message,
  };
}

function tellerOf(run: Run, connection: Connection) {
  return {
    versions: run.versions,
    publish: run.publish,
    connection,
    tokenSecretId: tokenSecretId(run.secretPrefix, connection),
    nonce: run.nonce,
    links: run.links,
    tickIntervalMilliseconds: run.tickIntervalMilliseconds,
    warn: (message: string) =>
      run.log('WARN', 'alert_not_recorded', { connection: connection.name, message }),
  };
}
