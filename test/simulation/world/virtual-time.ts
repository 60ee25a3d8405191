/** What is to happen at an instant of virtual time. */
type Appointment = {
  readonly at: number;
  readonly order: number;
  /** `undefined` once it is cancelled. */
  carryOut: (() => void) | undefined;
  /** Whether a promise may wait for it. */
  readonly isAwaited: boolean;
};

/**
 * A clock that jumps from one event to the next: weeks pass in seconds, and always in the same order.
 *
 * Everything that takes time asks for an appointment. Between two appointments all promises run as far as they can.
 */
export class VirtualTime {
  /** Epoch milliseconds. */
  now: number;
  /** A binary heap: the earliest appointment first, of two at one instant the older. */
  readonly #queue: Appointment[] = [];
  #orders = 0;

  constructor(start: number) {
    this.now = start;
  }

  /**
   * Carries something out after so many milliseconds.
   *
   * @returns Cancels it.
   */
  after(milliseconds: number, carryOut: () => void): () => void {
    return this.at(this.now + milliseconds, carryOut);
  }

  /** The same for what no promise waits for: nothing has to run after it, which saves time. */
  afterUnawaited(milliseconds: number, carryOut: () => void): () => void {
    return this.at(this.now + milliseconds, carryOut, false);
  }

  /** Carries something out at an instant; one in the past counts as now. */
  at(instant: number, carryOut: () => void, isAwaited = true): () => void {
    const at = Math.max(instant, this.now);
    const appointment: Appointment = { at, order: this.#orders++, carryOut, isAwaited };
    this.#push(appointment);
    return () => {
      appointment.carryOut = undefined;
    };
  }

  /** Moves on to an instant, and lets everything happen that was due until then. */
  async advanceTo(instant: number): Promise<void> {
    await settle();
    for (let next = this.#queue[0]; next !== undefined && next.at <= instant; next = this.#queue[0]) {
      this.#pop();
      if (next.carryOut === undefined) continue;
      this.now = next.at;
      next.carryOut();
      if (next.isAwaited) await settle();
    }
    this.now = instant;
  }

  #push(appointment: Appointment): void {
    const queue = this.#queue;
    queue.push(appointment);
    let index = queue.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfEarlier(index, parent)) break;
      index = parent;
    }
  }

  #pop(): void {
    const queue = this.#queue;
    const last = queue.pop();
    if (queue.length === 0 || last === undefined) return;
    queue[0] = last;
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const child = left + 1 < queue.length && this.#isEarlier(left + 1, left) ? left + 1 : left;
      if (child >= queue.length || !this.#swapIfEarlier(child, index)) break;
      index = child;
    }
  }

  #isEarlier(one: number, other: number): boolean {
    const [a, b] = [this.#queue[one], this.#queue[other]];
    return a !== undefined && b !== undefined && (a.at < b.at || (a.at === b.at && a.order < b.order));
  }

  #swapIfEarlier(child: number, parent: number): boolean {
    if (!this.#isEarlier(child, parent)) return false;
    const [a, b] = [this.#queue[child], this.#queue[parent]];
    if (a !== undefined && b !== undefined) [this.#queue[child], this.#queue[parent]] = [b, a];
    return true;
  }
}

/** Lets every promise run that can. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
