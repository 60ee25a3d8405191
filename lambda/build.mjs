// Writes dist/lambda: the one bundle that the stack deploys and that npm start, the tests and the benchmark run.
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const outdir = 'dist/lambda';
rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });
await build({
  entryPoints: ['lambda/index.ts'],
  outfile: `${outdir}/index.mjs`,
  bundle: true,
  minify: true,
  keepNames: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // The SDK's ES modules shake better than its CommonJS: about 165 kB less.
  mainFields: ['module', 'main'],
  // CommonJS packages such as undici ask for Node's own modules with require.
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  legalComments: 'none',
  sourcemap: 'external',
  logLevel: 'warning',
});
// The source map is a build artefact beside the bundle, not a part of what is deployed.
mkdirSync('dist/maps', { recursive: true });
copyFileSync(`${outdir}/index.mjs.map`, 'dist/maps/index.mjs.map');
rmSync(`${outdir}/index.mjs.map`);
copyFileSync('connections.json', `${outdir}/connections.json`);
