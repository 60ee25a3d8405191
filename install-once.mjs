// Installs the dependencies when they are missing or package-lock.json has changed, and otherwise does nothing.
// Plain JavaScript without imports of packages: it is the first thing that runs on a fresh clone, on the machine's own Node.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const stamp = 'node_modules/.installed-from';
const lockText = readFileSync('package-lock.json', 'utf8');
const lock = createHash('sha256').update(lockText).digest('hex');

/** Packages whose install scripts package.json does not allow. npm stops at them itself, but only a new one: see .npmrc. */
function findScriptsNotAllowed() {
  const { allowScripts = {} } = JSON.parse(readFileSync('package.json', 'utf8'));
  return Object.entries(JSON.parse(lockText).packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path, { name }]) => name ?? path.replace(/.*node_modules\//, ''))
    .filter((name) => allowScripts[name] !== true);
}

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  const notAllowed = findScriptsNotAllowed();
  if (notAllowed.length > 0) {
    process.stderr.write(
      `${notAllowed.join(', ')}: install scripts that "allowScripts" of package.json does not list; nothing was installed\n`,
    );
    process.exit(1);
  }
  process.stderr.write('installing dependencies (first run, or package-lock.json has changed) ...\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // Development tools are wanted even where the environment says production; stdout stays free for --json.
  const { status } = spawnSync(npm, ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    process.stderr.write('npm ci failed; its message stands above\n');
    process.exit(1);
  }
  const version = spawnSync('node_modules/.bin/node', ['--version'], { encoding: 'utf8' }).stdout ?? '';
  if (!version.startsWith('v24.')) {
    process.stderr.write(
      `expected Node 24 from the devDependency "node", found "${version.trim()}": npm must be allowed to run install scripts (no --ignore-scripts)\n`,
    );
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}
