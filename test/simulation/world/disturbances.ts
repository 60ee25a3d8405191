import {
  type AwsFault,
  type AwsService,
  awsFaults,
  type FaultKind,
  type FaultTarget,
  faultKinds,
} from '../../../local/faults/aws-faults.ts';
import { type FaultName, faultsThatStrike, zohoFaults } from '../../../local/faults/zoho-faults.ts';
import type { ConnectionFault } from '../../../local/wire/broken-connection.ts';

/** How long the Lambda and the SDK take to give a call up, in milliseconds. */
export const zohoTimeout = 10_000;
const awsTimeout = 9_600;

/** What becomes of a call under a fault of the table, and when the Lambda sees it. */
type Broken = { readonly isCarriedOut: boolean; readonly afterMilliseconds: number; readonly name: string };

/** Faults of the way to Zoho; a connection that is refused is one of which nothing comes back for five seconds. */
const zohoConnections: Partial<Record<ConnectionFault, number>> = {
  refuse: 5_000,
  hang: zohoTimeout,
  slow_drip: zohoTimeout,
  cut_connection_before: 300,
  cut_connection_during: 300,
  huge: 900,
};

/** A fault of the connection to Zoho; `undefined` for one that is an answer. */
export function zohoConnectionFault(fault: string | undefined): Broken | undefined {
  const connection = fault === 'refuse' ? fault : zohoFaults[fault as FaultName]?.connection;
  const afterMilliseconds = connection === undefined ? undefined : zohoConnections[connection];
  if (connection === undefined || afterMilliseconds === undefined) return undefined;
  return { isCarriedOut: connection !== 'refuse', afterMilliseconds, name: connection };
}

/** A fault of AWS as the SDK throws it, after its own tries; `undefined` if there is none. */
export function awsFaultOf(fault: string | undefined, service: AwsService, target: FaultTarget): Broken | undefined {
  if (fault === undefined) return undefined;
  const { refusals, connection, ...row }: AwsFault = awsFaults[fault as FaultKind];
  const isCarriedOut = row.isCarriedOut === true;
  const refused = refusals?.(target)[service];
  if (refused !== undefined) {
    const { name, status } = refused;
    const afterMilliseconds = fault === 'throttled' ? 1_400 : status >= 500 ? 400 : 20;
    return { isCarriedOut, afterMilliseconds, name };
  }
  if (connection === undefined) return { isCarriedOut, afterMilliseconds: 60, name: 'SyntaxError' };
  const isWaiting = connection === 'hang' || connection === 'slow_drip';
  const name = isWaiting ? 'TimeoutError' : 'ECONNRESET';
  return { isCarriedOut, afterMilliseconds: isWaiting ? awsTimeout : 400, name };
}

/** Everything that a window of faults may have, by where it strikes: the names are those of the table of faults. */
export const faultsOf = {
  token: [
    ...faultsThatStrike('token'),
    'refuse',
    'refusal:blocked_portal',
    'missing_scope:Desk.calls.READ',
    'missing_scope:SalesIQ.conversations.READ',
    'wrong_prefix:1004.',
  ],
  probe: [...new Set([...faultsThatStrike('desk'), ...faultsThatStrike('salesiq'), 'refuse'])],
  aws: faultKinds,
} as const satisfies Record<string, readonly string[]>;

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
