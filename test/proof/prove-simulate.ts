import { existsSync, readFileSync } from 'node:fs';
import type { Script } from '../simulation/scripts/draw-steps.ts';
import { play } from '../simulation/scripts/player.ts';
import { describeBreaches, describeFailure, simulate } from '../simulation/simulate.ts';
import { type Prove, type Proved, startProgress } from './proof.ts';

/** Plays random scripts with the real Lambda code in a simulated world, or one script again. */
export const prove: Prove = async ({ runs = 0, seed, only: without, path, replay }) => {
  if (replay !== undefined) return await playAgain(replay, without);
  const simulated = await simulate({ seed, runs, path, without, onScript: startProgress('simulate', runs) });
  const { scripts, ticks, days, medianDays, longestDays, tokenRequests, alerts, failure } = simulated;
  return {
    sum: `${scripts} scripts, ${ticks} ticks, ${days.toFixed(0)} simulated days (the script in the middle ${(24 * medianDays).toFixed(0)} hours, the longest ${longestDays.toFixed(0)} days), ${tokenRequests} token requests, ${alerts} alerts`,
    broken: failure === undefined ? [] : [describeFailure(simulated)],
  };
};

async function playAgain(text: string, without: string | undefined): Promise<Proved> {
  const script = JSON.parse(existsSync(text) ? readFileSync(text, 'utf8') : text) as Script;
  const played = await play(script, { tellStory: true, without });
  const { breaches, story } = played;
  return {
    story,
    sum: `1 script, ${breaches.length} invariants broken`,
    broken: breaches.length === 0 ? [] : [`broken:\n${describeBreaches(played, 0)}`],
  };
}
