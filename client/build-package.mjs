// Writes dist/package: what `npm pack` ships as JavaScript with types, for `.`, `./client` and the zoho-tokens program.
// Node does not strip types below node_modules, so TypeScript itself cannot be shipped.
//
//   node client/build-package.mjs [FOLDER]    FOLDER/dist/package instead, so that a test does not disturb another
//
// The function's bundle is taken as `npm run build` left it.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process, { argv, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(resolve(argv[2] ?? root), 'dist/package');
const bundle = join(root, 'dist/lambda');

if (!existsSync(join(bundle, 'index.mjs'))) fail('found no dist/lambda: run npm run build first');
rmSync(target, { recursive: true, force: true });

// The libraries with their types; the program without, since nothing imports it.
for (const project of ['client/tsconfig.package.json', 'client/tsconfig.program.json']) {
  run('node_modules/typescript/bin/tsc', ['-p', join(root, project), '--outDir', target]);
}

// The compiler rewrites the imports of the code only; those of the types keep .ts.
for (const file of globSync('**/*.d.ts', { cwd: target })) {
  const text = readFileSync(join(target, file), 'utf8');
  writeFileSync(
    join(target, file),
    text.replace(/(from '|import\(")(\.{1,2}\/[^'"]+)\.ts(['"])/g, '$1$2.js$3'),
  );
}

// Where the construct looks for the code of its two functions.
cpSync(bundle, join(target, 'dist/lambda'), { recursive: true });
run('infra/chat/build.mjs', [join(target, 'dist/chat')]);

/**
 * Runs a program of the clone; what it says goes to standard error.
 *
 * @param {string} program
 * @param {string[]} rawArguments
 */
function run(program, rawArguments) {
  const { status } = spawnSync(execPath, [join(root, program), ...rawArguments], { stdio: ['ignore', 2, 2] });
  if (status !== 0) fail(`${program} failed: see above`);
}

/** @param {string} message */
function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
