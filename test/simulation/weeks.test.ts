import { describe, expect, it } from 'vitest';
import { describeFailure, simulate } from './simulate.ts';

/** Enough to find a fault in an afternoon's change; `npm run prove -- simulate` plays twenty times as many. */
const runs = 500;
/**
 * The same for everybody, so that a red build is red again; the long run takes a new one each time. Of a hundred seeds the
 * one whose 500 scripts have the fewest ticks, ten scripts of weeks among them: `npm test` must be over in three minutes.
 */
const seed = 20_260_313;

describe('weeks of operation under random faults', () => {
  it(`keep every invariant in ${runs} random scripts`, { timeout: 180_000 }, async () => {
    const simulated = await simulate({ seed, runs });
    expect(describeFailure(simulated)).toBe('');
    expect(simulated.scripts).toBe(runs);
  });
});
