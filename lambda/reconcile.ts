import { type Credentials, readCredentials } from './aws/credentials-secret.ts';
import { configurationHash } from './aws/token-document.ts';
import type { Connection } from './connections/read-connections.ts';
import { isTokenNeeded, mayAsk, recentlyAsked, standingIncident, type Trigger, type View } from './decide.ts';
import { RefreshError } from './failure.ts';
import { advance, type Finding, mergeSilences, silenceAfter, worthWriting } from './incident/advance.ts';
import { type KeptRecord, update } from './incident/record-chain.ts';
import { tell } from './incident/tell.ts';
import { look, probeStored, type Seen } from './look.ts';
import { type Acted, failed, refresh } from './refresh.ts';
import { type ConnectionRun, credentialsSecretId, type Outcome, type Run, tokenSecretId } from './run.ts';
import { isUsable, lifeLineOf, type StoredToken, storedTokenOf } from './stored-token.ts';
import { settingMessage } from './zoho/prove-token.ts';

/**
 * Brings one connection to what it should be. The one story of ticks and calls: look, probe, decide, refresh, and
 * record what was found; a tick also alerts.
 */
export async function reconcile(whole: Run, connection: Connection, trigger: Trigger): Promise<Outcome> {
  const run = { ...whole, connection, secretId: tokenSecretId(whole.secretPrefix, connection) };
  const seen = await look(run).catch((fault: unknown) => blind(fault, undefined, run.now()));
  if ('outcome' in seen) return seen;
  if (seen.unread?.code === 'secret_store_failed') return blind(seen.unread, seen.stored, run.now());

  const said = await probeStored(run, seen.stored, trigger);
  const isFoundDead = said.verdict === undefined ? seen.stored.isFoundDead : said.verdict === 'rejected';
  const stored = { ...seen.stored, isFoundDead };
  const { record } = seen.kept;
  const { quiet } = run.memory;
  const view: View = { ...said, now: run.now(), trigger, connection, stored, record, quiet };
  return conclude(run, view, seen, await act(run, view, seen));
}

/** Refreshes if a token is needed and Zoho may be asked for one. */
async function act(run: ConnectionRun, view: View, { kept, unread }: Seen): Promise<Acted> {
  const { connection, stored, now, trigger } = view;
  if (!isTokenNeeded(view)) {
    return { outcome: isUsable(stored, now) ? 'fresh' : 'waiting', stored, failure: settingFailureOf(view) };
  }
  // Without its record a connection is still refreshed; a call has no turn to take without it.
  if (unread !== undefined && trigger.kind === 'call') return failed(unread, stored);
  const secretId = credentialsSecretId(run.secretPrefix, connection);
  const credentials = await readCredentials(run.versions, secretId).catch((fault: unknown) =>
    withoutCredentials(stored, fault),
  );
  if ('outcome' in credentials) return credentials;
  const permission = mayAsk(view, credentials);
  if (permission !== 'ask') return waiting(view, permission === 'throttled');
  const turn = trigger.kind === 'tick' ? stored : await takeTurn(run, view, kept, credentials);
  if (turn === undefined) return waiting(view);
  if (turn.versionId !== stored.versionId && isUsable(turn, now)) return { outcome: 'fresh', stored: turn };
  const acted = await refresh(run, turn, credentials);
  remember(run, view, credentials, acted);
  return acted;
}

/** A token is needed, and this run does not ask for it. */
function waiting(view: View, isThrottled = false): Acted {
  const message = 'Zoho wants silence from this refresh token after its throttle answer';
  // Nobody would learn of a dying token if an older record had nothing to do with the silence.
  const silence = { code: 'rate_limited', message, isWait: true } as const;
  const failure = isThrottled ? silence : settingFailureOf(view);
  const code = standingIncident(view)?.code ?? (isThrottled ? 'rate_limited' : null);
  return { outcome: 'waiting', code, stored: view.stored, failure };
}

function settingFailureOf({ connection, verdict, reason = '' }: View): Acted['failure'] {
  if (verdict !== 'wrong setting') return undefined;
  return { code: 'setting_mismatch', message: settingMessage(connection, reason) };
}

