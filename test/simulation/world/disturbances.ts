/** Calls that can be made to fail, and what such a fault is to the oracle. */
const places = {
  token: 'zoho fault',
  probe: 'zoho fault',
  'get token': 'aws fault',
  'get record': 'aws fault',
  'get credentials': 'aws fault',
  'put token': 'aws fault',
  'put record': 'aws fault',
  publish: 'sns fault',
} as const;
export type CallPlace = keyof typeof places;
export const callPlaces = Object.keys(places) as CallPlace[];

/** A fault that befalls calls for a while: `share` of them, 0 to 1, of one connection or of all. */
type FaultWindow = {
  readonly place: CallPlace;
  readonly fault: string;
  readonly from: number;
  to: number;
  readonly connection: string | undefined;
  readonly share: number;
};

/** Anything that a healthy day does not have, as the oracle needs it to excuse what follows. */
export type Disturbance = {
  readonly what: (typeof places)[CallPlace] | 'schedule' | 'crash' | 'people' | 'deploy' | 'grant' | 'hand';
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
    this.note(places[window.place], window.connection, window.from, window.to);
  }

  /** Ends every fault that still lasts. */
  endAll(now: number): void {
    for (const entry of [...this.windows, ...this.log]) entry.to = Math.min(entry.to, now);
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
