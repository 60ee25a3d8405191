import { allCells, calls, states } from './matrix/cells.ts';
import { type CellResult, playCell } from './matrix/play-cell.ts';
import { matching, type Prove, renderTable, sideBySide, spread, startProgress } from './proof.ts';

const cellsAtOnce = 6;

/** Plays every outbound call x every fault x every state of a connection, with the real bundle over HTTP. */
export const prove: Prove = async ({ runs, only }) => {
  const wanted = matching(allCells(), only, ({ call, fault, state }) => [call, fault, state]);
  const cells = spread(wanted, runs);
  const results = await sideBySide(cells, cellsAtOnce, playCell, startProgress('fault matrix', cells.length));
  const brokenOf = (some: readonly CellResult[]) => some.filter(({ broken }) => broken.length > 0);
  const metOf = (some: readonly CellResult[]) => some.filter(({ isMet }) => isMet).length;
  const played = calls.flatMap((call) => {
    const own = results.filter((result) => result.call === call);
    return own.length === 0 ? [] : [{ call, own, faults: [...new Set(own.map(({ fault }) => fault))] }];
  });
  return {
    sum: `${cells.length} cells, in ${metOf(results)} of which the fault was met`,
    broken: brokenOf(results).map(
      ({ call, fault, state, broken }) => `broken: ${call} | ${fault} | ${state}: ${broken.join('; ')}`,
    ),
    figures: renderTable(
      ['call', 'faults', 'cells', 'met', 'broke an invariant'],
      played.map(({ call, own, faults }) => [call, faults.length, own.length, metOf(own), brokenOf(own).length]),
    ),
    details: played
      .map(({ call, own, faults }) => {
        const shownIn = (fault: string) =>
          states.map((state) => shown(own.find((result) => result.fault === fault && result.state === state)));
        const rows = faults.map((fault) => [`\`${fault}\``, ...shownIn(fault)]);
        return `## ${call}\n\n${renderTable(['fault', ...states], rows)}`;
      })
      .join('\n\n'),
  };
};

function shown(result: CellResult | undefined): string {
  if (result === undefined) return '-';
  const { outcome, isMet, broken } = result;
  return `${outcome}${isMet ? '' : ' (not met)'}${broken.length === 0 ? '' : ` **BROKEN ${broken.join('; ')}**`}`;
}
