// Writes dist/lambda, which the stack deploys and npm start, the tests and the benchmark run.
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

/** SNS, which most ticks don't need, is a bundle of its own: a cold start neither reads nor parses it. */
const publishApart = {
  name: 'publish apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/publish\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './publish.cjs', external: true } : undefined,
    );
  },
};

mkdirSync('dist/lambda', { recursive: true });
// Built beside and moved over, so that a test that runs at the same time never reads half a bundle.
const beside = mkdtempSync('dist/build-');
try {
  const { metafile } = await build({
    entryPoints: { lambda: 'lambda/index.ts', publish: 'lambda/aws/publish.ts' },
    outdir: beside,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    // Names stay, so that CloudWatch shows stack traces with them; blanks go, since a cold start parses every byte.
    minifySyntax: true,
    minifyWhitespace: true,
    // Node prints the source line of an uncaught fault, so lines stay short.
    lineLimit: 500,
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
    plugins: [withoutConfigFiles, publishApart],
    banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
    // Less processor time (decision 004): V8 would optimize undici's parser for a dozen answers, and compile thousands of
    // functions that run a few times. Node's modules that are loaded after a flag lack their code cache: hence at the end,
    // and after performance and ReadableStream, which every run looks at.
    footer: {
      js: 'performance, ReadableStream, require("node:v8").setFlagsFromString("--wasm-tiering-budget=1000000000 --no-sparkplug");',
    },
    // The SDK's ES modules shake better than its CommonJS.
    mainFields: ['module', 'main'],
    alias: {
      undici: fileBeside('undici.cjs'),
      'node:http2': fileBeside('no-http2.cjs'),
      '@aws-sdk/credential-provider-node': fileBeside('no-credential-chain.mjs'),
    },
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  writeFileSync(
    join(beside, 'index.mjs'),
    `import { createRequire } from 'node:module';\n\nexport const { handler } = createRequire(import.meta.url)('./lambda.cjs');\n`,
  );
  copyFileSync('connections.json', join(beside, 'connections.json'));
  for (const name of ['lambda.cjs', 'publish.cjs', 'index.mjs', 'connections.json']) {
    renameSync(join(beside, name), join('dist/lambda', name));
  }
  // For build/bundle-budget.ts; not a part of what is deployed.
  writeFileSync(join(beside, 'bundle.json'), JSON.stringify(metafile));
  renameSync(join(beside, 'bundle.json'), 'dist/bundle.json');
} finally {
  rmSync(beside, { recursive: true, force: true });
}
