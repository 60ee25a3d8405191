/** Faults that are switched on, each for certain requests and so many times. */
export class FaultPlan<Rule extends { readonly times?: number | undefined }, Target> {
  readonly #applies: (rule: Rule, target: Target) => boolean;
  #rules: { rule: Rule; hits: number }[] = [];
  /** How many requests went wrong since the last `clear`. */
  hits = 0;

  /** @param applies - Whether a rule is about a request. */
  constructor(applies: (rule: Rule, target: Target) => boolean) {
    this.#applies = applies;
  }

  set(rule: Rule): void {
    this.#rules = [...this.#rules, { rule, hits: 0 }];
  }

  clear(): void {
    this.#rules = [];
    this.hits = 0;
  }

  list(): readonly { readonly rule: Rule; readonly hits: number }[] {
    return this.#rules;
  }

  /** The faults of this request, in the order in which they were set; each counts as one time. */
  take(target: Target): Rule[] {
    return this.#hit(this.#rules.filter(({ rule }) => this.#applies(rule, target)));
  }

  /** The one fault that was set last; only it counts. */
  takeLast(target: Target): Rule | undefined {
    const last = this.#rules.findLast(({ rule }) => this.#applies(rule, target));
    return this.#hit(last ? [last] : [])[0];
  }

  #hit(taken: { rule: Rule; hits: number }[]): Rule[] {
    for (const one of taken) one.hits += 1;
    this.hits += taken.length;
    this.#rules = this.#rules.filter(({ rule, hits }) => hits < (rule.times ?? Number.POSITIVE_INFINITY));
    return taken.map(({ rule }) => rule);
  }
}

/** Holds one request, so that a test can do something else first. */
export type Gate = {
  /** Resolves when the request stands at the gate, not yet carried out. */
  arrived: Promise<void>;
  /** Lets it go on; before it arrived, opens the gate for good. */
  release(): void;
};

/** Gates at which chosen requests wait. */
export class Gates<Target> {
  #gates: { fits: (target: Target) => boolean; arrive: () => void; open: Promise<void> }[] = [];
  #releases: (() => void)[] = [];

  /** Holds the first request that fits, before it is carried out. */
  add(fits: (target: Target) => boolean): Gate {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    const { promise: open, resolve: release } = Promise.withResolvers<void>();
    this.#gates.push({ fits, arrive, open });
    this.#releases.push(release);
    return { arrived, release };
  }

  /** Resolves when the request may go on: at once unless a gate is for it. */
  async pass(target: Target): Promise<void> {
    const place = this.#gates.findIndex(({ fits }) => fits(target));
    const [gate] = place < 0 ? [] : this.#gates.splice(place, 1);
    gate?.arrive();
    await gate?.open;
  }

  /** Releases every request and forgets every gate. */
  openAll(): void {
    for (const release of this.#releases) release();
    this.#gates = [];
    this.#releases = [];
  }
}
