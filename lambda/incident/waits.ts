import { type FailureCode, type FailureKind, failureRow } from '../failure.ts';
import {
  defaultProbeIntervalMilliseconds,
  operatorWaitsMilliseconds,
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

/** `stays due`: Zoho's silence is not over; a try that falls into it is made up for after it. */
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
  const isThrottled = throttle !== undefined && throttle.refreshTokenHash === credentials.refreshTokenHash;
  if (isThrottled && isSilent(throttle, context)) return 'stays due';
  if (incident === undefined || (caller.kind === 'on demand' && caller.force)) return 'ask';
  const hasOtherCredentials =
    incident.credentialsVersion !== undefined && incident.credentialsVersion !== credentials.versionId;
  const hasChanged = hasOtherCredentials || incident.configuration !== configuration;
  if (hasChanged || incident.kind === 'throttle') return 'ask';
  if (failureRow(incident.code).nextTry !== 'operator waits') {
    const oneTick = context.tickIntervalMilliseconds;
    const isSoon = now.getTime() - incident.failedAt.getTime() < oneTick;
    return caller.kind === 'on demand' && isSoon ? 'wait' : 'ask';
  }
  // A passing fault in a try that was due leaves it due.
  const isRetry =
    caller.kind === 'tick' && lastTry?.kind === 'transient' && isOfTickBefore(lastTry.at, context);
  return isRetry || isTryDue(incident.countedFrom, context) ? 'ask' : 'wait';
}

/** Whether the wait after a throttle answer goes on: ticks count in slots, and their jitter is forgiven; calls do not. */
function isSilent({ at, slot = at, answers }: Throttle, { caller, now }: WaitsContext): boolean {
  const wait = throttleWaitsMilliseconds[Math.min(answers, throttleWaitsMilliseconds.length) - 1] ?? 0;
  if (caller.kind === 'on demand') return now.getTime() < at.getTime() + wait;
  const isEarlySlot = caller.slot.getTime() < slot.getTime() + wait;
  return isEarlySlot || now.getTime() < at.getTime() + wait - tickPrecisionMilliseconds;
}

function isOfTickBefore(at: Date, { now, tickIntervalMilliseconds }: WaitsContext): boolean {
  return now.getTime() - at.getTime() < 2 * tickIntervalMilliseconds;
}

/**
 * Whether one of the tries after an operator's failure falls to this call.
 *
 * A tick has the tries since the tick before it, so a lost tick's try is made up by the next. An on-demand call has the
 * latest try within a tick of its time. Neither has one that somebody is known to have had.
 */
function isTryDue(countedFrom: Date, context: WaitsContext): boolean {
  const { caller, now, record, lastTry, tickIntervalMilliseconds } = context;
  const isTick = caller.kind === 'tick';
  const end = isTick ? caller.slot.getTime() + tickPrecisionMilliseconds : now.getTime();
  const begin = isTick
    ? caller.previousSlot.getTime() + tickPrecisionMilliseconds
    : now.getTime() - tickIntervalMilliseconds;
  const { last } = triesBetween(operatorWaitsMilliseconds, countedFrom.getTime(), end);
  if (last === undefined || last <= begin) return false;
  const hadAt = lastTry === undefined || isTick ? record.askedAt : [...record.askedAt, lastTry.at];
  return hadAt.every((asked) => asked.getTime() < last);
}

/** How many tries there were since the first failure, that one included, as far as the waits tell. */
export function countTries(code: FailureCode, countedFrom: Date, now: Date, tickInterval: number): number {
  const waits = {
    'operator waits': operatorWaitsMilliseconds,
    'throttle waits': throttleWaitsMilliseconds,
    'next tick': [tickInterval],
    'next probe': [defaultProbeIntervalMilliseconds],
  }[failureRow(code).nextTry];
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
