import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { type Prove, type Proved, startProgress } from '../proof/proof.ts';
import { type Script, scripts } from './scripts/draw-steps.ts';
import { type Played, play } from './scripts/player.ts';

/** What a number of simulated scripts came to. */
type Simulated = Awaited<ReturnType<typeof simulate>>;

/**
 * Plays random scripts until one breaks an invariant, and shrinks that one.
 *
 * @param options.path - Of an earlier failure: goes straight there.
 * @param options.without - An excuse of the oracle that does not count.
 * @param options.onScript - Called after each script.
 */
export async function simulate(options: {
  seed: number;
  runs: number;
  path?: string | undefined;
  without?: string | undefined;
  onScript?: ((done: number) => void) | undefined;
}) {
  const { seed, runs: numRuns, path, without } = options;
  const sums = { scripts: 0, ticks: 0, days: 0, tokenRequests: 0, alerts: 0 };
  const lengths: number[] = [];
  let hasFailed = false;
  const property = fc.asyncProperty(scripts, async (script) => {
    const played = await play(script, { without });
    if (!hasFailed) {
      sums.scripts += 1;
      for (const key of ['ticks', 'days', 'tokenRequests', 'alerts'] as const) sums[key] += played[key];
      lengths.push(played.days);
      options.onScript?.(sums.scripts);
    }
    hasFailed ||= played.breaches.length > 0;
    return played.breaches.length === 0;
  });
  const details = await fc.check(property, { seed, numRuns, ...(path === undefined ? {} : { path }) });
  const [script]: [Script?] = details.counterexample ?? [];
  lengths.sort((one, other) => one - other);
  return {
    seed,
    ...sums,
    /** Simulated days of the script in the middle, and of the longest. */
    medianDays: lengths[lengths.length >> 1] ?? 0,
    longestDays: lengths.at(-1) ?? 0,
    /** Set if an invariant was broken: the shortest script that breaks it, and how to get there again. */
    failure: script && {
      script,
      played: await play(script, { tellStory: true, without }),
      path: details.counterexamplePath ?? '',
      shrinks: details.numShrinks,
    },
  };
}

/** A failure as somebody wants to read it: what broke, the script, how to play it again, what happened last. */
export function describeFailure({ seed, failure }: Simulated): string {
  if (failure === undefined) return '';
  const { script, played, path, shrinks } = failure;
  return [
    'broken:',
    describeBreaches(played, 40),
    `shortest script (after ${shrinks} shrinks), and two ways to play it again:`,
    `  npm run prove -- simulate --seed ${seed} --path ${path}`,
    `  npm run prove -- simulate --replay '${JSON.stringify(script)}'`,
  ].join('\n');
}

/** What a script broke, and what happened last before; empty if it broke nothing. */
export function describeBreaches({ breaches, story }: Played, lines = 20): string {
  if (breaches.length === 0) return '';
  return [
    ...breaches.map(({ invariant, connection, what }) => `invariant ${invariant} ${connection}: ${what}`),
    ...story.slice(story.length - lines).map((line) => line.slice(0, 400)),
  ].join('\n');
}

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
