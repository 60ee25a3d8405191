import { type Acted, attempt, readOrJudgeCredentials, settingFailure } from './attempt.ts';
import { configurationHash } from './aws/token-document.ts';
import type { Connection } from './connections/read-connections.ts';
import { isDue, isProbeSlot } from './due.ts';
import { rememberThrottle } from './environment-memory.ts';
import { RefreshError } from './failure.ts';
import { isHealed, isYoung, type JudgedFailure, type Situation } from './incident/next-step.ts';
import { laterThrottle } from './incident/record.ts';
import type { StoredRecord } from './incident/record-chain.ts';
import { tell } from './incident/tell.ts';
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

  const isProbeDue = isProbeSlot(slot, run.tickIntervalMilliseconds, run.probeIntervalMilliseconds);
  const isNeeded = isDue(connection, seen, standing, now);
  // A token that is about to be replaced is not worth a probe, unless its refresh may have to wait.
  const isProbedFirst = isProbeDue && (!isNeeded || standing !== undefined);
  const probed = isProbedFirst ? await probeStored(run, connection, seen) : { stored: seen };
  const { stored, failure, probe } = probed;
  if (!isNeeded && !probed.needsToken) {
    memory.lastSlot = latest(slot, memory.lastSlot);
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
  const throttle = laterThrottle(record.throttle, memory.throttled?.throttle);
  const permission = mayAsk({
    record: { ...record, incident: standing, throttle },
    caller: {
      kind: 'tick',
      slot,
      previousSlot: previousSlot(memory.lastSlot, slot, run.tickIntervalMilliseconds),
    },
    now,
    tickIntervalMilliseconds: run.tickIntervalMilliseconds,
    credentials,
    configuration,
    lastTry: memory.lastTry,
  });
  if (permission !== 'stays due') memory.lastSlot = latest(slot, memory.lastSlot);
  if (permission !== 'ask') {
    // A silence that could not be recorded is told again until it is.
    const unrecorded =
      permission === 'stays due' && throttle !== record.throttle ? memory.throttled?.failure : undefined;
    const { code = null, message } = unrecorded ?? { code: standing?.code };
    return { outcome: 'waiting', code, message, stored, failure: failure ?? unrecorded, probe };
  }

  const attempted = await attempt(run, connection, stored, credentials);
  rememberThrottle(memory, record, attempted.failure, run.now(), slot);
  delete memory.lastTry;
  if (attempted.outcome === 'failed' && attempted.failure !== undefined) {
    memory.lastTry = { kind: attempted.failure.kind, at: run.now() };
  }
  if (attempted.outcome !== 'failed' || !isProbeDue || isProbedFirst) return attempted;
  // It was not replaced after all: the alert must say whether apps can still use it.
  const after = await probeStored(run, connection, stored);
  return { ...attempted, stored: after.stored, probe: after.probe };
}

type Probed = {
  readonly stored: StoredToken;
  readonly needsToken?: boolean;
  readonly failure?: JudgedFailure;
  readonly probe?: string;
};

/** Asks the service about the token that apps read now. */
async function probeStored(run: Run, connection: Connection, stored: StoredToken): Promise<Probed> {
  const { document } = stored;
  if (document === undefined || !isUsable(stored, run.now())) return { stored };
  const { verdict, reason } = await probeToken(
    run.callZoho,
    connection,
    document.accessToken,
    document.scopes,
  );
  return {
    stored: verdict === 'rejected' ? { ...stored, isFoundDead: true } : stored,
    needsToken: verdict === 'rejected' || verdict === 'lacks scope',
    ...(verdict === 'wrong setting' ? { failure: settingFailure(settingMessage(connection, reason)) } : {}),
    probe: verdict,
  };
}

/** Ticks that this environment can be said to have missed; more of them went to others. */
const mostMissedTicks = 3;

/** The slot up to which tries were had: the nominal one before, unless this environment knows of lost ticks. */
function previousSlot(lastSlot: Date | undefined, slot: Date, interval: number): Date {
  if (lastSlot === undefined) return new Date(slot.getTime() - interval);
  return latest(lastSlot, new Date(slot.getTime() - mostMissedTicks * interval));
}

function latest(slot: Date, other: Date | undefined): Date {
  return other !== undefined && other > slot ? other : slot;
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
