/** Zoho allows 10 token requests in 10 minutes. @see {@link https://www.zoho.com/accounts/protocol/oauth/token-limits.html} */
const windowMilliseconds = 10 * 60_000;
const requestsPerWindow = 10;

/**
 * Counts token requests, the rejected ones too, and blocks who makes too many.
 *
 * The 11th request within ten minutes starts a block. Zoho's page says that it lasts for the rest of the ten minutes;
 * operators report 15 to 30 minutes, one an hour, and that it ends only with real silence. How long a silence is open.
 */
export class Throttle {
  readonly #silenceMilliseconds: number;
  readonly #seen = new Map<string, { times: number[]; isBlocked: boolean }>();

  /** @param silenceMilliseconds - Without any request under the same key, this ends a block; at least, and by default, ten minutes. */
  constructor(silenceMilliseconds: number = windowMilliseconds) {
    this.#silenceMilliseconds = Math.max(silenceMilliseconds, windowMilliseconds);
  }

  /** Counts a request and tells whether it may go on; the limit holds for each key. */
  admit(key: string, at: number): boolean {
    const { times, isBlocked } = this.#seen.get(key) ?? { times: [], isBlocked: false };
    const wasSilent = at - (times.at(-1) ?? Number.NEGATIVE_INFINITY) >= this.#silenceMilliseconds;
    const recent = [...times.filter((time) => at - time < windowMilliseconds), at];
    const seen = { times: recent, isBlocked: (isBlocked && !wasSilent) || recent.length > requestsPerWindow };
    this.#seen.set(key, seen);
    return !seen.isBlocked;
  }
}
