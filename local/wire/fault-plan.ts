/** What one stand-in does wrong: faults that are switched on, gates at which requests wait, and slow answers. */
export class FaultPlan<Rule extends { readonly times?: number | undefined }, Target, Held = Target> {
  readonly #applies: (rule: Rule, target: Target) => boolean;
  #rules: { rule: Rule; hits: number }[] = [];
  #gates: { fits: (request: Held) => boolean; arrive: () => void; open: Promise<void> }[] = [];
  /** How many requests went wrong since the last `clear`. */
  hits = 0;
  latencyMilliseconds = 0;

  /** @param applies - Whether a rule is about a request. */
  constructor(applies: (rule: Rule, target: Target) => boolean) {
    this.#applies = applies;
  }

  protected add(rule: Rule): void {
    this.#rules = [...this.#rules, { rule, hits: 0 }];
  }

  /** Ends every fault and the latency; requests at a gate stay there. */
  clear(): void {
    this.#rules = [];
    this.hits = 0;
    this.latencyMilliseconds = 0;
  }

  /** What is switched on, and how often it has happened. */
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

  /** Makes every answer take that much longer; 0 ends it. */
  latency(milliseconds: number): void {
    this.latencyMilliseconds = milliseconds;
  }

  /**
   * Holds the first request that fits, before it is carried out.
   *
   * @returns `arrived` resolves when it stands at the gate; `release` lets it go on, or opens the gate before it came.
   */
  gate(fits: (request: Held) => boolean) {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    const { promise: open, resolve: release } = Promise.withResolvers<void>();
    this.#gates.push({ fits, arrive, open });
    return { arrived, release };
  }

  /** Resolves when the request may go on: at once unless a gate is for it. */
  async pass(request: Held): Promise<void> {
    const place = this.#gates.findIndex(({ fits }) => fits(request));
    const [gate] = place < 0 ? [] : this.#gates.splice(place, 1);
    gate?.arrive();
    await gate?.open;
  }

  #hit(taken: { rule: Rule; hits: number }[]): Rule[] {
    for (const one of taken) one.hits += 1;
    this.hits += taken.length;
    this.#rules = this.#rules.filter(({ rule, hits }) => hits < (rule.times ?? Number.POSITIVE_INFINITY));
    return taken.map(({ rule }) => rule);
  }
}
