import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { budget } from '../../build/bundle-budget.ts';
import { newFolder } from '../support/new-folder.ts';
import { shippedPackages } from './audit-shipped.ts';

/** Packages of a lock file. */
type Locked = Record<string, { hasInstallScript?: true; integrity?: string; name?: string }>;

const root = new URL('../../', import.meta.url);
const packageJson = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const lock = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8')) as { packages: Locked };

describe('what an install may do', () => {
  it('only packages that package.json allows have an install script, and npm stops at any other', () => {
    const withScript = Object.entries(lock.packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.replace(/.*node_modules\//, ''));
    expect(withScript.toSorted()).toEqual(Object.keys(packageJson.allowScripts).toSorted());
    expect(readFileSync(new URL('.npmrc', root), 'utf8')).toMatch(/^strict-allow-scripts=true$/m);
  });

  it.each<[string, Locked, string]>([
    ['a script that is not allowed', { evil: { hasInstallScript: true } }, 'evil'],
    ['one below an allowed package', { 'esbuild/node_modules/@deep/evil': { hasInstallScript: true } }, '@deep/evil'],
    ['one that took the name of an allowed package', { esbuild: { hasInstallScript: true, name: 'evil' } }, 'evil'],
  ])('where npm is too old to stop, install-once.mjs fails for %s, and starts no npm', (_, packages, named) => {
    const { status, stderr, hasStartedNpm } = installOnce(packages);
    expect({ status, hasStartedNpm }).toEqual({ status: 1, hasStartedNpm: false });
    expect(stderr).toContain(named);
    expect(stderr).toContain('allowScripts');
  });

  it('install-once.mjs lets npm install what is allowed, and no workflow installs in any other way', () => {
    expect(installOnce({ esbuild: { hasInstallScript: true }, calm: {} }).hasStartedNpm).toBe(true);
    for (const file of readdirSync(new URL('.github/workflows', root)))
      expect(workflow(file), file).not.toMatch(/npm (ci|i|install)\b/);
  });

  it('every version is exact', () => {
    const versions = Object.values(packageJson.devDependencies);
    for (const version of versions) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('the audit of what ships', () => {
  const shipped = shippedPackages(fileURLToPath(new URL('dist', root)));

  it('looks at the parts that the bundle has a budget for, although npm takes them for development tools', () => {
    const budgeted = Object.keys(budget).filter((part) => !/^lambda\/$|^\(/.test(part));
    expect(budgeted.length).toBeGreaterThan(5);
    expect(shipped).toEqual(expect.arrayContaining([...budgeted, 'valibot', '@aws-sdk/client-cloudwatch']));
  });

  it('each of them has its hash in the lock, and the package has no other dependency', () => {
    expect(packageJson).not.toHaveProperty('dependencies');
    for (const name of shipped) expect(lock.packages[`node_modules/${name}`]?.integrity, name).toMatch(/^sha512-/);
  });

  it('fails with 1 for a weakness of what ships, with 2 if npm cannot say, and leaves others to the developers', () => {
    const valibot = { severity: 'high', range: '<1.5.1' };
    const vitest = { severity: 'high', range: '<6' };
    const found = audit({ vulnerabilities: { valibot, vitest } });
    expect(found).toMatchObject({ status: 1, stderr: 'valibot <1.5.1: high\n' });
    const { status, asked } = audit({ vulnerabilities: { vitest } });
    expect(status).toBe(0);
    // Development tools too: most of what ships is one to npm, also if the environment says production.
    expect(asked).toContain('--include=dev');
    const refused = audit({ statusCode: 405, message: '405 Method Not Allowed' });
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('no report') });
  });

  it('runs by itself every week, and gates nothing that on-call needs', () => {
    expect(workflow('audit.yml')).toMatch(/schedule:[\s\S]*^ +- run: npm run audit$/m);
    for (const name of ['test.yml', 'deploy.yml']) expect(workflow(name)).not.toContain('npm run audit');
    expect(workflow('deploy.yml')).toMatch(/^ {2}deploy:\n {4}needs: test$/m);
  });
});

function workflow(name: string): string {
  return readFileSync(new URL(`.github/workflows/${name}`, root), 'utf8');
}

/** A folder with these files, in which programs of the name `npm` are this script. */
function folderWith(files: Record<string, object>, npm: string): string {
  const folder = newFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content));
  writeFileSync(join(folder, 'npm'), `#!/bin/sh\ncd '${folder}'\n${npm}\n`, { mode: 0o700 });
  return folder;
}

/** Runs `install-once.mjs` on a lock file with these packages, where `npm` only leaves word that it was started. */
function installOnce(packages: Locked) {
  const locked = Object.entries(packages).map(([path, entry]) => [`node_modules/${path}`, entry]);
  const folder = folderWith(
    {
      'package.json': { allowScripts: packageJson.allowScripts },
      'package-lock.json': { packages: { '': {}, ...Object.fromEntries(locked) } },
    },
    ': > was-started; exit 1',
  );
  copyFileSync(new URL('install-once.mjs', root), join(folder, 'install-once.mjs'));
  const options = { cwd: folder, encoding: 'utf8', env: { PATH: folder } } as const;
  const { status, stderr } = spawnSync(execPath, ['install-once.mjs'], options);
  return { status, stderr, hasStartedNpm: existsSync(join(folder, 'was-started')) };
}

/** Runs the audit where `npm` answers with this report. */
function audit(report: object) {
  const folder = folderWith({ report }, 'echo "$@" > asked; exec /bin/cat report');
  const options = { cwd: root, encoding: 'utf8', env: { PATH: folder, NODE_ENV: 'production' } } as const;
  const { status, stderr } = spawnSync(execPath, ['test/proof/audit-shipped.ts'], options);
  return { status, stderr, asked: readFileSync(join(folder, 'asked'), 'utf8') };
}
