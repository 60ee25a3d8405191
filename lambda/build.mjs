// Writes dist/lambda: the one bundle that the stack deploys and that npm start, the tests and the benchmark run.
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

const fails = "function fail() { throw new Error('left out of the bundle, see lambda/build.mjs'); }";

/** Parts of packages that the Lambda never reaches, and what stands in their place: whatever reaches one fails loudly. */
const leftOut = [
  // HTTP/2: `allowH2` is false, so that production speaks what the tests speak.
  [/undici\/lib\/dispatcher\/client-h2\.js$/, `${fails} module.exports = fail;`],
  // The HTTP parser for machines without WebAssembly SIMD.
  [/undici\/lib\/llhttp\/llhttp-wasm\.js$/, `${fails} fail();`],
  // Bodies that are neither text nor bytes.
  [/undici\/lib\/web\//, `${fails} fail();`],
  // Credentials from files, SSO, instance metadata, ...: Lambda gives them in its environment variables.
  [/@aws-sdk\/credential-provider-node\//, `${fails} export const defaultProvider = fail;`],
];

const leaveOut = {
  name: 'leave out',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules/ }, ({ path }) => {
      const contents = leftOut.find(([part]) => part.test(path))?.[1];
      return contents === undefined ? undefined : { contents, loader: 'js' };
    });
  },
};

/**
 * Node's own modules as CommonJS sees them. An ES import of one reads every getter of it, and `node:http` has one that
 * loads the undici inside Node.
 */
const builtIns = {
  name: 'built-ins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, ({ path, namespace }) =>
      isBuiltin(path) && namespace !== 'built-in' ? { path, namespace: 'built-in' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'built-in' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }));
  },
};

mkdirSync('dist/lambda', { recursive: true });
mkdirSync('dist/maps', { recursive: true });
// Built beside and moved over, so that a test that runs at the same time never reads half a bundle.
const beside = mkdtempSync('dist/build-');
const outfile = join(beside, 'index.mjs');
try {
  await build({
    entryPoints: ['lambda/index.ts'],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // The SDK's ES modules shake better than its CommonJS: about 165 kB less.
    mainFields: ['module', 'main'],
    // CommonJS packages such as undici ask for Node's own modules with require.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    plugins: [leaveOut, builtIns],
    // undici's own switch for bundles: leaves its second, experimental HTTP parser out.
    define: { esbuildDetection: '1' },
    legalComments: 'none',
    sourcemap: 'external',
    logLevel: 'warning',
  });
  copyFileSync('connections.json', join(beside, 'connections.json'));
  renameSync(outfile, 'dist/lambda/index.mjs');
  renameSync(join(beside, 'connections.json'), 'dist/lambda/connections.json');
  // The source map is a build artefact beside the bundle, not a part of what is deployed.
  renameSync(`${outfile}.map`, 'dist/maps/index.mjs.map');
} finally {
  rmSync(beside, { recursive: true, force: true });
}
