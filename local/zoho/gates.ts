import type { LoggedRequest } from './request-log.ts';

/** A request held at the door: it has arrived, and is carried out when released. */
export type Gate = { arrived: Promise<void>; release(): void };

/** Holds chosen requests, so that a test can make two runs overlap. */
export class Gates {
  #waiting: {
    predicate: (request: LoggedRequest) => boolean;
    arrive: () => void;
    released: Promise<void>;
  }[] = [];

  /** Holds the first request that fits, before it is carried out. */
  add(predicate: (request: LoggedRequest) => boolean): Gate {
    const arrived = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    this.#waiting.push({ predicate, arrive: arrived.resolve, released: released.promise });
    return { arrived: arrived.promise, release: released.resolve };
  }

  /** Resolves when the request may go on: at once unless a gate is for it. */
  async pass(request: LoggedRequest): Promise<void> {
    const gate = this.#waiting.find(({ predicate }) => predicate(request));
    if (!gate) return;
    this.#waiting = this.#waiting.filter((other) => other !== gate);
    gate.arrive();
    await gate.released;
  }
}
