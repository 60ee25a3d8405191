import { type FailureKind, failureRow } from '../failure.ts';
import {
  operatorWaitsMilliseconds,
  silenceToleranceMilliseconds,
  throttleWaitsMilliseconds,
  tickPrecisionMilliseconds,
} from '../settings.ts';
import type { IncidentRecord, Throttle } from './record.ts';

/** Who asks for a refresh. Instants of a tick are slots: the times it was scheduled for, not when it ran. */
export type Caller =
  | { readonly kind: 'tick'; readonly slot: Date; readonly previousSlot: Date }
  | { readonly kind: 'on demand'; readonly force: boolean };

/** What bears on whether Zoho may be asked now. */
export type WaitsContext = {
  readonly record: IncidentRecord;
  readonly caller: Caller;
  readonly now: Date;
  readonly tickIntervalMilliseconds: number;
  readonly credentials: { readonly versionId: string; readonly refreshTokenHash: string };
  readonly configuration: string;
  /** What this execution environment happens to remember of its last try; the record does not depend on it. */
  readonly lastTry: { readonly kind: FailureKind; readonly at: Date } | undefined;
};

/** `stays due`: the time has come, but Zoho's silence is not over; the next tick makes it up. */
export type Permission = 'ask' | 'wait' | 'stays due';

/**
 * Decides whether a refresh that is needed may be tried now.
 *
 * Changed credentials or a changed configuration end every wait at once; only a throttle of the same refresh token is
 * waited out whatever happens.
 */
export function mayAsk(context: WaitsContext): Permission {
  const { record, caller, now, credentials, configuration, lastTry } = context;
  const { incident, throttle } = record;
  // A passing fault in a try that was due leaves it due.
  const isRetry =
    caller.kind === 'tick' && lastTry?.kind === 'transient' && isOfTickBefore(lastTry.at, context);
  if (throttle !== undefined && throttle.refreshTokenHash === credentials.refreshTokenHash) {
    const isWaitedOut = incident?.kind === 'throttle';
    // Ticks have all the tries, and do not write them down: a call in between could break the silence after one.
    if (isWaitedOut && caller.kind === 'on demand') return 'wait';
    if (isWaitedOut && !isRetry && !isTryDue(throttleWaitsMilliseconds, throttle.countedFrom, context))
      return 'wait';
    const heardAt = lastTry?.kind === 'throttle' && lastTry.at > throttle.at ? lastTry.at : throttle.at;
    const silenceEnds = heardAt.getTime() + throttleWaitsMilliseconds[0] - silenceToleranceMilliseconds;
    if (now.getTime() < silenceEnds) return 'stays due';
    if (isWaitedOut) return 'ask';
  }
  if (incident === undefined || (caller.kind === 'on demand' && caller.force)) return 'ask';
  const hasOtherCredentials =
    incident.credentialsVersion !== undefined && incident.credentialsVersion !== credentials.versionId;
  const hasChanged = hasOtherCredentials || incident.configuration !== configuration;
  if (hasChanged || incident.kind === 'throttle') return 'ask';
  if (failureRow(incident.code).nextTry === 'next tick') {
    const oneTick = context.tickIntervalMilliseconds;
    const isSoon = now.getTime() - incident.failedAt.getTime() < oneTick;
    return caller.kind === 'on demand' && isSoon ? 'wait' : 'ask';
  }
  return isRetry || isTryDue(operatorWaitsMilliseconds, incident.countedFrom, context) ? 'ask' : 'wait';
}

function isOfTickBefore(at: Date, { now, tickIntervalMilliseconds }: WaitsContext): boolean {
  return now.getTime() - at.getTime() < 2 * tickIntervalMilliseconds;
}

/**
 * Whether one of the tries after a failure falls to this call.
 *
 * A tick has the tries since the tick before it, so a lost tick's try is made up by the next. An on-demand call has the
 * latest try within a tick of its time, unless it is known that somebody had it.
 */
function isTryDue(waits: readonly number[], countedFrom: Date, context: WaitsContext): boolean {
  const { caller, now, record, tickIntervalMilliseconds } = context;
  if (caller.kind === 'tick') {
    const last = lastTryBefore(waits, countedFrom, caller.slot.getTime() + tickPrecisionMilliseconds);
    return last !== undefined && last > caller.previousSlot.getTime() + tickPrecisionMilliseconds;
  }
  const last = lastTryBefore(waits, countedFrom, now.getTime());
  if (last === undefined || now.getTime() - last >= tickIntervalMilliseconds) return false;
  const known = [...record.askedAt, ...(context.lastTry === undefined ? [] : [context.lastTry.at])];
  return known.every((asked) => asked.getTime() < last);
}

/** When a throttled refresh token was last tried, as far as its waits tell. */
export function lastThrottledTry({ countedFrom, at }: Throttle, now: Date): Date {
  const last = lastTryBefore(throttleWaitsMilliseconds, countedFrom, now.getTime());
  return new Date(Math.max(at.getTime(), last ?? 0));
}

/** The last of the times `countedFrom` plus each wait that is not after `end`; epoch milliseconds. */
function lastTryBefore(waits: readonly number[], countedFrom: Date, end: number): number | undefined {
  return triesBetween(waits, countedFrom.getTime(), end).last;
}

/** How many tries the waits have made since the first failure, that one included. */
export function countTries(kind: FailureKind, countedFrom: Date, now: Date, tickInterval: number): number {
  const waits =
    kind === 'operator'
      ? operatorWaitsMilliseconds
      : kind === 'throttle'
        ? throttleWaitsMilliseconds
        : [tickInterval];
  return 1 + triesBetween(waits, countedFrom.getTime(), now.getTime()).count;
}

/** The last wait goes on for ever, so it is divided and not walked: an incident may last for months. */
function triesBetween(
  waits: readonly number[],
  from: number,
  end: number,
): { count: number; last: number | undefined } {
  let count = 0;
  let last = from;
  for (const wait of waits) {
    if (last + wait > end) return { count, last: count === 0 ? undefined : last };
    last += wait;
    count += 1;
  }
  const forEver = waits.at(-1) ?? Number.POSITIVE_INFINITY;
  const more = Math.floor((end - last) / forEver);
  return { count: count + more, last: last + more * forEver };
}
