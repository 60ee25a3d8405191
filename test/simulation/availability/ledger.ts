const minute = 60_000;

/** What a month came to under one way of keeping tokens. */
export type Month = {
  readonly name: string;
  /** Minutes in which an app's call had no usable token. */
  readonly minutesWithout: number;
  /** Of these, minutes in which Zoho would have given a good token to whoever asked. */
  readonly avoidableMinutes: number;
  /** The longest stretch of such minutes. */
  readonly longestAvoidable: number;
  readonly badTokens: number;
  readonly tokenRequests: number;
  readonly mostRequestsInTenMinutes: number;
  readonly alerts: number;
  /** Minute of the month, and minutes without a token up to then. */
  readonly curve: readonly (readonly [minute: number, without: number])[];
};

/** Adds the minutes of a month up. */
export class Ledger {
  without = 0;
  avoidable = 0;
  longest = 0;
  /** Stretches of avoidable minutes: where each began, and its length. */
  readonly stretches: [number, number][] = [];
  #stretch = 0;
  readonly curve: [number, number][] = [[0, 0]];

  /** @param lacking - How many of the app's instances had no token, 0 to 1. */
  note(at: number, lacking: number, isAvoidable: boolean): void {
    this.without += lacking;
    if (lacking > 0 && isAvoidable) {
      this.avoidable += lacking;
      if (this.#stretch === 0) this.stretches.push([at, 0]);
      this.#stretch += lacking;
      const last = this.stretches.at(-1);
      if (last !== undefined) last[1] = this.#stretch;
      this.longest = Math.max(this.longest, this.#stretch);
    } else {
      this.#stretch = 0;
    }
    if (lacking > 0) {
      const last = this.curve.at(-1);
      if (last?.[0] !== at - 1) this.curve.push([at - 1, this.without - lacking]);
      this.curve.push([at, this.without]);
    }
  }
}

/** What a ledger and a list of requests come to. */
export function monthOf(
  name: string,
  ledger: Ledger,
  badTokens: number,
  requests: readonly number[],
  alerts: number,
): Month {
  let most = 0;
  let first = 0;
  requests.forEach((at, index) => {
    while (at - (requests[first] ?? at) >= 10 * minute) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return {
    name,
    minutesWithout: ledger.without,
    avoidableMinutes: ledger.avoidable,
    longestAvoidable: ledger.longest,
    badTokens,
    tokenRequests: requests.length,
    mostRequestsInTenMinutes: most,
    alerts,
    curve: ledger.curve,
  };
}
