/** Calls that can be made to fail. */
export const callPlaces = [
  'token',
  'probe',
  'get token',
  'get record',
  'get credentials',
  'put token',
  'put record',
  'publish',
] as const;
export type CallPlace = (typeof callPlaces)[number];

/** A fault that befalls calls for a while. */
export type FaultWindow = {
  readonly place: CallPlace;
  readonly fault: string;
  readonly from: number;
  readonly to: number;
  /** Left out for all connections. */
  readonly connection: string | undefined;
  /** How many of the calls fail, 0 to 1. */
  readonly share: number;
};

/** Anything that a healthy day does not have, as the oracle needs it to excuse what follows. */
export type Disturbance = {
  readonly what:
    | 'zoho fault'
    | 'aws fault'
    | 'sns fault'
    | 'schedule'
    | 'crash'
    | 'people'
    | 'deploy'
    | 'grant'
    | 'hand';
  readonly connection: string | undefined;
  readonly from: number;
  to: number;
};

/** What disturbs the world, now and before. */
export class Disturbances {
  readonly windows: FaultWindow[] = [];
  readonly log: Disturbance[] = [];

  /** The fault that befalls a call, if any. */
  faultOf(place: CallPlace, connection: string, now: number, chance: () => number): string | undefined {
    for (const window of this.windows) {
      if (window.place !== place || now < window.from || now >= window.to) continue;
      if (window.connection !== undefined && window.connection !== connection) continue;
      if (window.share >= 1 || chance() < window.share) return window.fault;
    }
    return undefined;
  }

  open(window: FaultWindow): void {
    this.windows.push(window);
    const others = { token: 'zoho fault', probe: 'zoho fault', publish: 'sns fault' } as const;
    const what = window.place in others ? others[window.place as keyof typeof others] : 'aws fault';
    this.note(what, window.connection, window.from, window.to);
  }

  /** Ends every fault that still lasts. */
  endAll(now: number): void {
    for (const [index, window] of this.windows.entries()) {
      if (window.to > now) this.windows[index] = { ...window, to: now };
    }
    for (const entry of this.log) {
      if (entry.to > now) entry.to = now;
    }
  }

  note(what: Disturbance['what'], connection: string | undefined, from: number, to = from): void {
    this.log.push({ what, connection, from, to });
  }

  /** What disturbed a connection between two instants, both included. */
  between(connection: string, from: number, to: number): Disturbance[] {
    return this.log.filter(
      (entry) => entry.from <= to && entry.to >= from && (entry.connection ?? connection) === connection,
    );
  }
}
