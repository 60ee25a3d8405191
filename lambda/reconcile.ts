import { type Credentials, readCredentials } from './aws/credentials-secret.ts';
import { configurationHash } from './aws/token-document.ts';
import type { Connection } from './connections/read-connections.ts';
import { isTokenNeeded, mayAsk, recentlyAsked, standingIncident, type Trigger, type View } from './decide.ts';
import { RefreshError } from './failure.ts';
import { type Finding, mergeSilences, silenceAfter } from './incident/advance.ts';
import { type KeptRecord, update } from './incident/record-chain.ts';
import { chainOf, note, tell } from './incident/tell.ts';
import { look } from './look.ts';
import { probeStored } from './probe-stored.ts';
import { type Acted, failed, refresh, settingFailure } from './refresh.ts';
import { credentialsSecretId, type Outcome, type Run, tokenSecretId } from './run.ts';
import { isUsable, lifeLineOf, type StoredToken, storedTokenOf } from './stored-token.ts';
import { settingMessage } from './zoho/prove-token.ts';

/**
 * Brings one connection to what it should be. The one story of ticks and calls: look, probe, decide, refresh, and
 * record what was found; a tick also alerts.
 */
export async function reconcile(run: Run, connection: Connection, trigger: Trigger): Promise<Outcome> {
  const seen = await look(run, connection).catch((fault: unknown) => blind(run, fault));
  if ('outcome' in seen) return seen;
  const { kept, fault } = seen;
  if (fault?.code === 'secret_store_failed') return blind(run, fault, seen.stored);

  const probed = await probeStored(run, connection, seen.stored, trigger);
  const { quiet } = run.memory.of(connection.name);
  const view: View = { ...probed, now: run.now(), trigger, connection, record: kept.record, quiet };
  // Without its record a connection is still refreshed; a call has no turn to take without it.
  const canAsk = fault === undefined || trigger.kind === 'tick' || !isTokenNeeded(view);
  const acted = canAsk ? await act(run, view, kept) : failed(fault, view.stored);
  if (fault !== undefined) return { ...acted, unheard: fault.message };
  return conclude(run, view, kept, acted);
}

/** Refreshes if a token is needed and Zoho may be asked for one. */
async function act(run: Run, view: View, kept: KeptRecord): Promise<Acted> {
  if (!isTokenNeeded(view)) return rest(view);
  const { connection, stored } = view;
  const credentials = await readCredentials(
    run.versions,
    credentialsSecretId(run.secretPrefix, connection),
  ).catch((fault: unknown) => withoutCredentials(view, fault));
  if ('outcome' in credentials) return credentials;
  const permission = mayAsk(view, credentials);
  if (permission !== 'ask') return waiting(view, permission === 'throttled');
  const turn = view.trigger.kind === 'tick' ? stored : await takeTurn(run, view, kept, credentials);
  if (turn === undefined) return waiting(view);
  if (turn.versionId !== stored.versionId && isUsable(turn, view.now)) {
    return { outcome: 'fresh', code: null, stored: turn };
  }
  const acted = await refresh(run, connection, turn, credentials);
  remember(run, view, credentials, acted);
  // What the service said of the stored token stands if it is stored still.
  return acted.outcome === 'failed' ? { ...acted, verdict: view.verdict } : acted;
}

/** Nothing is to be done; a probe may have found a wrong setting. */
function rest(view: View): Acted {
  const { stored, now, verdict } = view;
  const failure = settingFailureOf(view);
  const outcome = isUsable(stored, now) ? 'fresh' : 'waiting';
  return { outcome, code: failure?.code ?? null, message: failure?.message, stored, failure, verdict };
}

/** A token is needed, and this run does not ask for it. */
function waiting(view: View, isThrottled = false): Acted {
  const { stored, verdict } = view;
  const message = 'Zoho wants silence from this refresh token after its throttle answer';
  // Nobody would learn of a dying token if an older record had nothing to do with the silence.
  const silence = { code: 'rate_limited', message, isWait: true } as const;
  const failure = isThrottled ? silence : settingFailureOf(view);
  const code = standingIncident(view)?.code ?? (isThrottled ? 'rate_limited' : null);
  return { outcome: 'waiting', code, message: failure?.message, stored, failure, verdict };
}

