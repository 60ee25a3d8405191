import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { env, execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The repository: only its tarball gets into a project. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

const lowestNode = '22.19.0';
const pnpm = '10.34.8';

/** Empty projects on this machine, and what is needed to work in them. */
export type Workshop = {
  readonly folder: string;
  readonly tarball: string;
  /** Paths in the tarball. */
  readonly packed: readonly string[];
  /** Makes a project from files. */
  makeProject(name: string, files: Readonly<Record<string, string | object>>): string;
  /**
   * Runs a program in a project as somebody would whose machine has one Node and no AWS account.
   *
   * @param node - `22.19.0` or `24`.
   */
  run(node: string, project: string, command: string, ...rawArguments: string[]): Promise<Ended>;
  remove(): void;
};

export type Ended = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

/** The lowest Node of package.json, and that of the clone. */
export const nodes = [lowestNode, '24'] as const;

/** For `npm install`. */
export const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];

/** For one program, e.g. an install on a busy machine. */
const longestMilliseconds = 280_000;

/** Packs the package, and installs the lowest Node and pnpm for the projects to come. */
export async function openWorkshop(): Promise<Workshop> {
  // A folder with a space in its name must do as well as another.
  const folder = mkdtempSync(join(tmpdir(), 'zoho package '));
  const tools = join(folder, 'tools');
  const node24 = dirname(execPath);
  const nodeFolders: Record<string, string> = {
    [lowestNode]: join(tools, 'node_modules/node/bin'),
    24: node24,
  };
  const run: Workshop['run'] = async (node, cwd, command, ...rawArguments) => {
    // What `npm run` hands on of this repository's .npmrc does not hold in other people's projects.
    const kept = Object.entries(env).filter(
      ([name]) =>
        !/^(AWS_|NODE_OPTIONS|NODE_ENV|npm_(package|lifecycle|command|execpath|node|config_(strict|save|loglevel|local_prefix))|INIT_CWD|VITE|ZOHO_)/i.test(
          name,
        ),
    );
    // The tools of the repository must not help.
    const others = (env.PATH ?? '').split(delimiter).filter((each) => !each.startsWith(root));
    const path = [nodeFolders[node] ?? node, join(tools, 'node_modules/.bin'), ...others];
    const child = spawn(command, rawArguments, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: longestMilliseconds,
      env: {
        ...Object.fromEntries(kept),
        PATH: path.join(delimiter),
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
        AWS_CONFIG_FILE: '/nonexistent',
        CI: 'true',
      },
    });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { status: child.exitCode, stdout, stderr };
  };
  await must(run('24', root, execPath, join(root, 'build/package.mjs')));
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [packed] = JSON.parse(await must(run('24', root, 'npm', ...pack))) as {
    filename: string;
    files: { path: string }[];
  }[];
  if (packed === undefined) throw new Error('npm packed nothing');
  mkdirSync(tools);
  writeFileSync(join(tools, 'package.json'), '{ "private": true }');
  await must(run('24', tools, 'npm', 'install', ...quiet, `node@${lowestNode}`, `pnpm@${pnpm}`));
  return {
    folder,
    tarball: join(folder, packed.filename),
    packed: packed.files.map(({ path }) => path),
    run,
    makeProject(name, files) {
      const project = join(folder, name);
      mkdirSync(project, { recursive: true });
      for (const [file, content] of Object.entries(files)) {
        mkdirSync(dirname(join(project, file)), { recursive: true });
        const text = typeof content === 'string' ? content : JSON.stringify(content, undefined, 2);
        writeFileSync(join(project, file), text);
      }
      return project;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** @throws Error with what the program said, unless it ended well. */
export async function must(ended: Promise<Ended>): Promise<string> {
  const { status, stdout, stderr } = await ended;
  if (status !== 0) throw new Error(`ended with ${status}\n${stdout}\n${stderr}`);
  return stdout;
}
