import fc from 'fast-check';
import { callPlaces } from '../world/disturbances.ts';
import { faultsOf } from '../world/world-faults.ts';

const connection = fc.nat({ max: 2 });
const minutes = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 29 }) },
  { weight: 2, arbitrary: fc.integer({ min: 30, max: 120 }) },
  { weight: 1, arbitrary: fc.integer({ min: 120, max: 1_500 }) },
);

/** A kind of step, with the arbitraries of what it needs, and how often it is drawn beside the others. */
function step<const Name extends string, T extends object>(
  weight: number,
  name: Name,
  fields: { [Key in keyof T]: fc.Arbitrary<T[Key]> },
) {
  type Drawn = { readonly do: Name } & { readonly [Key in keyof T]: T[Key] };
  return { weight, arbitrary: fc.record<T>(fields).map((drawn) => ({ do: name, ...drawn }) as Drawn) };
}

/** Calls fail from now on for a while; `share` is how many of them, 0 to 1. */
function faultAt(weight: number, place: RegExp, faults: readonly string[]) {
  return step(weight, 'fault', {
    place: fc.constantFrom(...callPlaces.filter((each) => place.test(each))),
    fault: fc.constantFrom(...faults),
    minutes,
    share: fc.constantFrom(1, 1, 1, 0.5),
    connection: fc.option(connection, { nil: undefined }),
  });
}

/** Anything but the going on of time. */
const events = [
  faultAt(4, /^token/, faultsOf.token),
  faultAt(2, /^probe/, faultsOf.probe),
  faultAt(2, /^(get|put)/, faultsOf.aws),
  faultAt(1, /^publish/, faultsOf.aws),
  // Somebody ends something at Zoho.
  step(2, 'end', {
    what: fc.constantFrom('grant', 'access token', 'access tokens', 'client secret', 'client'),
    connection,
  }),
  // Somebody stores credentials that cannot work.
  step(1, 'spoil credentials', {
    how: fc.constantFrom(
      'not JSON',
      'a field empty',
      'wrong refresh token',
      'wrong client',
      'narrow consent',
      'other kind of client',
    ),
    connection,
  }),
  // A human puts a connection right: new consent, right configuration, nothing withheld.
  step(3, 'fix', { connection }),
  step(1, 'deploy', {
    change: fc.constantFrom('more scopes', 'wrong prefix', 'wrong setting', 'as it was'),
    connection,
  }),
  // The next ticks do not come as they should.
  step(3, 'ticks', {
    come: fc.constantFrom('not', 'twice', 'late', 'slowly', 'far apart twice'),
    count: fc.integer({ min: 1, max: 6 }),
  }),
  // A run is killed at one of its calls.
  step(2, 'crash', { call: fc.integer({ min: 1, max: 16 }), when: fc.constantFrom('before', 'after') }),
  step(1, 'cold start', {}),
  // Apps or operators call between the ticks.
  step(2, 'call', {
    reason: fc.constantFrom('unauthorized', 'operator'),
    force: fc.boolean(),
    connection,
    times: fc.integer({ min: 1, max: 8 }),
    everySeconds: fc.constantFrom(0, 1, 20, 61),
  }),
  // People use the same refresh token.
  step(1, 'people ask', { connection, times: fc.integer({ min: 1, max: 12 }) }),
  // An operator moves AWSCURRENT back to AWSPREVIOUS, or stores something else where the token should be.
  step(1, 'roll back', { connection }),
  step(1, 'overwrite token', {
    text: fc.constantFrom('garbage', 'endless token', 'empty object'),
    connection,
  }),
  step(1, 'test alert', {}),
  step(1, 'odd event', {}),
] as const;

/** The schedule goes on for so many slots of five minutes. */
const passing = (weight: number, ...ticks: readonly (readonly [weight: number, min: number, max: number])[]) =>
  step(weight, 'pass', {
    ticks: fc.oneof(...ticks.map(([each, min, max]) => ({ weight: each, arbitrary: fc.integer({ min, max }) }))),
  });
/** Three of these are one to four weeks: 2,016 to 8,064 slots of five minutes. */
const { arbitrary: passDays } = passing(1, [4, 672, 900], [1, 900, 2_688]);

const some = (maxLength: number, passWeight: number) =>
  fc.array(fc.oneof(passing(passWeight, [6, 1, 6], [5, 6, 24], [1, 24, 150]), ...events), {
    minLength: 4,
    maxLength,
    size: 'max',
  });
/** Dense: something happens every few minutes to hours. */
const hours = some(45, 10);
/** Days on which nothing happens between some on which much does; a fault that nobody mends lasts for days, too. */
const weeks = fc
  .tuple(some(20, 5), fc.tuple(passDays, passDays, passDays))
  .map(([steps, days]) =>
    days.flatMap((day, index) => [...steps.slice((index * steps.length) / 3, ((index + 1) * steps.length) / 3), day]),
  );

/** A whole run of the simulation; plain JSON, so that it can be kept and played again. */
export const scripts = fc.record({
  /** From which latencies and jitter come. */
  chance: fc.nat({ max: 1_000_000 }),
  connections: fc.constantFrom<readonly string[]>(
    ['desk'],
    ['salesiq'],
    ['salesiq', 'desk'],
    ['salesiq', 'desk', 'salesiq-visitor'],
  ),
  /** `set up` has credentials, `empty` waits for its first consent. */
  start: fc.constantFrom('set up', 'set up', 'set up', 'empty'),
  /** Seconds from a full five minutes to the slots of the schedule. */
  offsetSeconds: fc.nat({ max: 299 }),
  steps: fc.oneof({ weight: 29, arbitrary: hours }, { weight: 1, arbitrary: weeks }),
});

type Drawn<A> = A extends fc.Arbitrary<infer T> ? T : never;
export type Script = Drawn<typeof scripts>;
/** One thing that happens to the system. */
export type Step = Script['steps'][number];
export type StepOf<Name extends Step['do']> = Extract<Step, { do: Name }>;

/** Ticks go by. */
export const pass = (ticks: number): Step => ({ do: 'pass', ticks });

/** A fault for so many minutes, of all connections and calls unless more is said. */
export function fault(
  place: StepOf<'fault'>['place'],
  name: string,
  minutes: number,
  more: Partial<StepOf<'fault'>> = {},
): StepOf<'fault'> {
  return { do: 'fault', place, fault: name, minutes, share: 1, connection: undefined, ...more };
}

/** A script written by hand: one connection that is set up, unless more is said. */
export function script(steps: readonly Step[], more: Partial<Script> = {}): Script {
  return { chance: 0, connections: ['desk'], start: 'set up', offsetSeconds: 0, steps: [...steps], ...more };
}
