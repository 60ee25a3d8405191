import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { arch, argv, exit, platform, stderr, stdout, version } from 'node:process';
import { parseArgs } from 'node:util';
import { renderTable, writeSection } from '../proof/document.ts';
import { benchCalls } from './calls.ts';
import { benchColdStart } from './cold-start.ts';
import { benchCost } from './cost.ts';
import { benchReader } from './reader.ts';
import type { BenchOptions, Findings, Row } from './row.ts';
import { benchScale } from './scale.ts';
import { benchStacks } from './stacks.ts';

/** The parts, in the order of the table; the names are those of the blocks in docs/performance.md. */
const parts: Readonly<Record<string, (options: BenchOptions) => Promise<Findings>>> = {
  'cold-start': benchColdStart,
  calls: benchCalls,
  cost: benchCost,
  scale: benchScale,
  stacks: benchStacks,
  reader: benchReader,
};

const help = `npm run bench: what the refresher costs, side by side with what it could be

  npm run bench                    everything, about ten minutes; writes the figures into docs/performance.md
  npm run bench -- --json          prints {"rows":[{"name","target","figure","verdict"}]} alone on standard output
  npm run bench -- --only NAME     one part: ${Object.keys(parts).join(', ')}; may be repeated
  npm run bench -- --runs N        runs of which a median is taken (default 15)

Needs dist/lambda: npm run build. Everything runs on this machine, on loopback addresses.
`;

/** Fewer runs than this make no median worth a verdict. */
const fewestRuns = 15;

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: Object.keys(parts) },
      runs: { type: 'string', default: String(fewestRuns) },
    },
  });
  if (values.help) {
    stdout.write(help);
    return;
  }
  if (!version.startsWith('v24.'))
    throw new Error(`the benchmark is about Node 24, this is ${version}; run it with npm run bench`);
  const unknown = values.only.find((name) => !Object.hasOwn(parts, name));
  if (unknown !== undefined)
    throw new Error(`--only: expected one of ${Object.keys(parts).join(', ')}, found "${unknown}"`);
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs: expected a number, found "${values.runs}"`);
  const machine = describeMachine();
  const progress = (text: string) => stderr.write(`${text}\n`);
  progress(machine);
  const found = new Map<string, Findings>();
  for (const [name, bench] of Object.entries(parts)) {
    if (values.only.includes(name)) found.set(name, await bench({ runs, progress }));
  }
  const rows = [...found.values()].flatMap((findings) => findings.rows);
  const text = `${machine}\n\n${rows.map(asText).join('\n')}`;
  stdout.write(values.json ? `${JSON.stringify({ rows })}\n` : `${text}\n`);
  if (runs < fewestRuns) {
    progress(`docs/performance.md is left as it is: it takes at least ${fewestRuns} runs`);
    return;
  }
  for (const [name, findings] of found)
    writeSection('performance.md', `bench ${name}`, asMarkdown(findings, machine), '/bench');
}

/** The machine in one line, with how busy it is: a busy one makes times longer, ratios of interleaved runs less so. */
function describeMachine(): string {
  const model = (cpus()[0]?.model ?? 'unknown processor').trim();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const [load = 0] = loadavg();
  return `${model}, ${availableParallelism()} processors, ${gibibytes} GiB, ${platform} ${arch}, Node ${version}, load ${load.toFixed(1)} at the start`;
}

/** A row as two lines: verdict and name, then figure and target. */
function asText({ name, target, figure, verdict }: Row): string {
  const first = target === 'shown' ? 'shown' : verdict === 'met' ? 'met' : 'MISSED';
  return `${first.padEnd(8)}${name}\n        ${figure}${target === 'shown' ? '' : `; target ${target}`}`;
}

/** What docs/performance.md shows of a part: its rows, then the figures behind them. */
function asMarkdown({ rows, document }: Findings, machine: string): string {
  const table = renderTable(
    ['', 'target', 'figure', 'verdict'],
    rows.map(({ name, target, figure, verdict }) =>
      target === 'shown' ? [name, '', figure, ''] : [name, target, figure, verdict === 'met' ? 'met' : '**missed**'],
    ),
  );
  return `\n${[`Measured on: ${machine}.`, table, document].filter(Boolean).join('\n\n')}\n`;
}

main().then(
  // One of the libraries that a part loads may leave a timer behind.
  () => exit(0),
  (fault: Error) => {
    stderr.write(`${fault.message}\n`);
    exit(1);
  },
);
