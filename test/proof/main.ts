import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import process, { stdout } from 'node:process';
import { Command, Option } from 'commander';
import { runCommandLine, wholeNumber } from './command-line.ts';
import { writeSection } from './document.ts';
import { type ProofOptions, type Prove, shownDuration } from './proof.ts';

type Entry = {
  readonly does: string;
  /** What each option means to it; it refuses the others. */
  readonly takes: Readonly<Partial<Record<keyof ProofOptions, string>>>;
  /** Default of `--runs`; everything there is if left out. */
  readonly runs?: number;
  /** Default of `--seed`; another one on every run if left out. */
  readonly seed?: number;
  readonly needsBundle?: true;
  readonly load: () => Promise<{ prove: Prove }>;
};

const anySeed = 'of what is drawn at random; default another one each time';

const proofs: Readonly<Record<string, Entry>> = {
  simulate: {
    does: 'weeks of operation in a simulated world, under random faults, with every invariant checked',
    takes: {
      runs: 'scripts',
      seed: anySeed,
      only: 'an excuse of the oracle, which does not count then: is there a script that needs it?',
      path: 'straight to an earlier failure, with its --seed',
      replay: 'one script, JSON or a file of it, with the whole story',
    },
    runs: 10_000,
    load: () => import('../simulation/simulate.ts'),
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
    load: () => import('./crash.ts'),
  },
  availability: {
    does: 'the same month under this system and under what people do instead',
    takes: { runs: 'days', seed: 'of what is drawn at random' },
    runs: 30,
    seed: 1,
    load: () => import('../simulation/availability/availability.ts'),
  },
  fuzz: {
    does: 'every parser under bent, cut and random inputs',
    takes: {
      runs: 'inputs',
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
    takes: { runs: 'minutes' },
    runs: 60,
    needsBundle: true,
    load: () => import('./soak-verdict.ts'),
  },
};

const program = new Command('npm run prove --')
  .description('The long proofs behind docs/reliability.md. NAME --help says what the options mean to each of them.')
  .configureHelp({ subcommandTerm: (command) => command.name() })
  .helpCommand(false)
  .addHelpText(
    'after',
    '\nDetails go to dist/proof/NAME.md. Exit code 1 if something broke, 2 if the proof could not run.',
  )
  .exitOverride();

for (const [name, entry] of Object.entries(proofs)) {
  const command = program.command(name).description(entry.does).allowExcessArguments(false);
  for (const [option, meaning] of Object.entries(entry.takes)) {
    const isNumber = option === 'runs' || option === 'seed';
    const added = new Option(`--${option} <${isNumber ? 'N' : 'TEXT'}>`, meaning);
    if (isNumber) added.argParser(wholeNumber).default(entry[option]);
    command.addOption(added);
  }
  command.option('--write', 'write the figures into docs/reliability.md');
  command.action((options: Partial<ProofOptions> & { write?: true }) => run(name, entry, options));
}

async function run(name: string, entry: Entry, options: Partial<ProofOptions> & { write?: true }): Promise<void> {
  if (entry.needsBundle === true) build();
  const { prove } = await entry.load();
  const { runs, only, path, replay, seed = Math.floor(Math.random() * 2 ** 31) } = options;
  const isRandom = entry.takes.seed !== undefined;
  if (isRandom) stdout.write(`seed ${seed}\n`);
  const startedAt = performance.now();
  const { story = [], sum, broken, figures = '', details } = await prove({ runs, seed, only, path, replay });
  const line = `${sum}, in ${shownDuration(performance.now() - startedAt)}`;
  stdout.write(`${[...story, ...broken, line].join('\n')}\n`);
  if (details !== undefined) {
    // A folder that git ignores.
    mkdirSync('dist/proof', { recursive: true });
    writeFileSync(`dist/proof/${name}.md`, `${line}\n\n${details.trim()}\n`);
    stdout.write(`details: dist/proof/${name}.md\n`);
  }
  if (options.write === true) {
    const given = Object.entries({ seed: isRandom ? seed : undefined, runs, only: only && `"${only}"` });
    const parameters = given.flatMap(([option, value]) => (value === undefined ? [] : [` --${option} ${value}`]));
    const verdict = broken.length === 0 ? 'Nothing broke.' : `Broken: ${broken.length}.`;
    const command = `npm run prove -- ${name}${parameters.join('')}`;
    writeSection('reliability.md', name, `${line}. ${verdict} \`${command}\`\n\n${figures}`.trim());
  }
  process.exitCode = broken.length === 0 ? 0 : 1;
}

function build(): void {
  const { status } = spawnSync('npm', ['run', '--ignore-scripts', 'build'], {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('the bundle could not be built; the message stands above');
}

// Not `exit()`: it would cut a long story off where the output is a pipe.
await runCommandLine(program);
