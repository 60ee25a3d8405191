import { describe, expect, it } from 'vitest';
import { allKills, playKill } from './crash.ts';

describe('a run that is killed with SIGKILL', () => {
  // A run that has somebody to tell, and one that tells that it is over; `npm run prove -- crash` kills the others, too.
  for (const scenario of ['failure that opens an incident', 'refresh that resolves an incident'] as const) {
    it(`loses nothing, wherever it is killed: ${scenario}`, { timeout: 180_000 }, async () => {
      const kills = await allKills([scenario]);
      expect(kills.length).toBeGreaterThan(12);
      const results = await Promise.all(
        [0, 1, 2].map((lane) => playLane(kills.filter((_, index) => index % 3 === lane))),
      );
      expect(results.flat().filter(({ broken }) => broken.length > 0)).toEqual([]);
      expect(results.flat().map(({ at }) => at)).toContainEqual(expect.stringMatching(/^SNS Publish/));
    });
  }
});

async function playLane(kills: Awaited<ReturnType<typeof allKills>>) {
  const results = [];
  for (const kill of kills) results.push(await playKill(kill));
  return results;
}
