import { renderTable } from './document.ts';
import { allCells, type CellResult, calls, states } from './matrix/cells.ts';
import { playCells } from './matrix/play-cell.ts';
import { startProgress } from './progress.ts';
import { matching, type Prove, spread } from './proof.ts';

/** Most of a cell's time is waiting. */
const cellsAtOnce = 6;

/** Plays every outbound call x every fault x every state of a connection, with the real bundle over HTTP. */
export const prove: Prove = async ({ runs, only }) => {
  const wanted = matching(allCells({ isQuick: false }), only, ({ call, fault, state }) => [call, fault, state]);
  const cells = spread(wanted, runs);
  const progress = startProgress('fault matrix', cells.length);
  const results = await playCells(cells, cellsAtOnce, (done) => progress.show(done));
  progress.end();
  const broken = results.filter((result) => result.broken.length > 0);
  const played = calls.filter((call) => results.some((result) => result.call === call));
  return {
    sum: `${cells.length} cells, in ${results.filter(({ isMet }) => isMet).length} of which the fault was met`,
    broken: broken.map(
      ({ call, fault, state, broken: what }) => `broken: ${call} | ${fault} | ${state}: ${what.join('; ')}`,
    ),
    figures: renderTable(
      ['call', 'faults', 'cells', 'met', 'broke an invariant'],
      played.map((call) => {
        const own = results.filter((result) => result.call === call);
        const faults = new Set(own.map(({ fault }) => fault)).size;
        const met = own.filter(({ isMet }) => isMet).length;
        return [call, faults, own.length, met, own.filter((result) => result.broken.length > 0).length];
      }),
    ),
    details: played.map((call) => describe(call, results)).join('\n\n'),
  };
};

function describe(call: string, results: readonly CellResult[]): string {
  const own = results.filter((result) => result.call === call);
  const rows = [...new Set(own.map(({ fault }) => fault))].map((fault) => [
    `\`${fault}\``,
    ...states.map((state) => shown(own.find((result) => result.fault === fault && result.state === state))),
  ]);
  return `## ${call}\n\n${renderTable(['fault', ...states], rows)}`;
}

function shown(result: CellResult | undefined): string {
  if (result === undefined) return '-';
  const { outcome, isMet, broken } = result;
  return `${outcome}${isMet ? '' : ' (not met)'}${broken.length === 0 ? '' : ` **BROKEN ${broken.join('; ')}**`}`;
}
