import type { Connection } from '../../lambda/connections/read-connections.ts';
import type { ServiceName } from '../zoho/services.ts';
import type { FaultKind } from './aws-faults.ts';
import type { Judgement } from './judgement.ts';
import type { Fault } from './zoho-faults.ts';

/** Things that are done to a connection once, and undone by what an operator would do. */
export type Deed =
  | 'revoke'
  | 'rotate secret'
  | 'delete client'
  | 'kill tokens'
  | 'spoil credentials'
  | 'remove credentials'
  | 'delete token secret';

/** What becomes of a slot of the schedule: one tick, none, two as a duplicate delivery makes them, or one that nobody takes on. */
export type Delivery = 'once' | 'never' | 'twice' | 'dropped';

/** How a fault is brought about on the stage. */
export type How =
  /** A fault of Zoho's token endpoint, or (`service`) of a service's own API, where probes go. */
  | { readonly at: 'token' | 'service'; readonly fault: Fault | ((connection: Connection) => Fault) }
  | {
      readonly at: 'secrets' | 'sns';
      readonly kind: FaultKind;
      readonly operations?: string[];
      /** Only for who signs with these; for all if left out. */
      readonly accessKeyIds?: string[];
    }
  | { readonly at: 'slow'; readonly who: 'zoho' | 'secrets' | 'sns'; readonly milliseconds: number }
  | { readonly at: 'connection'; readonly deed: Deed }
  | { readonly at: 'schedule'; readonly delivery: Delivery };

/** A row of the table of faults: where it strikes and how, what it is judged as, and what there is to be seen. */
export type FaultEntry = {
  /** For addresses and tests, e.g. `token/html_502`. */
  readonly id: string;
  readonly title: string;
  /** What to expect, in a sentence or two. */
  readonly expect: string;
  readonly how: How;
  readonly judged: Judgement;
  /** Only connections of this service can have it. */
  readonly service?: ServiceName;
};

export type FaultGroup = {
  readonly title: string;
  /** Whether they all show the same, so that the page offers them as one. */
  readonly isAlike?: boolean;
  readonly entries: readonly FaultEntry[];
};

/** Whether the fault is about single connections, and not about SNS, the schedule or a whole service's speed. */
export function isPerConnection({ how }: FaultEntry): boolean {
  return ['token', 'service', 'connection', 'secrets'].includes(how.at);
}

/** Connections to which the fault can happen. */
export function connectionsOf(entry: FaultEntry, connections: readonly Connection[]): Connection[] {
  if (!isPerConnection(entry)) return [];
  return connections.filter(({ service }) => entry.service === undefined || entry.service === service);
}

/** Whether it belongs to the consent, so that an operator's new one ends it. */
export function isOfConsent({ how, judged }: FaultEntry): boolean {
  const codes = /^(invalid_client|invalid_client_secret|invalid_code|refused|(prefix|scope)_mismatch|token_rejected)$/;
  return (how.at === 'token' || how.at === 'service') && codes.test(judged);
}

/** Whether new credentials end what was done to a connection. */
export function isAboutCredentials(how: How): boolean {
  return how.at === 'connection' && how.deed !== 'kill tokens' && how.deed !== 'delete token secret';
}

/** Whether it can be brought about only at the Zoho stand-in. */
export function needsZohoStandIn({ how }: FaultEntry): boolean {
  if (how.at === 'connection') return !/credentials|token secret/.test(how.deed);
  return how.at === 'token' || how.at === 'service' || (how.at === 'slow' && how.who === 'zoho');
}
