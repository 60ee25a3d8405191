import { argv, exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { renderTable, writeSection } from '../simulation/document.ts';
import { shownDuration, startProgress } from '../simulation/progress.ts';
import { allCells, type CellResult, calls, states } from './matrix/cells.ts';
import { playCells } from './matrix/play-cell.ts';

const help = `npm run fault-matrix: every outbound call x every fault x every state of a connection, with the real bundle over HTTP

  npm run fault-matrix                 all cells, written to docs/reliability.md (a quarter of an hour)
  npm run fault-matrix -- --quick      without the faults that only a time-out ends
  npm run fault-matrix -- --at-once 8  so many cells side by side (default 6)
  npm run fault-matrix -- --print      printed only
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      quick: { type: 'boolean', default: false },
      'at-once': { type: 'string', default: '6' },
      print: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    stdout.write(help);
    return 0;
  }
  const startedAt = performance.now();
  const cells = allCells({ isQuick: values.quick });
  const progress = startProgress('fault matrix', cells.length);
  const results = await playCells(cells, Number(values['at-once']), (done) => progress.show(done));
  progress.end();
  const broken = results.filter((result) => result.broken.length > 0);
  for (const { call, fault, state, broken: what } of broken) {
    stdout.write(`broken: ${call} | ${fault} | ${state}: ${what.join('; ')}\n`);
  }
  const met = results.filter(({ isMet }) => isMet).length;
  const sum = `${cells.length} cells, in ${met} of which the fault was met, ${broken.length} of them broke an invariant (${shownDuration(performance.now() - startedAt)})`;
  stdout.write(`${sum}\n`);
  if (!values.print) writeSection('fault matrix', describe(results, sum));
  return broken.length === 0 ? 0 : 1;
}

function describe(results: readonly CellResult[], sum: string): string {
  const parts = calls.map((call) => {
    const own = results.filter((result) => result.call === call);
    const faults = [...new Set(own.map(({ fault }) => fault))];
    const rows = faults.map((fault) => [
      `\`${fault}\``,
      ...states.map((state) =>
        shownCell(own.find((result) => result.fault === fault && result.state === state)),
      ),
    ]);
    const failures = own.filter(({ broken }) => broken.length > 0).length;
    const title = `${call}: ${own.length} cells, ${failures === 0 ? 'every invariant held' : `${failures} broke an invariant`}`;
    return `<details><summary>${title}</summary>\n\n${renderTable(['fault', ...states], rows)}\n\n</details>`;
  });
  return [`${sum}. \`npm run fault-matrix\``, '', parts.join('\n\n')].join('\n');
}

function shownCell(result: CellResult | undefined): string {
  if (result === undefined) return '-';
  return result.broken.length === 0
    ? `${result.outcome}${result.isMet ? '' : ' (not met)'}`
    : `${result.outcome} **BROKEN ${result.broken.join('; ')}**`;
}

main().then(exit, (fault: unknown) => {
  stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
  exit(2);
});
