import type { Connection } from './connections/read-connections.ts';
import { ending } from './deadline.ts';
import type { Trigger } from './decide.ts';
import { EventError, type RefresherEvent, readEvent } from './event.ts';
import { describeTest } from './incident/alert.ts';
import { renderAlert } from './incident/render-alert.ts';
import { renderMetrics } from './metrics.ts';
import { reconcile } from './reconcile.ts';
import type { Outcome, Run } from './run.ts';
import { farthestSlotMilliseconds, testAlertMilliseconds } from './settings.ts';
import { lifeLeftMilliseconds } from './stored-token.ts';
import type { ProbeVerdict } from './zoho/services/service.ts';

/** One connection in the Lambda's answer. */
export type ConnectionResult = {
  readonly connection: string;
  readonly outcome: Outcome['outcome'];
  readonly code: string | null;
  /** ISO 8601 UTC; `null` if nothing is stored, or nothing could be read. */
  readonly expires_at: string | null;
  /** What this run learned from the service about the token that is now stored; `null` if it did not ask. */
  readonly probe: 'accepted' | 'rejected' | 'cannot_tell' | null;
};

/** What the Lambda returns: results per connection, or why the event was not understood. */
export type LambdaAnswer =
  | { readonly connections: readonly ConnectionResult[] }
  | { readonly test_alert: 'sent' | 'waiting' }
  | { readonly error: string };

/**
 * Carries an event out: all connections at once, none stopping another, each with one log line and its metrics.
 * @throws AggregateError of the faults that must raise an alarm, after every connection has had its turn.
 */
export async function carryOut(run: Run, event: unknown): Promise<LambdaAnswer> {
  try {
    const known = run.connections.map(({ name }) => name);
    return await carryOutEvent(run, readEvent(event, known));
  } catch (fault) {
    if (!(fault instanceof EventError)) throw fault;
    run.log('WARN', 'event_refused', { message: fault.message });
    return { error: fault.message };
  }
}

async function carryOutEvent(run: Run, event: RefresherEvent): Promise<LambdaAnswer> {
  const { connections, end } = run;
  const ended = ending(end);
  // Otherwise an end for which nothing waits any more would be an unhandled rejection.
  ended.catch(() => undefined);
  if (event.kind === 'test alert') return Promise.race([sendTestAlert(run), ended]);
  const isTick = event.kind === 'tick';
  const wanted = isTick ? connections : connections.filter(({ name }) => event.connections.includes(name));
  const work = wanted.map(async (connection) => {
    const startedAt = performance.now();
    // A call that ignores the signal must not hold up the other connections.
    const reconciled = Promise.race([reconcile(run, connection, triggerOf(event, run.now())), ended]);
    const outcome = await reconciled.catch((fault: unknown) => withoutTurn(fault, end));
    report(run, connection, event, outcome, performance.now() - startedAt);
    return { connection, outcome };
  });
  const done = await Promise.all(work);
  if (isTick) {
    const hadAllTheirTurn = done.every(({ outcome }) => !('hadNoTurn' in outcome));
    // What the heartbeat alarm waits for.
    if (hadAllTheirTurn) run.writeMetrics(renderMetrics({ SecretPrefix: run.secretPrefix }, run.now(), { Ticks: 1 }));
    const unheard = done.filter(({ outcome }) => outcome.unheard !== undefined);
    const faults = unheard.map(({ connection, outcome }) => new Error(`${connection.name}: ${outcome.unheard}`));
    if (faults.length > 0) throw new AggregateError(faults, faults.map(({ message }) => message).join('; '));
  }
  // Who asks is answered, whatever happens: an app must not be able to page anybody, and an operator reads the answer.
  return { connections: done.map(({ connection, outcome }) => resultOf(connection, outcome)) };
}

/** A scheduled time that cannot be of this schedule counts as now. */
function triggerOf(event: Exclude<RefresherEvent, { kind: 'test alert' }>, now: Date): Trigger {
  if (event.kind === 'on demand') return { kind: 'call', reason: event.reason, force: event.force };
  const distance = Math.abs(event.slot.getTime() - now.getTime());
  return { kind: 'tick', slot: distance > farthestSlotMilliseconds ? now : event.slot };
}

