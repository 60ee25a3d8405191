import fc from 'fast-check';
import { events } from './draw-events.ts';
import type { Script, Step } from './steps.ts';

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
    ['salesiq' as const, 'desk' as const, 'salesiq-visitor' as const],
  ),
  start: fc.constantFrom('set up' as const, 'set up' as const, 'set up' as const, 'empty' as const),
  offsetSeconds: fc.nat({ max: 299 }),
  steps: fc.oneof({ weight: 29, arbitrary: hours }, { weight: 1, arbitrary: weeks }),
});
