import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { expect, onTestFinished, test } from 'vitest';

const lock = (packages: object) => JSON.stringify({ packages: { '': {}, ...packages } });
const one = { 'node_modules/one': { version: '1.0.0', integrity: 'sha512-a' } };
const other = { 'node_modules/@linux/only': { version: '1.0.0', integrity: 'sha512-b', optional: true } };

/**
 * A clone in a folder with a space in its name, and an npm that is a script.
 *
 * @param installed - What npm has left word of in node_modules; without it there is no node_modules.
 */
function makeClone(options: { wanted: object; installed?: object; npm: string }) {
  const folder = join(fs.mkdtempSync(join(tmpdir(), 'install-once-')), 'my clone');
  onTestFinished(() => fs.rmSync(join(folder, '..'), { recursive: true, force: true }));
  fs.mkdirSync(join(folder, 'bin'), { recursive: true });
  fs.copyFileSync(new URL('../../install-once.mjs', import.meta.url), join(folder, 'install-once.mjs'));
  fs.writeFileSync(join(folder, 'package.json'), '{}');
  fs.writeFileSync(join(folder, 'package-lock.json'), lock(options.wanted));
  if (options.installed !== undefined) {
    fs.mkdirSync(join(folder, 'node_modules/one'), { recursive: true });
    fs.writeFileSync(join(folder, 'node_modules/.package-lock.json'), lock(options.installed));
  }
  const script = `#!/bin/sh\n: > '${folder}/asked'\n${options.npm}\n`;
  fs.writeFileSync(join(folder, 'bin/npm'), script, { mode: 0o700 });
  const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` };
  const run = () => spawnSync(execPath, ['install-once.mjs'], { cwd: folder, encoding: 'utf8', env });
  return {
    run,
    has: (file: string) => fs.existsSync(join(folder, file)),
    list: () => fs.readdirSync(folder),
  };
}

test('takes what npm ci installed for installed, packages for other platforms left out', () => {
  const clone = makeClone({ wanted: { ...one, ...other }, installed: one, npm: 'exit 1' });
  expect(clone.run()).toMatchObject({ status: 0, stderr: '' });
  expect(clone.has('asked')).toBe(false);
});

test.each([
  ['another version', { 'node_modules/one': { version: '0.9.0', integrity: 'sha512-a' } }],
  ['other content', { 'node_modules/one': { version: '1.0.0', integrity: 'sha512-x' } }],
  ['an install without development tools', {}],
])('installs anew over %s, and swaps the folders only then', (_, installed) => {
  const clone = makeClone({ wanted: one, installed, npm: 'mkdir -p node_modules/new' });
  expect(clone.run().status).toBe(0);
  expect([clone.has('node_modules/new'), clone.has('node_modules/one')]).toEqual([true, false]);
  expect(clone.list().filter((name) => name.startsWith('.install'))).toEqual([]);
});

test.each([
  ['npm fails', 'echo "npm error code EINTEGRITY" >&2; exit 1', 'npm ci failed'],
  ['there is no network', 'echo "npm error code ENOTFOUND" >&2; exit 1', 'registry cannot be reached'],
])('keeps what was installed before if %s, and says so', (_, npm, words) => {
  const clone = makeClone({ wanted: one, installed: {}, npm });
  const { status, stderr } = clone.run();
  expect(status).toBe(1);
  expect(stderr).toContain(words);
  expect(stderr).toContain('what was installed before is untouched');
  expect(clone.has('node_modules/one')).toBe(true);
  expect(clone.list().filter((name) => name.startsWith('.install'))).toEqual([]);
});

test('fails if npm was not allowed to run the script of the package node', () => {
  const wanted = { 'node_modules/node': { version: '24.21.0', integrity: 'sha512-n' } };
  const { status, stderr } = makeClone({ wanted, npm: 'mkdir -p node_modules/node' }).run();
  expect(status).toBe(1);
  expect(stderr).toContain('found no Node 24');
});
