import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import process, { argv, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { writeSection } from './document.ts';
import { shownDuration } from './progress.ts';
import { type ProofOptions, type Prove, writeDetails } from './proof.ts';

type Entry = {
  readonly does: string;
  /** What `--runs` counts; left out if the proof is always whole. */
  readonly counts?: string;
  /** Default of `--runs`; left out for everything there is. */
  readonly runs?: number;
  /** Default of `--seed`: `new` for another one on every run; left out if the proof draws nothing at random. */
  readonly seed?: number | 'new';
  /** What `--only` names, with an example. */
  readonly only?: string;
  readonly needsBundle?: true;
  /** What the other options that it knows do. */
  readonly more?: { readonly path?: string; readonly replay?: string };
  readonly load: () => Promise<{ prove: Prove }>;
};

const proofs: Readonly<Record<string, Entry>> = {
  simulate: {
    does: 'weeks of operation in a simulated world, under random faults, with every invariant checked',
    counts: 'scripts',
    runs: 10_000,
    seed: 'new',
    more: {
      path: 'straight to an earlier failure, with its --seed',
      replay: 'one script, JSON or a file of it, with the whole story',
    },
    load: () => import('./prove-simulate.ts'),
  },
  'fault-matrix': {
    does: 'every outbound call x every fault x every state of a connection, with the real bundle over HTTP',
    counts: 'cells',
    only: 'a call, a fault or a state, e.g. "Desk probe"',
    needsBundle: true,
    load: () => import('./prove-fault-matrix.ts'),
  },
  crash: {
    does: 'the real bundle in a process of its own, killed with SIGKILL at each of its outbound calls',
    counts: 'kills',
    only: 'a scenario, e.g. "throttle answer"',
    needsBundle: true,
    load: () => import('./prove-crash.ts'),
  },
  availability: {
    does: 'the same month under this system and under what people do instead',
    counts: 'days',
    runs: 30,
    seed: 1,
    load: () => import('./prove-availability.ts'),
  },
  fuzz: {
    does: 'every parser under bent, cut and random inputs',
    counts: 'inputs',
    runs: 1_000_000,
    seed: 'new',
    only: 'a parser, e.g. events',
    more: { path: 'straight to an earlier failure, with its --seed and --only' },
    load: () => import('./prove-fuzz.ts'),
  },
  mutate: {
    does: 'the pure files of the Lambda changed one place at a time: which changes do the unit tests notice?',
    only: 'a file, e.g. lambda/event.ts',
    load: () => import('./prove-mutate.ts'),
  },
  soak: {
    does: 'npm start with a tick every second, read by apps all the while and watched from outside',
    counts: 'minutes',
    runs: 60,
    needsBundle: true,
    load: () => import('./prove-soak.ts'),
  },
};

const help = `npm run prove -- NAME [options]: the long proofs behind docs/reliability.md

${Object.entries(proofs)
  .map(([name, { does }]) => `  ${name.padEnd(14)}${does}`)
  .join('\n')}

  --runs N        how much: scripts, cells, kills, days, inputs or minutes
  --seed N        of what is drawn at random
  --only TEXT     only what has this in its name
  --path PATH     simulate, fuzz: straight to an earlier failure, with its --seed
  --replay SCRIPT simulate: one script, JSON or a file of it, with the whole story
  --write         write the figures into docs/reliability.md
  --help          after a NAME: what that proof takes

Details go to dist/proof/NAME.md. Exit code 1 if something broke, 2 if the proof could not run.
`;

function helpOf(name: string, { does, counts, runs, seed, only, more = {} }: Entry): string {
  return [
    `npm run prove -- ${name}: ${does}`,
    '',
    ...(counts === undefined ? [] : [`  --runs N        ${counts}; default ${runs ?? 'all'}`]),
    ...(seed === undefined
      ? []
      : [`  --seed N        default ${seed === 'new' ? 'another one each time' : seed}`]),
    ...(only === undefined ? [] : [`  --only TEXT     ${only}`]),
    ...Object.entries(more).map(([option, text]) => `  --${option.padEnd(14)}${text}`),
    '  --write         write the figures into docs/reliability.md',
    '',
  ].join('\n');
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv.slice(2),
    allowPositionals: true,
    options: {
      runs: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string' },
      path: { type: 'string' },
      replay: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [name, ...rest] = positionals;
  const entry = proofs[name ?? ''];
  if (name === undefined || entry === undefined || rest.length > 0) {
    if (values.help && name === undefined) stdout.write(help);
    else stderr.write(`${name === undefined ? '' : `unknown proof "${positionals.join(' ')}"\n\n`}${help}`);
    return values.help && name === undefined ? 0 : 2;
  }
  if (values.help) {
    stdout.write(helpOf(name, entry));
    return 0;
  }
  const { runs, seed, only, path, replay } = values;
  refuse(name, 'runs', runs !== undefined && entry.counts === undefined);
  refuse(name, 'seed', seed !== undefined && entry.seed === undefined);
  refuse(name, 'only', only !== undefined && entry.only === undefined);
  refuse(name, 'path', path !== undefined && entry.more?.path === undefined);
  refuse(name, 'replay', replay !== undefined && entry.more?.replay === undefined);
  const defaultSeed = entry.seed === 'new' ? Math.floor(Math.random() * 2 ** 31) : entry.seed;
  return await run(name, entry, values.write, {
    runs: runs === undefined ? entry.runs : wholeNumber('--runs', runs),
    seed: seed === undefined ? (defaultSeed ?? 0) : wholeNumber('--seed', seed),
    only,
    path,
    replay,
  });
}

async function run(name: string, entry: Entry, isWritten: boolean, options: ProofOptions): Promise<number> {
  if (entry.needsBundle === true) build();
  const { prove } = await entry.load();
  if (entry.seed !== undefined) stdout.write(`seed ${options.seed}\n`);
  const startedAt = performance.now();
  const { story = [], sum, broken, figures, details, drawings = {} } = await prove(options);
  const line = `${sum}, in ${shownDuration(performance.now() - startedAt)}`;
  stdout.write(`${[...story, ...broken, line].join('\n')}\n`);
  if (details !== undefined) stdout.write(`details: ${writeDetails(name, `${line}\n\n${details}`)}\n`);
  if (isWritten) {
    const command = [
      `npm run prove -- ${name}`,
      ...(entry.seed === undefined ? [] : [`--seed ${options.seed}`]),
      ...(options.runs === undefined ? [] : [`--runs ${options.runs}`]),
      ...(options.only === undefined ? [] : [`--only "${options.only}"`]),
    ].join(' ');
    const verdict = broken.length === 0 ? 'Nothing broke.' : `Broken: ${broken.length}.`;
    writeSection(name, `${line}. ${verdict} \`${command}\`\n\n${figures ?? ''}`);
    for (const [file, text] of Object.entries(drawings))
      writeFileSync(new URL(`../../docs/${file}`, import.meta.url), text);
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

function refuse(name: string, option: string, isForeign: boolean): void {
  if (isForeign) throw new Error(`${name} takes no --${option}: npm run prove -- ${name} --help`);
}

function wholeNumber(option: string, value: string): number {
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
