import type { Breach } from './oracle/notebook.ts';
import { Player } from './scripts/player.ts';
import type { Script } from './scripts/steps.ts';

/** What became of a script. */
export type Played = {
  readonly breaches: readonly Breach[];
  /** What was simulated. */
  readonly ticks: number;
  readonly days: number;
  readonly tokenRequests: number;
  readonly alerts: number;
  /** The longest time that apps had an expired token. */
  readonly longestLossMinutes: number;
  /** The most versions of one token secret in any 24 hours. */
  readonly mostWritesPerDay: number;
  readonly story: readonly string[];
};

/**
 * Plays a script from the first tick to a quiet end, under the eyes of the oracle.
 *
 * At the end every fault is over and every human has done their work, and ticks go on: then all must be well.
 *
 * @param tellStory - Keeps what happened as readable lines; costs time.
 */
export async function play(script: Script, tellStory = false): Promise<Played> {
  const player = new Player(script, tellStory);
  const realNow = performance.now;
  // What the Lambda times, such as its patience with a throttled write, passes in virtual time, too.
  performance.now = () => player.now();
  try {
    return await player.play();
  } finally {
    performance.now = realNow;
  }
}
