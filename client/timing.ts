import {
  expiryMarginMilliseconds,
  longestCacheMilliseconds,
  retryPausesMilliseconds,
  shortestCacheMilliseconds,
} from './settings.ts';
import type { ZohoToken } from './zoho-token.ts';

/** What time and chance are to a reader; tests have their own. */
export type Surroundings = {
  /** Epoch milliseconds of the wall clock: it goes on while a process is frozen, which a monotonic one may not. */
  readonly now: () => number;
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
};

/** Until when a token may be handed out: a margin before its end. */
export function endOf({ expiresAt }: ZohoToken): number {
  return expiresAt.getTime() - expiryMarginMilliseconds;
}

/** Until when a token that was read at an instant is handed out without another look. */
export function cachedUntil(token: ZohoToken, now: number, random: number): number {
  const spread = longestCacheMilliseconds - shortestCacheMilliseconds;
  return Math.min(now + shortestCacheMilliseconds + random * spread, endOf(token));
}

/**
 * When to read again after a read that brought nothing usable.
 *
 * @param fruitlessReads - How many there were before it.
 */
export function retryAt(fruitlessReads: number, now: number, random: number): number {
  const last = retryPausesMilliseconds.length - 1;
  return now + shortened(retryPausesMilliseconds[Math.min(fruitlessReads, last)] ?? 0, random);
}

/** Up to a half less, so that instances do not march in step. */
export function shortened(milliseconds: number, random: number): number {
  return milliseconds * (1 - random / 2);
}