/** Nobody is woken for a deployment that waits for its first consent. */
function withoutCredentials(stored: StoredToken, fault: unknown): Acted {
  const isMissing = fault instanceof RefreshError && fault.code === 'credentials_missing';
  if (!isMissing || stored.document !== undefined) return failed(fault, stored);
  return { outcome: 'waiting', code: fault.code, message: fault.message, stored };
}

/**
 * Takes a call's turn to ask Zoho: of a thousand that want to, the one that writes the next record does. Gives what is
 * stored by then; `undefined` if it is another's turn.
 */
async function takeTurn(
  run: ConnectionRun,
  view: View,
  kept: KeptRecord,
  credentials: Credentials,
): Promise<StoredToken | undefined> {
  const { now, stored } = view;
  const { outcome } = await update(run, kept, (record) => {
    const isOwn = mayAsk({ ...view, record }, credentials) === 'ask';
    return isOwn ? { ...record, asked: [...recentlyAsked(record, now), now] } : undefined;
  });
  if (outcome !== 'written') return undefined;
  // The token was read before the record: a run that refreshed in between shows only now.
  const latest = await run.versions.get(run.secretId, 'AWSCURRENT');
  return latest === undefined || latest.versionId === stored.versionId ? stored : storedTokenOf(latest);
}

/** Keeps for this execution environment what the record may not come to know, and what calls share. */
function remember(run: Run, view: View, { refreshTokenHash }: Credentials, acted: Acted): void {
  const { memory } = run;
  const at = run.now();
  if (acted.failure?.code === 'rate_limited') {
    const until = silenceAfter(view.record, { now: at, slot: slotOf(view.trigger, at) });
    memory.quiet = mergeSilences(memory.quiet, { [refreshTokenHash]: until });
  }
  const { verdict, stored } = acted;
  if (view.trigger.kind === 'call' && verdict !== undefined) {
    const issued = { at, versionId: stored.versionId, verdict, reason: 'issued just now' };
    memory.probes.set(view.connection.name, issued);
  }
}

/** Records what was found. A call leaves it to the next tick to alert, and knows of nothing before Zoho was asked. */
async function conclude(run: ConnectionRun, view: View, seen: Seen, acted: Acted): Promise<Outcome> {
  const { connection, trigger } = view;
  const { kept, unread } = seen;
  const { stored, failure } = acted;
  // What the service said of the stored token stands if it is stored still.
  const isAsSeen = stored.versionId === view.stored.versionId;
  const verdict = acted.verdict ?? (isAsSeen ? view.verdict : undefined);
  const outcome: Outcome = { code: failure?.code ?? null, message: failure?.message, ...acted, verdict };
  if (unread !== undefined) return { ...outcome, unheard: unread.message };
  const now = run.now();
  const isCall = trigger.kind === 'call';
  const isAccepted = verdict === 'accepted' || verdict === 'wrong setting';
  const finding: Finding = {
    now,
    slot: slotOf(trigger, now),
    configuration: configurationHash(connection),
    stored,
    failure: isCall && acted.askedMilliseconds === undefined ? undefined : failure,
    quiet: run.memory.quiet,
    acceptedAt: isAccepted ? (acted.verdict === undefined ? view.now : now) : undefined,
  };
  try {
    if (!isCall) return { ...outcome, alerts: await tell(run, kept, finding) };
    await update(run, kept, (record) => worthWriting(record, advance(record, finding)));
  } catch (fault) {
    // The outcome stands. A tick must fail all the same, so that an alarm speaks.
    const { message } = fault as Error;
    if (!isCall) return { ...outcome, unheard: message };
    run.log('WARN', 'call_not_recorded', { connection: connection.name, message });
  }
  return outcome;
}

function slotOf(trigger: Trigger, now: Date): Date {
  return trigger.kind === 'tick' ? trigger.slot : now;
}

/** Without the token, or for the moment without the record, nothing can be decided: the next tick looks again. */
function blind(fault: unknown, stored: StoredToken | undefined, now: Date): Outcome {
  if (!(fault instanceof RefreshError)) throw fault;
  const { code, message } = fault;
  const isCalm = stored !== undefined && lifeLineOf(stored, now) === 'enough';
  return { outcome: 'failed', code, stored, message, unheard: isCalm ? undefined : message };
}
