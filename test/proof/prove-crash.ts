import { allKills, type KillResult, playKill, scenarios } from './crash.ts';
import { renderTable } from './document.ts';
import { matching, type Prove, sideBySide, spread, startProgress } from './proof.ts';

/** Kills the real bundle at each of its outbound calls, before and after the call takes effect. */
export const prove: Prove = async ({ runs, only }) => {
  const wanted = matching(scenarios, only, (scenario) => [scenario]);
  const kills = spread(await allKills(wanted), runs);
  const results = await sideBySide(kills, 1, playKill, startProgress('kills', kills.length));
  const isBroken = ({ broken }: KillResult) => broken.length > 0;
  const isRepeated = ({ alerts }: KillResult) =>
    alerts.filter((state) => state === 'open' || state === 'resolved').length > 2;
  return {
    sum: `${kills.length} kills`,
    broken: results
      .filter(isBroken)
      .map(
        ({ scenario, call, at, when, broken }) =>
          `broken: ${scenario}, call ${call} (${at}), ${when}: ${broken.join('; ')}`,
      ),
    figures: renderTable(
      ['killed while it does', 'kills', 'broke an invariant', 'repeated an alert'],
      wanted.map((scenario) => {
        const own = results.filter((result) => result.scenario === scenario);
        return [scenario, own.length, own.filter(isBroken).length, own.filter(isRepeated).length];
      }),
    ),
  };
};
