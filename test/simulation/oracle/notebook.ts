import type { Connection, Connections } from '../../../lambda/connections/read-connections.ts';
import type { Disturbance } from '../world/disturbances.ts';
import type { RunOfLambda } from '../world/facts.ts';
import type { SimulatedWorld } from '../world/world.ts';
import { Deeds, Watch } from './watch.ts';

/** What must never happen, and did. */
export type Breach = {
  /** Number of the invariant in the design; 0 where the simulation itself has failed. */
  readonly invariant: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
  readonly connection: string;
  readonly what: string;
};

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
/** Zoho gives no token that lives longer; what claims to is not usable. */
export const day = 24 * hour;

/** Time after a run in which others may take it for alive: Lambda's time-out. */
export const shadowOfRun = 61 * second;

/** One connection in one run, as a judge sees it at this moment. */
export type Case = ReturnType<Notebook['about']>;

/** What the oracle has seen so far, and what it found broken; the judges share it. */
export class Notebook {
  readonly breaches: Breach[] = [];
  readonly world: SimulatedWorld;
  readonly tickInterval: number;
  tokenRequests = 0;
  longestLossMinutes = 0;
  /** Tokens that Zoho issued, with the answer as the run got it. */
  readonly answers = new Map<string, { run: number; fields: Record<string, unknown> }>();
  /** Tokens of which a service said to a run that they are dead, or lack a scope. */
  readonly refused = new Map<string, RunOfLambda>();
  readonly #watches = new Map<string, Watch>();
  readonly #deeds = new Map<string, Deeds>();
  readonly #configurations = new Map<number, Connections>();
  readonly #without: string | undefined;
  /** Runs that are not over for longer than their shadow. */
  #runs: RunOfLambda[] = [];

  /** @param without - An excuse that does not count: some script must then find a breach, or nobody needs the excuse. */
  constructor(world: SimulatedWorld, tickInterval: number, without?: string) {
    this.world = world;
    this.tickInterval = tickInterval;
    this.#without = without;
  }

  breach(invariant: Breach['invariant'], connection: string, what: string): void {
    this.breaches.push({ invariant, connection, what });
  }

  /** Whether the design forgives what would be a breach; every forgiving of the oracle goes through here, by its name. */
  excuse(name: string, isSo: boolean): boolean {
    return isSo && name !== this.#without;
  }

  watch(connection: string): Watch {
    return remembered(this.#watches, connection, () => new Watch());
  }

  deedsOf(run: RunOfLambda, connection: string): Deeds {
    return remembered(this.#deeds, `${run.id} ${connection}`, () => new Deeds());
  }

  beginRun(run: RunOfLambda): void {
    const { now } = this.world.time;
    this.#runs = this.#runs.filter(({ endedAt }) => endedAt === undefined || now - endedAt < shadowOfRun);
    this.#runs.push(run);
    this.#configurations.set(run.id, this.world.connections);
  }

  /** A connection in a run, with everything that judges ask about it. */
  about(name: string, run: RunOfLambda) {
    const { world } = this;
    const { now } = world.time;
    const watch = this.watch(name);
    const document = world.document(name);
    const isRefused = this.refused.has(String(document?.access_token));
    return {
      notes: this,
      world,
      now,
      name,
      run,
      watch,
      deeds: this.deedsOf(run, name),
      /** Life of the stored token, and whether a service said to some run that it refuses it. */
      stored: { document, isRefused, ...lifeOf(document, now) },
      breach: (invariant: Breach['invariant'], what: string) => this.breach(invariant, name, what),
      excuse: (excuse: string, isSo: boolean) => this.excuse(excuse, isSo),
      /** Takes note of failure codes that the system was given a reason for. */
      hear: (codes: readonly string[]) => {
        for (const code of codes) watch.heardCodes.set(code, now);
      },
      /** The configuration under which the run began. */
      configured: (): Connection | undefined =>
        this.#configurations.get(run.id)?.connections.find((connection) => connection.name === name),
      /** Whether no other run was, or may have been, at work beside this one. */
      isAlone: () =>
        this.#runs.every(
          (other) => other === run || (other.endedAt !== undefined && other.endedAt < run.startedAt - shadowOfRun),
        ),
      /** What disturbed the connection from an instant to the end of the run. */
      disturbedSince: (from: number): Disturbance[] => world.disturbances.between(name, from, run.endedAt ?? now),
    };
  }
}

function remembered<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

/** Life of a stored token in milliseconds: whole, and left; `NaN` where nothing tells. */
export function lifeOf(document: Readonly<Record<string, unknown>> | undefined, now: number) {
  const expiresAt = Date.parse(String(document?.expires_at));
  const life = expiresAt - Date.parse(String(document?.issued_at));
  return { expiresAt, life, left: expiresAt - now };
}
