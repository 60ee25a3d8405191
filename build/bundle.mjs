// Writes dist/lambda: the one bundle that the stack deploys and that npm start, the tests and the benchmark run.
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const fileBeside = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Without this, every client looks for ~/.aws/config and ~/.aws/credentials; Lambda has neither. */
const withoutConfigFiles = {
  name: 'without configuration files',
  setup({ onLoad }) {
    onLoad({ filter: /shared-ini-file-loader\/loadSharedConfigFiles\.js$/ }, () => ({
      contents: `export { CONFIG_PREFIX_SEPARATOR } from './constants';
        export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`,
    }));
  },
};

mkdirSync('dist/lambda', { recursive: true });
mkdirSync('dist/maps', { recursive: true });
// Built beside and moved over, so that a test that runs at the same time never reads half a bundle.
const beside = mkdtempSync('dist/build-');
try {
  await build({
    entryPoints: ['lambda/index.ts'],
    outfile: join(beside, 'lambda.cjs'),
    bundle: true,
    // Names and lines stay: CloudWatch shows stack traces as they are written, and a cold start takes no longer.
    minifySyntax: true,
    platform: 'node',
    target: 'node24',
    // As an ES module, each import of a module of Node would read all its getters, and some load the undici inside Node.
    format: 'cjs',
    define: {
      'import.meta.url': 'moduleUrl',
      // undici's own switch for the build that is inside Node: without its second, experimental parser.
      esbuildDetection: 'true',
    },
    // Loaded only when needed, and never needed here: undici's parser for processors without SIMD, what sends form data,
    // and the SDK's event streams, whose import() alone would wrap most of the SDK in functions that are parsed twice.
    external: ['../llhttp/llhttp-wasm.js', '../web/*', '@smithy/core/event-streams'],
    plugins: [withoutConfigFiles],
    banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
    // V8 would optimize undici's parser after about four answers: 25 ms of processor time and 22 MB, for a function that
    // reads a dozen answers in a run. Node's modules that are loaded after the flag lack their code cache: hence at the end,
    // and after ReadableStream, which the SDK looks at with its first answer.
    footer: {
      js: 'globalThis.ReadableStream, require("node:v8").setFlagsFromString("--wasm-tiering-budget=1000000000");',
    },
    // The SDK's ES modules shake better than its CommonJS.
    mainFields: ['module', 'main'],
    alias: {
      undici: fileBeside('undici.cjs'),
      '@aws-sdk/credential-provider-node': fileBeside('no-credential-chain.mjs'),
    },
    legalComments: 'none',
    sourcemap: 'external',
    logLevel: 'warning',
  });
  writeFileSync(
    join(beside, 'index.mjs'),
    `import { createRequire } from 'node:module';\n\nexport const { handler } = createRequire(import.meta.url)('./lambda.cjs');\n`,
  );
  copyFileSync('connections.json', join(beside, 'connections.json'));
  for (const name of ['lambda.cjs', 'index.mjs', 'connections.json']) {
    renameSync(join(beside, name), join('dist/lambda', name));
  }
  // The source map is a build artefact beside the bundle, not a part of what is deployed.
  renameSync(join(beside, 'lambda.cjs.map'), 'dist/maps/lambda.cjs.map');
} finally {
  rmSync(beside, { recursive: true, force: true });
}
