import type { Connection, Connections } from './connections/read-connections.ts';
import type { RefresherEvent } from './event.ts';
import { describeTest } from './incident/alert.ts';
import { renderAlert } from './incident/render-alert.ts';
import { renderMetrics, renderTick } from './metrics.ts';
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
 *
 * @param end - Fires when the run must be over: whatever still hangs then is left behind.
 * @param writeLine - Takes one line of embedded metrics for standard output.
 * @throws AggregateError of the faults that must raise an alarm, after every connection has had its turn.
 */
export async function carryOut(
  run: Run,
  { connections }: Connections,
  event: RefresherEvent,
  end: AbortSignal,
  writeLine: (line: string) => void,
): Promise<LambdaAnswer> {
  if (event.kind === 'test alert') return untilEnd(sendTestAlert(run), end);
  const wanted =
    event.kind === 'tick' ? connections : connections.filter(({ name }) => event.connections.includes(name));
  const unheard: Error[] = [];
  let hadAllTheirTurn = event.kind === 'tick';
  const results = await Promise.all(
    wanted.map(async (connection): Promise<ConnectionResult> => {
      const startedAt = performance.now();
      const work =
        event.kind === 'tick'
          ? reconcile(run, connection, { kind: 'tick', slot: slotOf(event.slot, run.now()) })
          : reconcile(run, connection, { kind: 'call', reason: event.reason, force: event.force });
      const outcome = await untilEnd(work, end).catch((fault: unknown): Outcome => {
        hadAllTheirTurn = false;
        return {
          outcome: 'failed',
          code: null,
          stored: undefined,
          unheard: fault instanceof RunOverError ? fault.message : `unexpected fault: ${nameOf(fault)}`,
        };
      });
      // Who asks is answered, whatever happens: an app must not be able to page anybody, and an operator reads the answer.
      if (outcome.unheard !== undefined && event.kind === 'tick') {
        unheard.push(new Error(`${connection.name}: ${outcome.unheard}`));
      }
      return report(run, connection, event, outcome, performance.now() - startedAt, writeLine);
    }),
  );
  if (hadAllTheirTurn) writeLine(renderTick(run.secretPrefix, run.now()));
  if (unheard.length > 0) throw new AggregateError(unheard, unheard.map(({ message }) => message).join('; '));
  return { connections: results };
}

/** The slot of a tick; a scheduled time that cannot be of this schedule counts as now. */
function slotOf(scheduled: Date, now: Date): Date {
  const distance = Math.abs(scheduled.getTime() - now.getTime());
  return distance > farthestSlotMilliseconds ? now : scheduled;
}

/** Writes the log line and the metrics of one connection, always. */
function report(
  run: Run,
  connection: Connection,
  event: RefresherEvent,
  outcome: Outcome,
  durationMilliseconds: number,
  writeLine: (line: string) => void,
): ConnectionResult {
  const now = run.now();
  const { stored, code } = outcome;
  const expiresAt = stored?.document?.expiresAt.toISOString() ?? null;
  const secondsToExpiry = stored === undefined ? undefined : Math.floor(lifeLeftMilliseconds(stored, now) / 1000);
  const hasTried = outcome.askedMilliseconds !== undefined || outcome.outcome === 'failed';
  const metrics = renderMetrics(run.secretPrefix, connection.name, now, {
    secondsToExpiry: event.kind === 'tick' || hasTried ? secondsToExpiry : undefined,
    refresh: hasTried
      ? { isSuccess: outcome.outcome !== 'failed', askedMilliseconds: outcome.askedMilliseconds }
      : undefined,
  });
  if (metrics !== undefined) writeLine(metrics);
  const level = outcome.unheard !== undefined ? 'ERROR' : outcome.outcome === 'failed' ? 'WARN' : 'INFO';
  run.log(level, 'connection', {
    connection: connection.name,
    service: connection.service,
    trigger: event.kind === 'on demand' ? event.reason : event.kind,
    outcome: outcome.outcome,
    code,
    message: outcome.message ?? null,
    probe: outcome.verdict ?? null,
    alerts: outcome.alerts ?? [],
    missing_optional_scopes: outcome.missingOptionalScopes ?? [],
    expires_at: expiresAt,
    seconds_to_expiry: secondsToExpiry ?? null,
    duration_ms: Math.round(durationMilliseconds),
    unheard: outcome.unheard ?? null,
  });
  const probe = outcome.verdict === undefined ? null : probeWords[outcome.verdict];
  return { connection: connection.name, outcome: outcome.outcome, code, expires_at: expiresAt, probe };
}

/** The code says that a setting is wrong; a token that lacks a scope cannot do what it is stored for. */
const probeWords = {
  accepted: 'accepted',
  'wrong setting': 'accepted',
  rejected: 'rejected',
  'lacks scope': 'rejected',
  'cannot tell': 'cannot_tell',
} as const satisfies Record<ProbeVerdict['verdict'], ConnectionResult['probe']>;

async function sendTestAlert(run: Run): Promise<LambdaAnswer> {
  const now = run.now();
  const last = run.memory.testAlertAt;
  if (last !== undefined && now.getTime() - last.getTime() < testAlertMilliseconds) return { test_alert: 'waiting' };
  await run.publish(renderAlert(describeTest(now, run.links)));
  run.memory.testAlertAt = now;
  run.log('INFO', 'test_alert', { state: 'sent' });
  return { test_alert: 'sent' };
}

/** The run's time was up before a connection was done. */
class RunOverError extends Error {
  override readonly name = 'RunOverError';
}

/** A fault that ignores the signal must not take the other connections with it. */
async function untilEnd<T>(work: Promise<T>, end: AbortSignal): Promise<T> {
  let stop = () => {};
  const ending = new Promise<never>((_, reject) => {
    stop = () => reject(new RunOverError("the run's time was up before this was done"));
    end.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, ending]);
  } finally {
    end.removeEventListener('abort', stop);
  }
}

/** Only names and places: the message of an unexpected fault may quote anything. */
function nameOf(fault: unknown): string {
  if (!(fault instanceof Error)) return 'something that is not an error object';
  const place = /^\s+at (\S+)/m.exec((fault.stack ?? '').replace(fault.message, ''))?.[1];
  return place === undefined ? fault.name : `${fault.name} in ${place}`;
}
