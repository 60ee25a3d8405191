#!/usr/bin/env node
// Runs the program: in a clone from its TypeScript, on the clone's Node 24 whatever Node the machine has; in an
// installed package from one compiled file. Plain JavaScript, so that an older Node can read it.
// Nothing but names of commands and files may be among the arguments: secrets are asked for.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const [root, source, node24] = ['..', './main.ts', '../node_modules/.bin/node'].map(path);

const [major, minor] = process.versions.node.split('.').map(Number);

if (!existsSync(source) && (major < 22 || (major === 22 && minor < 19))) {
  process.stderr.write(`zoho-tokens needs Node 22.19 or newer, found ${process.versions.node}\n`);
  process.exitCode = 1;
} else if (!existsSync(source)) await import(new URL('../dist/package/cli/main.mjs', import.meta.url).href);
else if (!existsSync(node24) && !install()) process.exitCode = 1;
else if (major >= 24) await import(new URL('./main.ts', import.meta.url).href);
else runInNode24();

/** A fresh clone has no dependencies yet; what is installed is said on standard error. */
function install() {
  return spawnSync(process.execPath, ['install-once.mjs'], { cwd: root, stdio: ['ignore', 2, 2] }).status === 0;
}

function runInNode24() {
  const child = spawn(node24, [source, ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C reaches the child by itself; this program waits for it to end.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}
