import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { expect, onTestFinished, test } from 'vitest';

test('both bundles load far from any node_modules, and print nothing: V8 knows the flags that are set', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-loads-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync('dist/lambda', folder, { recursive: true });
  const load = `
    const { handler } = await import(${JSON.stringify(join(folder, 'index.mjs'))});
    const { createPublish, SNSClient } = await import(${JSON.stringify(join(folder, 'publish.cjs'))});
    process.exit([handler, createPublish, SNSClient].every((each) => typeof each === 'function') ? 0 : 1);`;
  const { status, stdout, stderr } = spawnSync(execPath, ['--input-type=module', '-e', load], {
    encoding: 'utf8',
    cwd: folder,
    env: {},
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});
