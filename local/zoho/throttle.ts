/** Zoho allows 10 token requests in 10 minutes. @see {@link https://www.zoho.com/accounts/protocol/oauth/token-limits.html} */
const windowMilliseconds = 10 * 60_000;
const requestsPerWindow = 10;

/**
 * Counts token requests, the rejected ones too, and blocks who makes too many.
 *
 * The 11th request within ten minutes starts a block, and operators report that the block ends only with real
 * silence: here after ten minutes without any request under the same key.
 */
export class Throttle {
  readonly #seen = new Map<string, { times: number[]; isBlocked: boolean }>();

  /**
   * Counts a request and tells whether it may go on.
   *
   * @param key - What the limit holds for: a refresh token, or a client where the refresh token is unknown.
   * @param at - Epoch milliseconds.
   */
  admit(key: string, at: number): boolean {
    const seen = this.#seen.get(key) ?? { times: [], isBlocked: false };
    this.#seen.set(key, seen);
    const recent = seen.times.filter((time) => at - time < windowMilliseconds);
    if (recent.length === 0) seen.isBlocked = false;
    seen.times = [...recent, at];
    if (seen.times.length > requestsPerWindow) seen.isBlocked = true;
    return !seen.isBlocked;
  }
}
