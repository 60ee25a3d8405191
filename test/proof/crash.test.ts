import { expect, it } from 'vitest';
import { allKills, playKill } from './crash.ts';
import { sideBySide } from './proof.ts';

// A run that has somebody to tell, and one that tells that it is over; `npm run prove -- crash` kills the others, too.
it.each(['failure that opens an incident', 'refresh that resolves an incident'] as const)(
  'a run that is killed with SIGKILL loses nothing, wherever it is killed: %s',
  { timeout: 180_000 },
  async (scenario) => {
    const kills = await allKills([scenario]);
    expect(kills.length).toBeGreaterThan(12);
    const results = await sideBySide(kills, 3, playKill);
    expect(results.filter(({ broken }) => broken.length > 0)).toEqual([]);
    expect(results.map(({ at }) => at)).toContainEqual(expect.stringMatching(/^SNS Publish/));
  },
);
