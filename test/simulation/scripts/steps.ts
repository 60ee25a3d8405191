import type { CallPlace } from '../world/disturbances.ts';

/** One thing that happens to the system; plain JSON, so that a script can be kept and played again. */
export type Step =
  /** The schedule goes on for so many slots of five minutes. */
  | { readonly do: 'pass'; readonly ticks: number }
  /** Calls fail from now on for a while; `share` is how many of them, 0 to 1. */
  | {
      readonly do: 'fault';
      readonly place: CallPlace;
      readonly fault: string;
      readonly minutes: number;
      readonly connection?: number;
      readonly share: number;
    }
  /** Somebody ends something at Zoho. */
  | {
      readonly do: 'end';
      readonly what: 'grant' | 'access token' | 'access tokens' | 'client secret' | 'client';
      readonly connection: number;
    }
  /** Somebody stores credentials that cannot work. */
  | {
      readonly do: 'spoil credentials';
      readonly how:
        | 'not JSON'
        | 'a field empty'
        | 'wrong refresh token'
        | 'wrong client'
        | 'narrow consent'
        | 'other kind of client';
      readonly connection: number;
    }
  /** A human puts a connection right: new consent, right configuration, nothing withheld. */
  | { readonly do: 'fix'; readonly connection: number }
  /** A deploy with another configuration. */
  | {
      readonly do: 'deploy';
      readonly change: 'more scopes' | 'wrong prefix' | 'wrong setting' | 'as it was';
      readonly connection: number;
    }
  /** The next ticks do not come as they should. */
  | {
      readonly do: 'ticks';
      readonly come: 'not' | 'twice' | 'late' | 'slowly' | 'far apart twice';
      readonly count: number;
    }
  /** A run is killed at one of its calls. */
  | { readonly do: 'crash'; readonly call: number; readonly when: 'before' | 'after' }
  | { readonly do: 'cold start' }
  /** Apps or operators call between the ticks. */
  | {
      readonly do: 'call';
      readonly reason: 'unauthorized' | 'operator';
      readonly force: boolean;
      readonly connection: number;
      readonly times: number;
      readonly everySeconds: number;
    }
  /** People use the same refresh token. */
  | { readonly do: 'people ask'; readonly connection: number; readonly times: number }
  /** An operator moves AWSCURRENT back to AWSPREVIOUS by hand. */
  | { readonly do: 'roll back'; readonly connection: number }
  /** An operator stores something else where the token should be. */
  | {
      readonly do: 'overwrite token';
      readonly text: 'garbage' | 'endless token' | 'empty object';
      readonly connection: number;
    }
  | { readonly do: 'test alert' }
  | { readonly do: 'odd event' };

/** A whole run of the simulation. */
export type Script = {
  /** From which latencies and jitter come. */
  readonly chance: number;
  readonly connections: readonly ('salesiq' | 'desk' | 'salesiq-visitor')[];
  /** `set up` has credentials, `empty` waits for its first consent. */
  readonly start: 'set up' | 'empty';
  /** Seconds from a full five minutes to the slots of the schedule. */
  readonly offsetSeconds: number;
  readonly steps: readonly Step[];
};
