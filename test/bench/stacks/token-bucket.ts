/** A quota as AWS enforces it: so many calls a second, and a second's worth at once. */
export class TokenBucket {
  readonly #perSecond: number;
  #level: number;
  #at: number;

  /** @param now - Epoch milliseconds at which it is full. */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#level = perSecond;
    this.#at = now;
  }

  /** Takes one call out; false where the quota is used up. */
  take(now: number): boolean {
    const refilled = this.#level + ((now - this.#at) / 1000) * this.#perSecond;
    this.#level = Math.min(this.#perSecond, refilled);
    this.#at = now;
    if (this.#level < 1) return false;
    this.#level -= 1;
    return true;
  }
}
