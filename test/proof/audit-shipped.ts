import { spawnSync } from 'node:child_process';
import { argv, stderr, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { weighBundle } from '../../build/bundle-budget.ts';

/**
 * Asks the registry for known weaknesses, and judges those of what ships: the packages that the bundles of the Lambda,
 * of the chat function and of the command line have a part of. To npm they are development tools, so `--omit=dev` would
 * miss them.
 *
 *   npm run audit       exit code 1 where what ships has a known weakness, 2 where npm could not say
 */

/** Names of the npm packages that ship in a bundle; the package has no dependencies. */
export function shippedPackages(dist: string): string[] {
  const bundled = Object.keys(weighBundle(dist));
  const packages = bundled.filter((part) => part !== 'lambda/' && part !== '(bundler)');
  const { inputs } = buildSync({
    absWorkingDir: fileURLToPath(new URL('../..', import.meta.url)),
    entryPoints: ['cli/main.ts', 'infra/chat/index.ts'],
    outdir: 'never-written',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
  }).metafile;
  const others = Object.keys(inputs).flatMap((path) => {
    const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
    return name === undefined ? [] : [name];
  });
  return [...new Set([...packages, ...others])].toSorted();
}

/** @throws Error where npm gives no report, e.g. because the registry does not answer audits. */
function main(): number {
  const root = new URL('../..', import.meta.url);
  const shipped = shippedPackages(fileURLToPath(new URL('dist', root)));
  // Where the environment says production, npm would leave the development tools out, and most of the bundle with them.
  const audit = spawnSync('npm', ['audit', '--json', '--include=dev'], { cwd: root, encoding: 'utf8' });
  const { vulnerabilities } = JSON.parse(audit.stdout) as {
    vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly range: string }>>;
  };
  if (vulnerabilities === undefined) throw new Error('npm audit gave no report');
  const weaknesses = Object.entries(vulnerabilities).filter(([name]) => shipped.includes(name));
  for (const [name, { severity, range }] of weaknesses) stderr.write(`${name} ${range}: ${severity}\n`);
  stdout.write(`${shipped.length} packages ship, ${weaknesses.length} with a known weakness\n`);
  return weaknesses.length === 0 ? 0 : 1;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = main();
  } catch (fault) {
    stderr.write(`${(fault as Error).message}; does the registry answer audits?\n`);
    process.exitCode = 2;
  }
}
