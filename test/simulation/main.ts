import { existsSync, readFileSync } from 'node:fs';
import process, { argv, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { writeSection } from './document.ts';
import { play } from './play.ts';
import { shownDuration, startProgress } from './progress.ts';
import type { Script } from './scripts/steps.ts';
import { describeFailure, simulate } from './simulate.ts';

const help = `npm run simulate: the real Lambda code in a simulated world, under random faults, with invariants checked

  npm run simulate                              10000 scripts, a new seed
  npm run simulate -- --runs 500 --seed 7       so many, from this seed
  npm run simulate -- --seed 7 --path 3:1:0     goes straight to an earlier failure
  npm run simulate -- --write                   writes the figures to docs/reliability.md
  npm run simulate -- --replay SCRIPT           plays one script, JSON or a file of it, and tells the whole story
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      runs: { type: 'string', default: '10000' },
      seed: { type: 'string' },
      path: { type: 'string' },
      replay: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    stdout.write(help);
    return 0;
  }
  if (values.replay !== undefined) return await replay(values.replay);
  const runs = wholeNumber('--runs', values.runs);
  const seed = wholeNumber('--seed', values.seed ?? String(Math.floor(Math.random() * 2 ** 31)));
  stdout.write(`seed ${seed}\n`);
  const startedAt = performance.now();
  const progress = startProgress('simulate', runs);
  const simulated = await simulate({
    seed,
    runs,
    path: values.path,
    onScript: (done) => progress.show(done),
  });
  progress.end();
  const { scripts, ticks, days, medianDays, longestDays, tokenRequests, alerts, failure } = simulated;
  const sum = `${scripts} scripts, ${ticks} ticks, ${days.toFixed(0)} simulated days (the script in the middle ${(24 * medianDays).toFixed(0)} hours, the longest ${longestDays.toFixed(0)} days), ${tokenRequests} token requests, ${alerts} alerts in ${shownDuration(performance.now() - startedAt)}`;
  stdout.write(`${sum}\n`);
  if (values.write) {
    const verdict = failure === undefined ? 'No invariant was broken.' : 'An invariant was broken.';
    writeSection('simulation', `${sum}. ${verdict} \`npm run simulate -- --seed ${seed} --runs ${runs}\``);
  }
  stdout.write(failure === undefined ? 'no invariant was broken\n' : `${describeFailure(simulated)}\n`);
  return failure === undefined ? 0 : 1;
}

async function replay(text: string): Promise<number> {
  const json = existsSync(text) ? readFileSync(text, 'utf8') : text;
  const { breaches, story } = await play(JSON.parse(json) as Script, true);
  stdout.write(`${story.join('\n')}\n`);
  for (const { invariant, connection, what } of breaches) {
    stdout.write(`broken: invariant ${invariant} ${connection}: ${what}\n`);
  }
  if (breaches.length === 0) stdout.write('no invariant was broken\n');
  return breaches.length === 0 ? 0 : 1;
}

function wholeNumber(option: string, value: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new Error(`${option}: expected a whole number, found "${value}"`);
}

// Not `exit()`: it would cut a long story off where the output is a pipe.
try {
  process.exitCode = await main();
} catch (fault) {
  stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
  process.exitCode = 2;
}
