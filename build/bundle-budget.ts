import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, stderr } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';

/**
 * What the bundle may weigh: every byte is read and parsed on a cold start, or carried for one that needs it.
 *
 *   node build/bundle-budget.ts     exit code 1 where a budget is exceeded
 */

/** Bytes in a kilobyte, as package sizes are counted. */
const kilobyte = 1000;

/** A part of the bundle. */
export type BudgetLine = {
  /** npm package, or `lambda/` for this project's own files. */
  readonly part: string;
  readonly limitBytes: number;
  /** What it is for. */
  readonly purpose: string;
};

/** One line per part that may be in the two bundles, of which both have the SDK's base; a part without a line is refused. */
export const budget: readonly BudgetLine[] = [
  line('lambda/', 95, 'this project: look, ask, judge, probe, store, tell'),
  line('undici', 270, 'HTTP for Zoho and for AWS; 73 kB are its parser, compiled to WebAssembly'),
  line('@smithy/undici-http-handler', 8, "the SDK's requests over undici"),
  line('@smithy/core', 290, "the SDK's base: requests, retries, schemas, endpoints"),
  line('@aws-sdk/client-secrets-manager', 24, 'GetSecretValue and PutSecretValue'),
  line('@aws-sdk/client-sns', 38, 'Publish'),
  line('@aws-sdk/core', 86, "AWS's protocols (JSON for Secrets Manager, query for SNS) and regions"),
  line('@aws-sdk/xml-builder', 6, "reads SNS's answers"),
  line('@smithy/signature-v4', 36, 'signs requests'),
  line('@smithy/node-http-handler', 28, "the SDK's default for a client without another handler"),
  line('@smithy/types', 2, 'constants of the SDK'),
  line('@aws/lambda-invoke-store', 8, 'the trace of an invocation, which the SDK passes on'),
  line('valibot', 16, 'checks connections.json, events and records'),
  line('(bundler)', 6, 'what joins the files'),
];

/** The whole, which is less than the sum of its parts' limits. */
export const totalLimitBytes = 850 * kilobyte;

/** What a bundle weighs. */
export type BundleWeight = {
  readonly totalBytes: number;
  /** Heaviest first. */
  readonly parts: readonly (BudgetLine & { readonly bytes: number })[];
};

/** Weighs `dist/lambda` by esbuild's own account of it. */
export function weighBundle(dist: string): BundleWeight {
  const { outputs } = JSON.parse(readFileSync(join(dist, 'bundle.json'), 'utf8')) as Metafile;
  const weights: Record<string, number> = {};
  const add = (part: string, bytes: number) => {
    weights[part] = (weights[part] ?? 0) + bytes;
  };
  let totalBytes = 0;
  for (const { bytes, inputs } of Object.values(outputs)) {
    totalBytes += bytes;
    let joining = bytes;
    for (const [source, { bytesInOutput }] of Object.entries(inputs)) {
      add(partOf(source), bytesInOutput);
      joining -= bytesInOutput;
    }
    add('(bundler)', joining);
  }
  const parts = Object.entries(weights)
    .toSorted(([, one], [, other]) => other - one)
    .map(([part, bytes]) => {
      const known = budget.find((each) => each.part === part);
      return { ...(known ?? { part, limitBytes: 0, purpose: 'not in the budget' }), bytes };
    });
  return { totalBytes, parts };
}

function line(part: string, kilobytes: number, purpose: string): BudgetLine {
  return { part, limitBytes: kilobytes * kilobyte, purpose };
}

function partOf(source: string): string {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? 'lambda/';
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { totalBytes, parts } = weighBundle(fileURLToPath(new URL('../dist', import.meta.url)));
  const whole = { part: 'the bundle', bytes: totalBytes, limitBytes: totalLimitBytes };
  const faults = [...parts, whole].filter(({ bytes, limitBytes }) => bytes > limitBytes);
  for (const { part, bytes, limitBytes } of faults)
    stderr.write(`${part} has ${bytes} bytes, its budget is ${limitBytes}\n`);
  if (faults.length > 0) {
    stderr.write('make it lighter, or change build/bundle-budget.ts and say there what the bytes are for\n');
    process.exitCode = 1;
  }
}
