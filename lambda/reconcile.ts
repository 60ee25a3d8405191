import { type Acted, attempt, readOrJudgeCredentials, settingFailure } from './attempt.ts';
import { configurationHash } from './aws/token-document.ts';
import type { Connection } from './connections/read-connections.ts';
import { isDue, isProbeSlot } from './due.ts';
import { RefreshError } from './failure.ts';
import { isHealed, isYoung, type JudgedFailure, type Situation } from './incident/next-step.ts';
import { type StoredRecord, tell } from './incident/tell.ts';
import { mayAsk } from './incident/waits.ts';
import { look } from './look.ts';
import { settingMessage } from './refresh.ts';
import { type Outcome, type Run, tokenSecretId } from './run.ts';
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

  const credentials = await readOrJudgeCredentials(run, connection, stored);
  if ('outcome' in credentials) return { ...credentials, probe };
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

  const attempted = await attempt(run, connection, stored, credentials);
  delete memory.lastTry;
  if (attempted.outcome === 'failed' && attempted.failure !== undefined) {
    memory.lastTry = { kind: attempted.failure.kind, at: run.now() };
  }
  return attempted;
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