/** What became of a connection that was not done in time, or met a fault that nobody expected. */
function withoutTurn(fault: unknown, { reason }: AbortSignal): Outcome & { readonly hadNoTurn: true } {
  const unheard =
    fault === reason ? "the run's time was up before this was done" : `unexpected fault: ${nameOf(fault)}`;
  return { outcome: 'failed', code: null, stored: undefined, unheard, hadNoTurn: true };
}

/** Writes the log line and the metrics of one connection, always. */
function report(
  run: Run,
  { name, service }: Connection,
  event: RefresherEvent,
  outcome: Outcome,
  durationMilliseconds: number,
): void {
  const now = run.now();
  const { stored, unheard = null, askedMilliseconds } = outcome;
  const secondsToExpiry = stored === undefined ? undefined : Math.floor(lifeLeftMilliseconds(stored, now) / 1000);
  const isFailed = outcome.outcome === 'failed';
  const hasTried = askedMilliseconds !== undefined || isFailed;
  const [RefreshSuccess, RefreshFailure] = isFailed ? [0, 1] : [1, 0];
  const tries = hasTried ? { RefreshSuccess, RefreshFailure, RefreshDuration: askedMilliseconds } : {};
  if (event.kind === 'tick' || hasTried) {
    const metrics = { SecondsToExpiry: secondsToExpiry, ...tries };
    run.writeMetrics(renderMetrics({ SecretPrefix: run.secretPrefix, Connection: name }, now, metrics));
  }
  run.log(unheard !== null ? 'ERROR' : isFailed ? 'WARN' : 'INFO', 'connection', {
    connection: name,
    service,
    trigger: event.kind === 'on demand' ? event.reason : event.kind,
    outcome: outcome.outcome,
    code: outcome.code,
    message: outcome.message ?? null,
    probe: outcome.verdict ?? null,
    alerts: outcome.alerts ?? [],
    missing_optional_scopes: outcome.missingOptionalScopes ?? [],
    expires_at: expiryOf(outcome),
    seconds_to_expiry: secondsToExpiry ?? null,
    duration_ms: Math.round(durationMilliseconds),
    unheard,
  });
}

function expiryOf({ stored }: Outcome): string | null {
  return stored?.document?.expiresAt.toISOString() ?? null;
}

/** The code says that a setting is wrong; a token that lacks a scope cannot do what it is stored for. */
const probeWords = {
  accepted: 'accepted',
  'wrong setting': 'accepted',
  rejected: 'rejected',
  'lacks scope': 'rejected',
  'cannot tell': 'cannot_tell',
} as const satisfies Record<ProbeVerdict['verdict'], ConnectionResult['probe']>;

function resultOf({ name }: Connection, outcome: Outcome): ConnectionResult {
  const probe = outcome.verdict === undefined ? null : probeWords[outcome.verdict];
  return { connection: name, outcome: outcome.outcome, code: outcome.code, expires_at: expiryOf(outcome), probe };
}

async function sendTestAlert(run: Run): Promise<LambdaAnswer> {
  const now = run.now();
  const last = run.memory.testAlertAt;
  if (last !== undefined && now.getTime() - last.getTime() < testAlertMilliseconds) return { test_alert: 'waiting' };
  await run.publish(renderAlert(describeTest(now, run.links)));
  run.memory.testAlertAt = now;
  run.log('INFO', 'test_alert', { state: 'sent' });
  return { test_alert: 'sent' };
}

/** Only names and places: the message of an unexpected fault may quote anything. */
function nameOf(fault: unknown): string {
  if (!(fault instanceof Error)) return 'something that is not an error object';
  const place = /^\s+at (\S+)/m.exec((fault.stack ?? '').replace(fault.message, ''))?.[1];
  return place === undefined ? fault.name : `${fault.name} in ${place}`;
}
