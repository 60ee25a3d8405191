import { describe, expect, it } from 'vitest';
import { allCells, calls, isSlow } from './matrix/cells.ts';
import { playCell } from './matrix/play-cell.ts';
import { sideBySide, spread } from './proof.ts';

/** Each call under a few faults in one state; `npm run prove -- fault-matrix` plays all of them in all states. */
const perCall = 3;

describe('a refresh that is due', () => {
  it.each(calls)('keeps every invariant under faults of %s', { timeout: 120_000 }, async (call) => {
    const all = allCells().filter((cell) => cell.call === call && cell.state === 'due' && !isSlow(cell));
    const cells = [
      ...new Set([...spread(all, perCall), ...all.filter(({ fault }) => fault === 'throttle_localised_400')]),
    ];
    const results = await sideBySide(cells, perCall, playCell);
    expect(results.filter(({ broken }) => broken.length > 0)).toEqual([]);
  });
});
