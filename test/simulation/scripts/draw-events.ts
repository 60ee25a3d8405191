import fc from 'fast-check';
import { type CallPlace, callPlaces } from '../world/disturbances.ts';
import { faultsOfAws } from '../world/world-faults.ts';
import { answersOfServices, answersOfZoho } from './odd-answers.ts';
import type { Step } from './steps.ts';

const connection = fc.nat({ max: 2 });
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
    connection: fc.option(connection, { nil: undefined }),
  });
}

/** Anything but the going on of time. */
export const events: fc.WeightedArbitrary<Step>[] = [
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
