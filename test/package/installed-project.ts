import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What an app brings along itself, the peers of package.json: they are linked into the project, not installed. */
const peers = [
  '@aws-sdk/client-cloudwatch',
  '@aws-sdk/client-lambda',
  '@aws-sdk/client-secrets-manager',
  'aws-cdk-lib',
  'constructs',
];

/** An empty project with the package's tarball installed. */
export type InstalledProject = {
  readonly folder: string;
  /** The tarball that was installed. */
  readonly tarball: string;
  /** Paths in the tarball. */
  readonly packed: readonly string[];
  remove(): void;
};

/**
 * Packs the package as `npm pack` does and installs the tarball into an empty project, without a network.
 *
 * The package is built in a folder of its own, so that neither `dist` nor another test is disturbed. Its dependencies
 * are packed from node_modules.
 */
export function installProject(): InstalledProject {
  const folder = mkdtempSync(join(tmpdir(), 'zoho-token-refresher-project-'));
  const sources = join(folder, 'sources');
  mkdirSync(sources);
  run(execPath, [join(root, 'client/build-package.mjs'), sources], root);
  for (const file of [
    'package.json',
    'README.md',
    'LICENSE',
    'connections.schema.json',
    'deployment.schema.json',
    'cli/zoho-tokens.mjs',
  ]) {
    cpSync(join(root, file), join(sources, file));
  }
  const own = pack(sources, folder);
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const packed = Object.keys(dependencies).map((name) => [
    name,
    pack(join(root, 'node_modules', name), folder).filename,
  ]);
  const project = {
    name: 'app',
    private: true,
    type: 'module',
    dependencies: Object.fromEntries(
      [['zoho-token-refresher', own.filename], ...packed].map(([name, file]) => [name, `file:${file}`]),
    ),
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(project));
  npm(['install', '--offline', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'], folder);
  for (const peer of peers) {
    const link = join(folder, 'node_modules', peer);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', peer), link);
  }
  return {
    folder,
    tarball: join(folder, own.filename),
    packed: own.files.map(({ path }) => path),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

type Packed = { readonly filename: string; readonly files: readonly { readonly path: string }[] };

function pack(folder: string, destination: string): Packed {
  const output = npm(
    ['pack', folder, '--json', '--ignore-scripts', '--pack-destination', destination],
    destination,
  );
  const [packed] = JSON.parse(output) as Packed[];
  if (packed === undefined) throw new Error(`npm packed nothing of ${folder}`);
  return packed;
}

function npm(args: string[], folder: string): string {
  return run('npm', [...args, '--loglevel=error'], folder);
}

function run(command: string, args: string[], folder: string): string {
  return execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
