/** A stream of numbers from 0 to 1, the same for the same seed. */
export type Random = () => number;

/** Mulberry32: small, fast, and good enough for latencies and outages. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One seed out of several numbers, so that what happens in one place does not change the chances in another. */
export function mixSeeds(...numbers: readonly number[]): number {
  let hash = 2166136261;
  for (const number of numbers) hash = Math.imul(hash ^ (number >>> 0), 16777619) ^ (hash >>> 13);
  return hash >>> 0;
}

/** A number between two limits. */
export function between(random: Random, least: number, most: number): number {
  return least + random() * (most - least);
}
