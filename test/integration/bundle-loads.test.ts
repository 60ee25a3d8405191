import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { expect, onTestFinished, test } from 'vitest';

test('the bundle loads far from any node_modules, and prints nothing: V8 knows the flag that it sets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-loads-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync('dist/lambda', folder, { recursive: true });
  const load = `import(${JSON.stringify(join(folder, 'index.mjs'))}).then(({ handler }) => process.exit(typeof handler === 'function' ? 0 : 1))`;
  const { status, stdout, stderr } = spawnSync(execPath, ['-e', load], {
    encoding: 'utf8',
    cwd: folder,
    env: {},
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});
