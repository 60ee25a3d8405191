import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { budget } from '../../build/bundle-budget.ts';
import { shippedPackages } from './audit-shipped.ts';

const root = new URL('../../', import.meta.url);
const packageJson = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const lock = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8')) as {
  packages: Record<string, { hasInstallScript?: true; integrity?: string; dependencies?: Record<string, string> }>;
};

describe('what an install may do', () => {
  it('no package has an install script but those that package.json allows', () => {
    const withScript = Object.entries(lock.packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.replace(/.*node_modules\//, ''));
    expect(withScript.toSorted()).toEqual(Object.keys(packageJson.allowScripts).toSorted());
  });

  it('npm is told to stop at any other', () => {
    expect(readFileSync(new URL('.npmrc', root), 'utf8')).toMatch(/^strict-allow-scripts=true$/m);
  });

  it.each<[string, Record<string, { hasInstallScript?: true; name?: string }>, string]>([
    ['a script that is not allowed', { evil: { hasInstallScript: true } }, 'evil'],
    [
      'one that hides below an allowed package',
      { 'esbuild/node_modules/@deep/evil': { hasInstallScript: true } },
      '@deep/evil',
    ],
    [
      'one that has taken the name of an allowed package',
      { esbuild: { hasInstallScript: true, name: 'evil' } },
      'evil',
    ],
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
    expect(audit({ vulnerabilities: { valibot, vitest } })).toMatchObject({
      status: 1,
      stderr: 'valibot <1.5.1: high\n',
    });
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

/** Runs `install-once.mjs` on a lock file with these packages, where `npm` only leaves word that it was started. */
function installOnce(packages: Record<string, { hasInstallScript?: true; name?: string }>) {
  const folder = mkdtempSync(join(tmpdir(), 'install-once-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const started = join(folder, 'npm-was-started');
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'npm'), `#!/bin/sh\n: > '${started}'\nexit 1\n`, { mode: 0o700 });
  copyFileSync(new URL('install-once.mjs', root), join(folder, 'install-once.mjs'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ allowScripts: packageJson.allowScripts }));
  const locked = Object.entries(packages).map(([path, entry]) => [`node_modules/${path}`, entry]);
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ packages: { '': {}, ...Object.fromEntries(locked) } }),
  );
  const { status, stderr } = spawnSync(execPath, ['install-once.mjs'], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: join(folder, 'bin') },
  });
  return { status, stderr, hasStartedNpm: existsSync(started) };
}

/** Runs the audit where `npm` answers with this report. */
function audit(report: object) {
  const folder = mkdtempSync(join(tmpdir(), 'audit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'report.json'), JSON.stringify(report));
  const script = '#!/bin/sh\necho "$@" > "$FOLDER/asked"\nexec /bin/cat "$FOLDER/report.json"\n';
  writeFileSync(join(folder, 'npm'), script, { mode: 0o700 });
  const { status, stderr } = spawnSync(execPath, ['test/proof/audit-shipped.ts'], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: folder, FOLDER: folder, NODE_ENV: 'production' },
  });
  return { status, stderr, asked: readFileSync(join(folder, 'asked'), 'utf8') };
}
