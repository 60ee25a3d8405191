// Installs the dependencies when they are missing or package-lock.json has changed, and otherwise does nothing.
// An install by `npm ci` counts. A new one is made beside the old, which goes on working until it is there.
// Plain JavaScript without imports of packages: it is the first thing that runs on a fresh clone, on the machine's own Node.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

const wanted = readPackages('package-lock.json');
const isWindows = process.platform === 'win32';
/** Each in this folder, so that moving one is a rename. */
const [inUse, beside, former] = ['node_modules', '.install-new', '.install-old'];

if (!isInstalled()) {
  try {
    refuseScriptsNotAllowed();
    refuseReadOnlyFolder();
    process.stderr.write('installing dependencies (first run, or package-lock.json has changed) ...\n');
    removeDrafts();
    install();
    replaceInstall();
  } catch (fault) {
    if (typeof fault !== 'string') throw fault;
    process.stderr.write(`${fault}\n`);
    process.exitCode = 1;
  } finally {
    removeDrafts();
  }
}

/** Packages of a lock file by path, e.g. `node_modules/vitest`; empty if the file does not exist. */
function readPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {};
}

/** npm itself leaves word in node_modules of what it has installed. A package for other platforms may be missing. */
function isInstalled() {
  const found = readPackages(join(inUse, '.package-lock.json'));
  const isThere = ([path, { version, integrity, optional }]) => {
    const other = found[path];
    if (other === undefined) return path === '' || optional === true;
    return other.version === version && other.integrity === integrity;
  };
  return Object.entries(wanted).every(isThere) && isNode24(inUse);
}

function isNode24(folder) {
  const { version } = wanted['node_modules/node'] ?? {};
  return version === undefined || existsSync(join(folder, 'node/bin', isWindows ? 'node.exe' : 'node'));
}

/** Packages whose install scripts package.json does not allow. npm stops at them itself, but only a new one: see .npmrc. */
function refuseScriptsNotAllowed() {
  const { allowScripts = {} } = JSON.parse(readFileSync('package.json', 'utf8'));
  const notAllowed = Object.entries(wanted)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path, { name }]) => name ?? path.replace(/.*node_modules\//, ''))
    .filter((name) => allowScripts[name] !== true);
  if (notAllowed.length === 0) return;
  throw `${notAllowed.join(', ')}: install scripts that "allowScripts" of package.json does not list; nothing was installed`;
}

function refuseReadOnlyFolder() {
  try {
    accessSync('.', constants.W_OK);
  } catch {
    throw `dependencies are missing, and you cannot write to the folder ${basename(process.cwd())}: copy it to a folder of yours, or let its owner run "npm ci"`;
  }
}

function removeDrafts() {
  for (const folder of [beside, former]) rmSync(folder, { recursive: true, force: true });
}

function install() {
  mkdirSync(beside);
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
    if (existsSync(file)) copyFileSync(file, join(beside, file));
  }
  // Development tools are wanted even where the environment says production; stdout stays free for --json.
  const rawArguments = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
  const { status, stderr } = spawnSync(isWindows ? 'npm.cmd' : 'npm', rawArguments, {
    cwd: beside,
    stdio: ['ignore', 2, 'pipe'],
    encoding: 'utf8',
    shell: isWindows,
  });
  process.stderr.write(stderr ?? '');
  const kept = existsSync(inUse) ? '; what was installed before is untouched' : '';
  if (/\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED)\b/.test(stderr) && status !== 0)
    throw `the npm registry cannot be reached: the first install needs a network${kept}`;
  if (status !== 0) throw `npm ci failed: its message stands above${kept}`;
  if (!isNode24(join(beside, inUse)))
    throw `found no Node 24 of the devDependency "node": npm must be allowed to run install scripts (no --ignore-scripts)${kept}`;
}

function replaceInstall() {
  try {
    if (existsSync(inUse)) renameSync(inUse, former);
    renameSync(join(beside, inUse), inUse);
  } catch (fault) {
    if (!existsSync(inUse)) renameSync(former, inUse);
    throw `node_modules cannot be replaced (${fault.code}): run "npm ci"`;
  }
}
