import { argv, exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { renderTable, writeSection } from '../simulation/document.ts';
import { shownDuration, startProgress } from '../simulation/progress.ts';
import { feedOne, fuzz, inputOf, longestAnswerMilliseconds } from './fuzz.ts';
import { targets } from './targets.ts';

const help = `npm run fuzz: every parser under bent, cut and random inputs

  npm run fuzz                                     a million inputs, a new seed, written to docs/reliability.md
  npm run fuzz -- --inputs 5000000 --seed 7        so many, from this seed
  npm run fuzz -- --seed 7 --target events --index 42   shows one input and what becomes of it
`;

function main(): number {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      inputs: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      target: { type: 'string' },
      index: { type: 'string' },
      print: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    stdout.write(help);
    return 0;
  }
  const seed = Number(values.seed);
  if (values.target !== undefined) return showOne(values.target, seed, Number(values.index));
  stdout.write(`seed ${seed}\n`);
  const inputs = Number(values.inputs);
  const startedAt = performance.now();
  const progress = startProgress('fuzz', inputs);
  const results = fuzz(seed, inputs, (done) => progress.show(done));
  progress.end();
  for (const { failure } of results) {
    if (failure === undefined) continue;
    stdout.write(
      `broken: ${failure.target} ${failure.index}: ${failure.fault.message}\n  npm run fuzz -- --seed ${seed} --target '${failure.target}' --index ${failure.index}\n`,
    );
  }
  const failures = results.filter(({ failure }) => failure !== undefined).length;
  const total = results.reduce((sum, result) => sum + result.inputs, 0);
  const sum = `${total} inputs, ${failures} of ${results.length} parsers broke a promise (${shownDuration(performance.now() - startedAt)})`;
  stdout.write(`${sum}\n`);
  const table = renderTable(
    ['parser', 'inputs', 'slowest (ms)', 'broken promises'],
    results.map(({ target, inputs: count, slowestMilliseconds, failure }) => [
      target,
      count,
      Number(slowestMilliseconds.toFixed(1)),
      failure === undefined ? 0 : 1,
    ]),
  );
  if (!values.print)
    writeSection('fuzz', `${sum}. \`npm run fuzz -- --inputs ${inputs} --seed ${seed}\`\n\n${table}`);
  return failures === 0 ? 0 : 1;
}

function showOne(name: string, seed: number, index: number): number {
  const target = targets.find((known) => known.name === name);
  if (target === undefined)
    throw new Error(`--target: expected one of ${targets.map((known) => known.name).join(', ')}`);
  const input = inputOf(target, seed, index);
  const { fault, milliseconds } = feedOne(target, input, seed, index);
  stdout.write(
    `${JSON.stringify(input)}\n${fault?.message ?? 'no promise broken'}, ${milliseconds.toFixed(1)} ms\n`,
  );
  return fault === undefined && milliseconds <= longestAnswerMilliseconds ? 0 : 1;
}

try {
  exit(main());
} catch (fault) {
  stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
  exit(2);
}
