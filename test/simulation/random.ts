import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of numbers from 0 to 1, the same for the same seeds. */
export type Random = () => number;

/** @param seeds - Several, so that what happens in one place does not change the chances in another. */
export function createRandom(...seeds: readonly number[]): Random {
  const mixed = seeds.reduce((before, seed) => xoroshiro128plus(before ^ seed).next(), 0);
  const generator = xoroshiro128plus(mixed);
  return () => uniformFloat64(generator);
}

/** A number between two limits. */
export function between(random: Random, least: number, most: number): number {
  return least + random() * (most - least);
}
