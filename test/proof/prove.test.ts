import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { execPath } from 'node:process';
import { expect, it } from 'vitest';

const prove = (...parameters: string[]) =>
  spawnSync(execPath, ['test/proof/main.ts', ...parameters], { encoding: 'utf8' });

it('every proof has a help of its own and a marked place in docs/reliability.md', () => {
  const { stdout, status } = prove('--help');
  expect(status).toBe(0);
  const names = [...stdout.matchAll(/^ {2}([a-z][a-z-]+) {2,}/gm)].flatMap(([, name]) => name ?? []);
  expect(names).toHaveLength(7);
  const document = readFileSync('docs/reliability.md', 'utf8');
  for (const name of names) expect(document).toMatch(new RegExp(`<!-- ${name} -->[^]*<!-- /${name} -->`));
});

it('a proof says what it did, and fails with 2 for an option that means nothing to it', () => {
  const fuzzed = prove('fuzz', '--runs', '80', '--seed', '1', '--only', 'events');
  expect(fuzzed).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^seed 1\n80 inputs for 1 parsers, /),
  });
  for (const wrong of [
    ['mutate', '--seed', '1'],
    ['crash', '--seed', '1'],
    ['soak', '--runs', 'x'],
  ])
    expect(prove(...wrong), wrong.join(' ')).toMatchObject({ status: 2, stdout: '' });
});
