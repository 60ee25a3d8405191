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

const compiler = join(root, 'node_modules/typescript/bin/tsc');
// The libraries with their types; the program without, since nothing imports it.
for (const project of ['client/tsconfig.package.json', 'client/tsconfig.program.json']) {
  const { status } = spawnSync(execPath, [compiler, '-p', join(root, project), '--outDir', target], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) fail('the compiler found faults: see above');
}

// The compiler rewrites the imports of the code only; those of the types keep .ts.
for (const file of globSync('**/*.d.ts', { cwd: target })) {
  const text = readFileSync(join(target, file), 'utf8');
  writeFileSync(
    join(target, file),
    text.replace(/(from '|import\(")(\.{1,2}\/[^'"]+)\.ts(['"])/g, '$1$2.js$3'),
  );
}

// Where the construct looks for the function's code, and the sources that it bundles itself.
cpSync(bundle, join(target, 'dist/lambda'), { recursive: true });
for (const file of globSync('infra/chat/*.ts', { cwd: root })) cpSync(join(root, file), join(target, file));

/** @param {string} message */
function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
