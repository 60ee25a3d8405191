// Writes dist/lambda: the one bundle that the stack deploys and that npm start, the tests and the benchmark run.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

const fails = "function fail() { throw new Error('left out of the bundle, see lambda/build.mjs'); }";
const noPlugin = '() => ({ applyToStack() {} })';
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

/** Parts of the SDK that the Lambda never needs, and what stands in their place: it fails, or says what is always so here. */
const leftOut = [
  // Credentials from files, SSO, instance metadata, ...: Lambda gives them in its environment variables.
  [/@aws-sdk\/credential-provider-node\//, `${fails} export const defaultProvider = fail;`],
  // The region, by the same reasoning.
  [/regionConfig\/getInstanceMetadataRegion\.js$/, `${fails} export const getInstanceMetadataRegion = fail;`],
  // Streams of events; no call here has one.
  [
    /@smithy\/core\/dist-es\/submodules\/event-streams\/index\.js$/,
    `${fails} export { fail as EventStreamSerde, fail as eventStreamSerdeProvider };`,
  ],
  // Bodies that are files or streams of the web, whose mere names make Node load the code for them.
  [
    /util-body-length\/calculateBodyLength\.js$/,
    'export const calculateBodyLength = (body) => Buffer.byteLength(body);',
  ],
  [
    /util-stream\/stream-type-check\.js$/,
    'export const isReadableStream = () => false; export { isReadableStream as isBlob };',
  ],
  [/isStreamingPayload\/isStreamingPayload\.js$/, 'export const isStreamingPayload = () => false;'],
  // The retry mode `adaptive`, and the SDK's SHA-256: lambda/aws/sha256.ts is faster.
  [/util-retry\/AdaptiveRetryStrategy\.js$/, `${fails} export { fail as AdaptiveRetryStrategy };`],
  [/sha256\/Sha256Node\.js$/, `${fails} export { fail as Sha256Node };`],
  // What goes through every request to say nothing: a log that is off, a guard against Lambdas that call themselves, and
  // a user agent that is counted out anew each time. CloudTrail shows ours.
  [
    /middleware-logger\/loggerMiddleware\.js$/,
    `${fails} export { fail as loggerMiddleware, fail as loggerMiddlewareOptions };
    export const getLoggerPlugin = ${noPlugin};`,
  ],
  [/\/getRecursionDetectionPlugin\.js$/, `export const getRecursionDetectionPlugin = ${noPlugin};`],
  [
    /middleware-user-agent\/user-agent-middleware\.js$/,
    `${fails} export { fail as userAgentMiddleware, fail as getUserAgentMiddlewareOptions };
    const name = (next) => (args) => {
      args.request.headers['user-agent'] = 'zoho-token-refresher/${version}';
      return next(args);
    };
    export const getUserAgentPlugin = () => ({ applyToStack: (stack) => stack.add(name, { step: 'build' }) });`,
  ],
  [
    /\/util-user-agent-node\/defaultUserAgent\.js$/,
    `${fails} export { fail as defaultUserAgent, fail as crtAvailability };
    export const createDefaultUserAgentProvider = () => fail;`,
  ],
  // Headers of event streams; and of the SDK's package.json no more than anybody reads.
  [/\/HeaderFormatter\.js$/, 'export class HeaderFormatter {}'],
  [/@aws-sdk\/client-[^/]+\/package\.json$/, 'export default {};'],
  // ~/.aws/config and ~/.aws/credentials: Lambda has neither.
  [
    /shared-ini-file-loader\/loadSharedConfigFiles\.js$/,
    "export const CONFIG_PREFIX_SEPARATOR = '.'; export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });",
  ],
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

/** Getters of `node:http` that load the undici inside Node. An ES import of a built-in module reads every getter. */
const costlyGetters = new Set(['CloseEvent', 'MessageEvent', 'WebSocket']);

/** Node's own modules, each export of them read only where it is used. */
const builtIns = {
  name: 'built-ins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, ({ path }) =>
      isBuiltin(path) ? { path, namespace: 'built-in' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'built-in' }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path)).filter(
        (name) => /^[A-Za-z]\w*$/.test(name) && name !== 'default' && !costlyGetters.has(name),
      );
      const contents = [
        `const $builtIn = /* @__PURE__ */ process.getBuiltinModule(${JSON.stringify(path)});`,
        'const $read = (name) => $builtIn[name];',
        'export default $builtIn;',
        ...names.map((name) => `export const ${name} = /* @__PURE__ */ $read('${name}');`),
      ];
      return { contents: contents.join('\n') };
    });
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
    plugins: [leaveOut, builtIns],
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
