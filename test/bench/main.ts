import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import process, { arch, platform, stderr, stdout, version } from 'node:process';
import { Command, Option } from 'commander';
import { renderTable, runCommandLine, wholeNumber, writeSection } from '../proof/proof.ts';
import { benchColdStart } from './cold-start.ts';
import { benchCalls, benchCost } from './counted.ts';
import { benchReader } from './reader-day.ts';
import type { BenchOptions, Findings } from './row.ts';
import { benchScale } from './scale.ts';
import { benchStacks } from './twenty-stacks.ts';

/** The parts, in the order of the table; the names are those of the blocks in docs/performance.md. */
const parts: Readonly<Record<string, (options: BenchOptions) => Promise<Findings>>> = {
  'cold-start': benchColdStart,
  calls: benchCalls,
  cost: benchCost,
  scale: benchScale,
  stacks: benchStacks,
  reader: benchReader,
};

/** Fewer runs than this make no median worth a verdict. */
const fewestRuns = 15;

const program = new Command('npm run bench --')
  .description(
    'What the refresher costs, side by side with what it could be: about ten minutes, everything on loopback addresses.\n' +
      'Writes the figures into docs/performance.md.',
  )
  .option('--json', 'print {"rows":[{"name","target","figure","verdict"}]} alone on standard output')
  .addOption(new Option('--only <NAME...>', 'some parts').choices(Object.keys(parts)).default(Object.keys(parts)))
  .option('--runs <N>', 'runs of which a median is taken', wholeNumber, fewestRuns)
  .allowExcessArguments(false)
  .exitOverride()
  .action(run);

async function run({ json, only, runs }: { json?: true; only: string[]; runs: number }): Promise<void> {
  if (!version.startsWith('v24.'))
    throw new Error(`the benchmark is about Node 24, this is ${version}; run it with npm run bench`);
  if (runs < 1) throw new Error('--runs: expected at least one run, found 0');
  const machine = describeMachine();
  const progress = (text: string) => stderr.write(`${text}\n`);
  progress(machine);
  const found = new Map<string, Findings>();
  for (const [name, bench] of Object.entries(parts)) {
    if (only.includes(name)) found.set(name, await bench({ runs, progress }));
  }
  const rows = [...found.values()].flatMap((findings) => findings.rows);
  stdout.write(json ? `${JSON.stringify({ rows })}\n` : asMarkdown({ rows }, machine));
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

await runCommandLine(program);
// One of the libraries that a part loads may leave a timer behind.
process.exit();
