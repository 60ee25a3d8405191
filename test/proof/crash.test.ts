import { describe, expect, it } from 'vitest';
import { allKills, playKill, scenarios } from './crash.ts';

describe('a run that is killed with SIGKILL', () => {
  // The scenario with every kind of call; `npm run crash` kills the others, too.
  for (const scenario of scenarios.slice(-1)) {
    it(`loses nothing, wherever it is killed: ${scenario}`, { timeout: 180_000 }, async () => {
      const kills = await allKills([scenario]);
      expect(kills.length).toBeGreaterThan(12);
      const results = await Promise.all(
        [0, 1, 2].map((lane) => playLane(kills.filter((_, index) => index % 3 === lane))),
      );
      expect(results.flat().filter(({ broken }) => broken.length > 0)).toEqual([]);
    });
  }
});

async function playLane(kills: Awaited<ReturnType<typeof allKills>>) {
  const results = [];
  for (const kill of kills) results.push(await playKill(kill));
  return results;
}
