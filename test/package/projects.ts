import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { env, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { type Ended, must, runProgram } from '../support/run-program.ts';

/** The repository: only its tarball gets into a project. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

const lowestNode = '22.19.0';
const pnpm = '10.34.8';

/** The lowest Node of package.json, and that of the clone. */
export const nodes = [lowestNode, '24'] as const;

const npmInstall = ['npm', 'install', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'] as const;

/** For one program, e.g. an install on a busy machine. */
const longestMilliseconds = 280_000;

/** What `npm run` hands on of this repository's .npmrc does not hold in other people's projects. */
const notHandedOn =
  /^(AWS_|NODE_OPTIONS|NODE_ENV|npm_(package|lifecycle|command|execpath|node|config_(strict|save|loglevel|local_prefix))|INIT_CWD|VITE|ZOHO_)/i;

/** Empty projects on this machine, and what is needed to work in them. */
export type Workshop = Awaited<ReturnType<typeof openWorkshop>>;

/** Packs the package, and installs the lowest Node and pnpm for the projects to come. */
export async function openWorkshop() {
  // A folder with a space in its name must do as well as another.
  const folder = mkdtempSync(join(tmpdir(), 'zoho package '));
  const tools = join(folder, 'tools');
  const nodeFolders: Record<string, string> = {
    [lowestNode]: join(tools, 'node_modules/node/bin'),
    24: dirname(execPath),
  };
  /** Runs a program in a project as somebody would whose machine has one Node, of {@link nodes}, and no AWS account. */
  function run(node: string, project: string, command: string, ...rawArguments: string[]): Promise<Ended> {
    // The tools of the repository must not help.
    const others = (env.PATH ?? '').split(delimiter).filter((each) => !each.startsWith(root));
    const path = [nodeFolders[node] ?? node, join(tools, 'node_modules/.bin'), ...others];
    return runProgram(command, rawArguments, {
      cwd: project,
      timeout: longestMilliseconds,
      env: {
        ...Object.fromEntries(Object.entries(env).filter(([name]) => !notHandedOn.test(name))),
        PATH: path.join(delimiter),
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
        AWS_CONFIG_FILE: '/nonexistent',
        CI: 'true',
      },
    });
  }
  /** What a program says on standard output; it has to end well. */
  const say = async (...command: Parameters<typeof run>) => (await must(run(...command))).stdout;
  await say('24', root, execPath, join(root, 'build/package.mjs'));
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [packed] = JSON.parse(await say('24', root, 'npm', ...pack)) as {
    filename: string;
    files: { path: string }[];
  }[];
  if (packed === undefined) throw new Error('npm packed nothing');
  const tarball = join(folder, packed.filename);
  mkdirSync(tools);
  writeFileSync(join(tools, 'package.json'), '{ "private": true }');
  await say('24', tools, ...npmInstall, `node@${lowestNode}`, `pnpm@${pnpm}`);
  return {
    tarball,
    /** Paths in the tarball. */
    packed: packed.files.map(({ path }) => path),
    run,
    say,
    /** Makes a project from files, or more files in one. */
    makeProject(name: string, files: Readonly<Record<string, string | object>>): string {
      const project = join(folder, name);
      mkdirSync(project, { recursive: true });
      for (const [file, content] of Object.entries(files)) {
        mkdirSync(dirname(join(project, file)), { recursive: true });
        const text = typeof content === 'string' ? content : JSON.stringify(content, undefined, 2);
        writeFileSync(join(project, file), text);
      }
      return project;
    },
    /** Installs the tarball into a project, with other packages beside it. */
    install: (project: string, ...others: string[]) => say('24', project, ...npmInstall, tarball, ...others),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
