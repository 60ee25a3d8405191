/**
 * What the bundle may weigh: every byte is read and parsed on a cold start, or carried for one that needs it.
 *
 *   node build/bundle-budget.ts     exit code 1 where a budget is exceeded
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process, { argv, stderr } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';

/**
 * Kilobytes (of 1000 bytes) of each npm package that may be in the two bundles, of which both have the SDK's base, and of
 * this project's own files. A part without a line is refused.
 */
export const budget: Readonly<Record<string, number>> = {
  'lambda/': 95, // this project: look, ask, judge, probe, store, tell
  undici: 270, // HTTP for Zoho and for AWS; 73 kB are its parser, compiled to WebAssembly
  '@smithy/undici-http-handler': 8, // the SDK's requests over undici
  '@smithy/core': 290, // the SDK's base: requests, retries, schemas, endpoints
  '@aws-sdk/client-secrets-manager': 24, // GetSecretValue and PutSecretValue
  '@aws-sdk/client-sns': 38, // Publish
  '@aws-sdk/core': 86, // AWS's protocols (JSON for Secrets Manager, query for SNS) and regions
  '@aws-sdk/xml-builder': 6, // reads SNS's answers
  '@smithy/signature-v4': 36, // signs requests
  '@smithy/node-http-handler': 28, // the SDK's default for a client without another handler
  '@smithy/types': 2, // constants of the SDK
  '@aws/lambda-invoke-store': 8, // the trace of an invocation, which the SDK passes on
  valibot: 20, // checks connections.json, events and records
  '(bundler)': 6, // what joins the files
  '(together)': 850, // less than the sum of the parts' limits
};

/** The bytes of each part of `dist/lambda`, by esbuild's own account of it. */
export function weighBundle(dist: string): Readonly<Record<string, number>> {
  const { outputs } = JSON.parse(readFileSync(join(dist, 'bundle.json'), 'utf8')) as Metafile;
  const weights: Record<string, number> = {};
  const add = (part: string, bytes: number) => {
    weights[part] = (weights[part] ?? 0) + bytes;
  };
  for (const { bytes, inputs } of Object.values(outputs)) {
    add('(bundler)', bytes);
    for (const [source, { bytesInOutput }] of Object.entries(inputs)) {
      add(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? 'lambda/', bytesInOutput);
      add('(bundler)', -bytesInOutput);
    }
  }
  return weights;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const weights = weighBundle(fileURLToPath(new URL('../dist', import.meta.url)));
  const together = Object.values(weights).reduce((sum, bytes) => sum + bytes, 0);
  for (const [part, bytes] of Object.entries({ ...weights, '(together)': together })) {
    const limit = (budget[part] ?? 0) * 1000;
    if (bytes <= limit) continue;
    stderr.write(`${part} has ${bytes} bytes, its budget is ${limit}\n`);
    process.exitCode = 1;
  }
  if (process.exitCode === 1)
    stderr.write('make it lighter, or change build/bundle-budget.ts and say there what the bytes are for\n');
}
