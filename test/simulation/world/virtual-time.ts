/** What is to happen at an instant of virtual time. */
type Appointment = {
  readonly at: number;
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
  /** The earliest first, of two at one instant the older. */
  readonly #queue: Appointment[] = [];

  constructor(start: number) {
    this.now = start;
  }

  /**
   * Carries something out after so many milliseconds; returns what cancels it.
   *
   * @param isAwaited - Whether a promise may wait for it; nothing has to run after what nobody waits for.
   */
  after(milliseconds: number, carryOut: () => void, isAwaited = true): () => void {
    return this.at(this.now + milliseconds, carryOut, isAwaited);
  }

  /** Carries something out at an instant; one in the past counts as now. */
  at(instant: number, carryOut: () => void, isAwaited = true): () => void {
    const at = Math.max(instant, this.now);
    const appointment: Appointment = { at, carryOut, isAwaited };
    this.#queue.splice(this.#queue.findLastIndex((other) => other.at <= at) + 1, 0, appointment);
    return () => {
      appointment.carryOut = undefined;
    };
  }

  /** Moves on to an instant, and lets everything happen that was due until then. */
  async advanceTo(instant: number): Promise<void> {
    await settle();
    for (let next = this.#queue[0]; next !== undefined && next.at <= instant; next = this.#queue[0]) {
      this.#queue.shift();
      if (next.carryOut === undefined) continue;
      this.now = next.at;
      next.carryOut();
      if (next.isAwaited) await settle();
    }
    this.now = instant;
  }

  /** Lets what the Lambda times by `performance.now`, such as its patience with a throttled write, pass in this time. */
  async ruleOver<T>(work: () => Promise<T>): Promise<T> {
    const realNow = performance.now;
    performance.now = () => this.now;
    try {
      return await work();
    } finally {
      performance.now = realNow;
    }
  }
}

/** Lets every promise run that can. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