function settingFailureOf({ connection, verdict, reason }: View): Acted['failure'] {
  return verdict === 'wrong setting' ? settingFailure(settingMessage(connection, reason ?? '')) : undefined;
}

/** Nobody is woken for a deployment that waits for its first consent. */
function withoutCredentials({ stored, verdict }: View, fault: unknown): Acted {
  if (!(fault instanceof RefreshError)) throw fault;
  const { code, message } = fault;
  const isNotSetUp = code === 'credentials_missing' && stored.document === undefined;
  if (isNotSetUp) return { outcome: 'waiting', code, message, stored };
  return { ...failed(fault, stored), verdict };
}

/**
 * Takes a call's turn to ask Zoho: of a thousand that want to, the one that writes the next record does.
 *
 * @returns What is stored by then; `undefined` if it is another's turn.
 */
async function takeTurn(
  run: Run,
  view: View,
  kept: KeptRecord,
  credentials: Credentials,
): Promise<StoredToken | undefined> {
  const { connection, now, stored } = view;
  const { outcome } = await update(chainOf(run, connection), kept, (record) =>
    mayAsk({ ...view, record }, credentials) === 'ask'
      ? { ...record, asked: [...recentlyAsked(record, now), now] }
      : undefined,
  );
  if (outcome !== 'written') return undefined;
  // The token and the record were read side by side: a run that refreshed in between shows only now.
  const latest = await run.versions.get(tokenSecretId(run.secretPrefix, connection), 'AWSCURRENT');
  return latest === undefined || latest.versionId === stored.versionId ? stored : storedTokenOf(latest);
}

/** Keeps for this execution environment what the record may not come to know, and what calls share. */
function remember(run: Run, view: View, { refreshTokenHash }: Credentials, acted: Acted): void {
  const memory = run.memory.of(view.connection.name);
  const now = run.now();
  if (acted.code === 'rate_limited') {
    const until = silenceAfter(view.record, { now, slot: slotOf(view.trigger, now) });
    memory.quiet = mergeSilences(memory.quiet, { [refreshTokenHash]: until });
  }
  if (view.trigger.kind === 'call' && acted.verdict !== undefined) {
    const verdict = { verdict: acted.verdict, reason: 'issued just now' };
    memory.probe = { at: now, versionId: acted.stored.versionId, verdict };
  }
}

/** Records what was found. A call leaves it to the next tick to alert, and knows of nothing before Zoho was asked. */
async function conclude(run: Run, view: View, kept: KeptRecord, acted: Acted): Promise<Outcome> {
  const { connection, trigger } = view;
  const now = run.now();
  const isCall = trigger.kind === 'call';
  const finding: Finding = {
    now,
    slot: slotOf(trigger, now),
    configuration: configurationHash(connection),
    stored: acted.stored,
    failure: isCall && acted.askedMilliseconds === undefined ? undefined : acted.failure,
    quiet: run.memory.of(connection.name).quiet,
    isAccepted: acted.verdict === 'accepted' || acted.verdict === 'wrong setting',
  };
  try {
    if (!isCall) return { ...acted, alerts: await tell(run, connection, kept, finding) };
    await note(run, connection, kept, finding);
  } catch (fault) {
    // The outcome stands. A tick must fail all the same, so that an alarm speaks.
    const { message } = fault as Error;
    if (!isCall) return { ...acted, unheard: message };
    run.log('WARN', 'call_not_recorded', { connection: connection.name, message });
  }
  return acted;
}

function slotOf(trigger: Trigger, now: Date): Date {
  return trigger.kind === 'tick' ? trigger.slot : now;
}

/** Without the token, or for the moment without the record, nothing can be decided: the next tick looks again. */
function blind(run: Run, fault: unknown, stored?: StoredToken): Outcome {
  if (!(fault instanceof RefreshError)) throw fault;
  const { code, message } = fault;
  const isCalm = stored !== undefined && lifeLineOf(stored, run.now()) === 'enough';
  return { outcome: 'failed', code, stored, message, unheard: isCalm ? undefined : message };
}
