import type { Service } from '../../../lambda/connections/data-centers.ts';
import type { Connection } from '../../../lambda/connections/read-connections.ts';
import type { FailureCode } from '../../../lambda/failure.ts';
import type { FaultKind } from '../../aws/faults.ts';
import type { Fault } from '../../zoho/fault-names.ts';
import type { Delivery } from '../ticker.ts';

/** Things that are done to a connection once, and undone by what an operator would do. */
export type Deed =
  | 'revoke'
  | 'rotate secret'
  | 'delete client'
  | 'kill tokens'
  | 'spoil credentials'
  | 'remove credentials'
  | 'delete token secret';

/** How a fault is brought about on the stage. */
export type How =
  /** A fault of Zoho's token endpoint; made for the connection where it depends on it. */
  | { readonly at: 'token'; readonly fault: Fault | ((connection: Connection) => Fault) }
  /** A fault of the service's own API, where probes go. */
  | { readonly at: 'service'; readonly fault: Fault }
  | { readonly at: 'zoho'; readonly latencyMilliseconds: number }
  | { readonly at: 'secrets'; readonly kind: FaultKind; readonly operations?: readonly string[] }
  | { readonly at: 'secrets or sns'; readonly slow: 'secrets' | 'sns'; readonly latencyMilliseconds: number }
  | { readonly at: 'sns'; readonly kind: FaultKind }
  | { readonly at: 'connection'; readonly deed: Deed }
  | { readonly at: 'schedule'; readonly delivery: Delivery };

/** A fault as the page offers it. */
export type FaultEntry = {
  /** For addresses and tests, e.g. `token/html_502`. */
  readonly id: string;
  readonly title: string;
  /** One sentence on what to expect. */
  readonly expect: string;
  readonly how: How;
  /** Only connections of this service can have it. */
  readonly service?: Service;
  /** The code that the refresher judges it to be; `healed`: it notices and mends it; `nothing`: it takes no harm. */
  readonly leadsTo: FailureCode | 'healed' | 'nothing' | 'alarm';
  /** Whether healing also stores the credentials anew, as an operator's fix would. */
  readonly isHealedByAuthorizing?: boolean;
};

export type FaultGroup = { readonly title: string; readonly entries: readonly FaultEntry[] };
