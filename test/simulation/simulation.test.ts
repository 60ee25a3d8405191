import { describe, expect, it } from 'vitest';
import { judgedAs } from '../../local/faults/zoho-faults.ts';
import { isForOperator } from '../proof/matrix/cells.ts';
import { fault, pass, script } from './scripts/draw-steps.ts';
import { play } from './scripts/player.ts';
import { describeBreaches } from './simulate.ts';
import { faultsOf } from './world/disturbances.ts';

/** A fault that lasts for 16 or 29 minutes, from any point of a token's life. */
async function playShortly(name: string): Promise<number[]> {
  const losses: number[] = [];
  for (const minutes of [16, 29]) {
    for (const phase of [0, 1, 2, 3]) {
      const played = await play(
        script([pass(9 + phase), fault('token', name, minutes), pass(24)], {
          chance: 7 * phase + 1,
          connections: ['salesiq', 'desk'],
          offsetSeconds: (83 * phase) % 300,
        }),
      );
      expect(describeBreaches(played)).toBe('');
      losses.push(played.longestLossMinutes);
    }
  }
  return losses;
}

describe('a fault of Zoho shorter than 30 minutes', () => {
  const isRefusal = (name: string) => name !== 'refuse' && isForOperator(judgedAs(name));

  it.each(faultsOf.token.filter((name) => !isRefusal(name)))('is never seen by an app: %s', async (name) => {
    expect(Math.max(...(await playShortly(name)))).toBe(0);
  });

  // The table of failure codes tries 10 and 40 minutes after the first: longer than the life that may be left.
  it.each(faultsOf.token.filter(isRefusal))(
    'costs apps one tick and its lateness at most if it looks as if a person had to end it: %s',
    async (name) => {
      expect(Math.max(...(await playShortly(name)))).toBeLessThan(6);
    },
  );
});
