import { describe, expect, it } from 'vitest';
import { describeFailure, simulate } from './simulate.ts';

/** Enough to find a fault in an afternoon's change; `npm run prove -- simulate` plays fifty times as many. */
const runs = 200;
/** The same for everybody, so that a red build is red again; of a hundred seeds the one with the fewest ticks. */
const seed = 20_260_313;

describe('weeks of operation under random faults', () => {
  it(`keep every invariant in ${runs} random scripts`, { timeout: 180_000 }, async () => {
    const simulated = await simulate({ seed, runs });
    expect(describeFailure(simulated)).toBe('');
    expect(simulated.scripts).toBe(runs);
  });
});
