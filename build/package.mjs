// Writes dist/package: what `npm pack` ships as JavaScript with types, for `.`, `./client` and the zoho-tokens program.
//
//   node build/package.mjs [FOLDER]    FOLDER/dist/package instead, so that a test does not disturb another
//
// The libraries are CommonJS, which require, import, jest and ts-node all load; an ES module beside each only names
// its exports, so that an app never has two copies. The program is one file with everything that its commands need.
// The function's bundle is taken as `npm run build` left it.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import process, { argv, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(resolve(argv[2] ?? root), 'dist/package');
const bundle = join(root, 'dist/lambda');

/** A file in a bundle goes on finding what lies beside it: its address is the one it would have in dist/package. */
const ownAddresses = {
  name: 'own addresses',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (path.includes('node_modules') || !text.includes('import.meta.url')) return undefined;
      const address = relative(root, path).split(sep).join('/');
      const contents = text.replaceAll('import.meta.url', `new URL(${JSON.stringify(address)}, $package)`);
      return { contents, loader: 'ts' };
    });
  },
};

if (!existsSync(join(bundle, 'index.mjs'))) fail('found no dist/lambda: run npm run build first');
rmSync(target, { recursive: true, force: true });

run('node_modules/typescript/bin/tsc', ['-p', join(root, 'build/tsconfig.package.json'), '--outDir', target]);
// The compiler leaves .ts in the imports of types.
for (const file of globSync('**/*.d.ts', { cwd: target })) {
  const text = readFileSync(join(target, file), 'utf8');
  writeFileSync(join(target, file), text.replace(/(from '|import\(")(\.{1,2}\/[^'"]+)\.ts(['"])/g, '$1$2.js$3'));
}
// The nearest package.json says what the .js and .d.ts files are.
writeFileSync(join(target, 'package.json'), '{ "type": "commonjs" }\n');

await bundleLibrary('infra/zoho-token-refresher', ['ZohoTokenRefresher']);
await bundleLibrary('client/index', ['createTokenReader', 'TokenUnavailableError']);
await bundleFile('cli/main', {
  outfile: join(target, 'cli/main.mjs'),
  format: 'esm',
  minify: true,
  // The SDK's CommonJS parts ask for Node's own modules with require.
  banner: {
    js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);const $package=new URL('../',import.meta.url);",
  },
  mainFields: ['module', 'main'],
});

// Where the construct looks for the code of its two functions.
cpSync(bundle, join(target, 'dist/lambda'), { recursive: true });
run('infra/chat/build.mjs', [join(target, 'dist/chat')]);

/** Writes a library, and the ES module beside it. */
async function bundleLibrary(entry, names) {
  await bundleFile(entry, {
    outfile: join(target, `${entry}.js`),
    format: 'cjs',
    // An app's own: two copies of them would be two different CDKs.
    external: ['aws-cdk-lib', 'constructs', '@aws-sdk/*'],
    // Jest has no import() in CommonJS.
    supported: { 'dynamic-import': false },
    banner: { js: "const $package=require('node:url').pathToFileURL(__dirname+'/../');" },
  });
  const own = `./${entry.split('/')[1]}.js`;
  writeFileSync(join(target, `${entry}.mjs`), `export { ${names.join(', ')} } from '${own}';\n`);
  writeFileSync(join(target, `${entry}.d.mts`), `export * from '${own}';\n`);
}

async function bundleFile(entry, options) {
  await build({
    entryPoints: [join(root, `${entry}.ts`)],
    bundle: true,
    platform: 'node',
    target: 'node22.19',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [ownAddresses],
    ...options,
  });
}

/** Runs a program of the clone; what it says goes to standard error. */
function run(program, rawArguments) {
  const { status } = spawnSync(execPath, [join(root, program), ...rawArguments], { stdio: ['ignore', 2, 2] });
  if (status !== 0) fail(`${program} failed: see above`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
