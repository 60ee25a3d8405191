import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import process, { argv, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { writeSection } from './document.ts';
import { type ProofOptions, type Prove, shownDuration } from './proof.ts';

const optionNames = ['runs', 'seed', 'only', 'path', 'replay'] as const;

type Entry = {
  readonly does: string;
  /** What each option means to it; it refuses the others. */
  readonly takes: Readonly<Partial<Record<(typeof optionNames)[number], string>>>;
  /** Default of `--runs`; everything there is if left out. */
  readonly runs?: number;
  /** Default of `--seed`; another one on every run if left out. */
  readonly seed?: number;
  readonly needsBundle?: true;
  readonly load: () => Promise<{ prove: Prove }>;
};

const anySeed = 'default another one each time';

const proofs: Readonly<Record<string, Entry>> = {
  simulate: {
    does: 'weeks of operation in a simulated world, under random faults, with every invariant checked',
    takes: {
      runs: 'scripts; default 10000',
      seed: anySeed,
      only: 'an excuse of the oracle, which does not count then: is there a script that needs it?',
      path: 'straight to an earlier failure, with its --seed',
      replay: 'one script, JSON or a file of it, with the whole story',
    },
    runs: 10_000,
    load: () => import('./prove-simulate.ts'),
  },
  'fault-matrix': {
    does: 'every outbound call x every fault x every state of a connection, with the real bundle over HTTP',
    takes: { runs: 'cells; default all', only: 'a call, a fault or a state, e.g. "Desk probe"' },
    needsBundle: true,
    load: () => import('./prove-fault-matrix.ts'),
  },
  crash: {
    does: 'the real bundle in a process of its own, killed with SIGKILL at each of its outbound calls',
    takes: { runs: 'kills; default all', only: 'a scenario, e.g. "throttle answer"' },
    needsBundle: true,
    load: () => import('./prove-crash.ts'),
  },
  availability: {
    does: 'the same month under this system and under what people do instead',
    takes: { runs: 'days; default 30', seed: 'default 1' },
    runs: 30,
    seed: 1,
    load: () => import('./prove-availability.ts'),
  },
  fuzz: {
    does: 'every parser under bent, cut and random inputs',
    takes: {
      runs: 'inputs; default 1000000',
      seed: anySeed,
      only: 'a parser, e.g. events',
      path: 'straight to an earlier failure, with its --seed and --only',
    },
    runs: 1_000_000,
    load: () => import('./prove-fuzz.ts'),
  },
  mutate: {
    does: 'the pure files of the Lambda changed one place at a time: which changes do the unit tests notice?',
    takes: { only: 'a file, e.g. lambda/event.ts' },
    load: () => import('./prove-mutate.ts'),
  },
  soak: {
    does: 'npm start with a tick every second, read by apps all the while and watched from outside',
    takes: { runs: 'minutes; default 60' },
    runs: 60,
    needsBundle: true,
    load: () => import('./prove-soak.ts'),
  },
};

const help = `npm run prove -- NAME [options]: the long proofs behind docs/reliability.md

${Object.entries(proofs)
  .map(([name, { does }]) => `  ${name.padEnd(14)}${does}`)
  .join('\n')}

  --runs N         how much: scripts, cells, kills, days, inputs or minutes
  --seed N         of what is drawn at random
  --only TEXT      only what has this in its name
  --path PATH      straight to an earlier failure
  --replay SCRIPT  one script of the simulation
  --write          write the figures into docs/reliability.md
  --help           after a NAME: what these options mean to that proof

Details go to dist/proof/NAME.md. Exit code 1 if something broke, 2 if the proof could not run.
`;

function helpOf(name: string, { does, takes }: Entry): string {
  const options = Object.entries({ ...takes, write: 'write the figures into docs/reliability.md' });
  const lines = options.map(([option, text]) => `  --${option.padEnd(9)}${text}`);
  return `npm run prove -- ${name}: ${does}\n\n${lines.join('\n')}\n`;
}

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({
    args: argv.slice(2),
    allowPositionals: true,
    options: { runs: text, seed: text, only: text, path: text, replay: text, write: flag, help: flag },
  });
  const name = positionals.join(' ');
  const entry = Object.hasOwn(proofs, name) ? proofs[name] : undefined;
  if (values.help && (name === '' || entry !== undefined)) {
    stdout.write(entry === undefined ? help : helpOf(name, entry));
    return 0;
  }
  if (entry === undefined) throw new Error(`${name === '' ? '' : `unknown proof "${name}"\n\n`}${help}`);
  const foreign = optionNames.find((option) => values[option] !== undefined && entry.takes[option] === undefined);
  if (foreign !== undefined) throw new Error(`${name} takes no --${foreign}: npm run prove -- ${name} --help`);
  const { runs, seed, only, path, replay } = values;
  return await run(name, entry, values.write, {
    runs: wholeNumber('--runs', runs) ?? entry.runs,
    seed: wholeNumber('--seed', seed) ?? entry.seed ?? Math.floor(Math.random() * 2 ** 31),
    only,
    path,
    replay,
  });
}

async function run(name: string, entry: Entry, isWritten: boolean, options: ProofOptions): Promise<number> {
  if (entry.needsBundle === true) build();
  const { prove } = await entry.load();
  const seed = entry.takes.seed === undefined ? undefined : options.seed;
  if (seed !== undefined) stdout.write(`seed ${seed}\n`);
  const startedAt = performance.now();
  const { story = [], sum, broken, figures = '', details } = await prove(options);
  const line = `${sum}, in ${shownDuration(performance.now() - startedAt)}`;
  stdout.write(`${[...story, ...broken, line].join('\n')}\n`);
  if (details !== undefined) {
    // A folder that git ignores.
    mkdirSync('dist/proof', { recursive: true });
    writeFileSync(`dist/proof/${name}.md`, `${line}\n\n${details.trim()}\n`);
    stdout.write(`details: dist/proof/${name}.md\n`);
  }
  if (isWritten) {
    const given = Object.entries({ seed, runs: options.runs, only: options.only && `"${options.only}"` });
    const parameters = given.flatMap(([option, value]) => (value === undefined ? [] : [` --${option} ${value}`]));
    const verdict = broken.length === 0 ? 'Nothing broke.' : `Broken: ${broken.length}.`;
    const command = `npm run prove -- ${name}${parameters.join('')}`;
    writeSection('reliability.md', name, `${line}. ${verdict} \`${command}\`\n\n${figures}`.trim());
  }
  return broken.length === 0 ? 0 : 1;
}

function build(): void {
  const { status } = spawnSync('npm', ['run', '--ignore-scripts', 'build'], {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('the bundle could not be built; the message stands above');
}

function wholeNumber(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new Error(`${option}: expected a whole number, found "${value}"`);
}

// Not `exit()`: it would cut a long story off where the output is a pipe.
try {
  process.exitCode = await main();
} catch (fault) {
  stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
  process.exitCode = 2;
}
