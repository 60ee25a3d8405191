import fc from 'fast-check';
import { type CallPlace, callPlaces } from './disturbances.ts';
import { faultsOfAws, faultsOfZohoConnection } from './world.ts';

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
  readonly connections: readonly ('salesiq' | 'desk')[];
  /** `set up` has credentials, `empty` waits for its first consent. */
  readonly start: 'set up' | 'empty';
  /** Seconds from a full five minutes to the slots of the schedule. */
  readonly offsetSeconds: number;
  readonly steps: readonly Step[];
};

/** Faults of the token endpoint that look as if only a person could end them. */
export const refusalsOfZoho: readonly string[] = [
  'invalid_client',
  'invalid_client_secret',
  'invalid_code',
  'minted_dead',
  'missing_scope:Desk.calls.READ',
  'missing_scope:SalesIQ.conversations.READ',
  'wrong_prefix:1004.',
];

/** Odd answers of the token endpoint. */
export const answersOfZoho = [
  'invalid_client',
  'invalid_client_secret',
  'invalid_code',
  'general_error',
  'throttle_400',
  'throttle_200',
  'throttle_localised_400',
  'access_denied',
  'echo_secret',
  'echo_secret_error',
  'no_scope',
  'comma_scopes',
  'no_api_domain',
  'foreign_api_domain',
  'no_expires_in',
  'legacy_milliseconds',
  'short_lifetime',
  'long_lifetime',
  'wrong_types',
  'undefined_token',
  'null_token',
  'new_refresh_token',
  'minted_dead',
  'missing_scope:Desk.calls.READ',
  'missing_scope:SalesIQ.conversations.READ',
  'wrong_prefix:1004.',
  'html_200',
  'html_502',
  'http_500',
  'empty_object',
  'empty_body',
  'redirect',
  ...faultsOfZohoConnection,
];
export const answersOfServices = [
  'html_200',
  'html_502',
  'http_500',
  'empty_object',
  'empty_body',
  'redirect',
  'salesiq:1008',
  'salesiq:1009',
  'salesiq:1010',
  'salesiq:1016',
  'desk:INVALID_OAUTH',
  'desk:SCOPE_MISMATCH',
  'desk:OAUTH_ORG_MISMATCH',
  'desk:FORBIDDEN',
  'desk:TOO_MANY_REQUESTS',
  ...faultsOfZohoConnection,
];

const connection = fc.nat({ max: 1 });
const minutes = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 29 }) },
  { weight: 2, arbitrary: fc.integer({ min: 30, max: 120 }) },
  { weight: 1, arbitrary: fc.integer({ min: 120, max: 1_500 }) },
);
const share = fc.constantFrom(1, 1, 1, 0.5);

function faultAt(places: readonly CallPlace[], faults: readonly string[]): fc.Arbitrary<Step> {
  return fc.record({
    do: fc.constant('fault' as const),
    place: fc.constantFrom(...places),
    fault: fc.constantFrom(...faults),
    minutes,
    share,
  });
}

const pass = passOf(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 6 }) },
  { weight: 5, arbitrary: fc.integer({ min: 6, max: 24 }) },
  { weight: 1, arbitrary: fc.integer({ min: 24, max: 150 }) },
);
/** Three of these are one to four weeks: 2,016 to 8,064 slots of five minutes. */
const passDays = passOf(
  { weight: 4, arbitrary: fc.integer({ min: 672, max: 900 }) },
  { weight: 1, arbitrary: fc.integer({ min: 900, max: 2_688 }) },
);

function passOf(...ticks: fc.WeightedArbitrary<number>[]): fc.Arbitrary<Step> {
  return fc.record({ do: fc.constant('pass' as const), ticks: fc.oneof(...ticks) });
}

/** Anything but the going on of time. */
const events: fc.WeightedArbitrary<Step>[] = [
  { weight: 4, arbitrary: faultAt(['token'], answersOfZoho) },
  { weight: 2, arbitrary: faultAt(['probe'], answersOfServices) },
  {
    weight: 2,
    arbitrary: faultAt(
      callPlaces.filter((place) => /^(get|put)/.test(place)),
      faultsOfAws,
    ),
  },
  { weight: 1, arbitrary: faultAt(['publish'], faultsOfAws) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      what: fc.constantFrom(
        'grant' as const,
        'access token' as const,
        'access tokens' as const,
        'client secret' as const,
        'client' as const,
      ),
      connection,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('spoil credentials' as const),
      how: fc.constantFrom(
        'not JSON' as const,
        'a field empty' as const,
        'wrong refresh token' as const,
        'wrong client' as const,
        'narrow consent' as const,
        'other kind of client' as const,
      ),
      connection,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fix' as const), connection }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('deploy' as const),
      change: fc.constantFrom(
        'more scopes' as const,
        'wrong prefix' as const,
        'wrong setting' as const,
        'as it was' as const,
      ),
      connection,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('ticks' as const),
      come: fc.constantFrom(
        'not' as const,
        'twice' as const,
        'late' as const,
        'slowly' as const,
        'far apart twice' as const,
      ),
      count: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('crash' as const),
      call: fc.integer({ min: 1, max: 16 }),
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'cold start' } as const) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('call' as const),
      reason: fc.constantFrom('unauthorized' as const, 'operator' as const),
      force: fc.boolean(),
      connection,
      times: fc.integer({ min: 1, max: 8 }),
      everySeconds: fc.constantFrom(0, 1, 20, 61),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('people ask' as const),
      connection,
      times: fc.integer({ min: 1, max: 12 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('roll back' as const), connection }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('overwrite token' as const),
      text: fc.constantFrom('garbage' as const, 'endless token' as const, 'empty object' as const),
      connection,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'test alert' } as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'odd event' } as const) },
];

/** Dense: something happens every few minutes to hours. */
const hours = fc.array(fc.oneof({ weight: 10, arbitrary: pass }, ...events), {
  minLength: 4,
  maxLength: 45,
  size: 'max',
});
/** Days on which nothing happens between some on which much does; a fault that nobody mends lasts for days, too. */
const weeks = fc
  .tuple(
    fc.array(fc.oneof({ weight: 5, arbitrary: pass }, ...events), {
      minLength: 4,
      maxLength: 20,
      size: 'max',
    }),
    fc.tuple(passDays, passDays, passDays),
  )
  .map(([steps, days]) => [
    ...days.flatMap((day, index) => [
      ...steps.slice((index * steps.length) / 3, ((index + 1) * steps.length) / 3),
      day,
    ]),
  ]);

/** Any script. */
export const scripts: fc.Arbitrary<Script> = fc.record({
  chance: fc.nat({ max: 1_000_000 }),
  connections: fc.constantFrom(
    ['desk' as const],
    ['salesiq' as const],
    ['salesiq' as const, 'desk' as const],
  ),
  start: fc.constantFrom('set up' as const, 'set up' as const, 'set up' as const, 'empty' as const),
  offsetSeconds: fc.nat({ max: 299 }),
  steps: fc.oneof({ weight: 29, arbitrary: hours }, { weight: 1, arbitrary: weeks }),
});
