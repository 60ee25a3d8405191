// `node infra/chat/build.mjs FOLDER` writes FOLDER/index.mjs: the function between alert topic and chat topic, as one bundle.
// Run by build/package.mjs, so that whoever installs the package needs no esbuild, and by a clone's synth with a channel.
import { resolve } from 'node:path';
import process, { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = argv[2];
if (folder === undefined) {
  process.stderr.write('expected the folder to write to\n');
  process.exit(2);
}
await build({
  entryPoints: [fileURLToPath(new URL('./index.ts', import.meta.url))],
  outfile: resolve(folder, 'index.mjs'),
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  // The SDK's few CommonJS parts ask for Node's own modules with require.
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  legalComments: 'none',
  logLevel: 'warning',
});
