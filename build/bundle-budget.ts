import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { argv, stderr } from 'node:process';
import { fileURLToPath } from 'node:url';
import { bytesBySource } from './source-map-bytes.ts';

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
  line('valibot', 20, 'checks connections.json, events and records'),
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

/** Weighs `dist/lambda` by its source maps. */
export function weighBundle(dist: string): BundleWeight {
  const weights = new Map<string, number>();
  const folder = join(dist, 'lambda');
  const names = readdirSync(folder).filter((name) => /\.cjs$/.test(name));
  for (const name of names) {
    const map = JSON.parse(readFileSync(join(dist, 'maps', `${name}.map`), 'utf8'));
    for (const [source, bytes] of bytesBySource(readFileSync(join(folder, name), 'utf8'), map)) {
      const part = partOf(source);
      weights.set(part, (weights.get(part) ?? 0) + bytes);
    }
  }
  const totalBytes = names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  const parts = [...weights]
    .toSorted(([, one], [, other]) => other - one)
    .map(([part, bytes]) => ({
      ...(budget.find((known) => known.part === part) ?? {
        part,
        limitBytes: 0,
        purpose: 'not in the budget',
      }),
      bytes,
    }));
  return { totalBytes, parts };
}

/** What is over its budget, one sentence each. */
export function faultsOfWeight({ totalBytes, parts }: BundleWeight): string[] {
  const faults = parts
    .filter(({ bytes, limitBytes }) => bytes > limitBytes)
    .map(({ part, bytes, limitBytes }) => `${part} has ${bytes} bytes, its budget is ${limitBytes}`);
  return totalBytes > totalLimitBytes
    ? [...faults, `the bundle has ${totalBytes} bytes, its budget is ${totalLimitBytes}`]
    : faults;
}

function line(part: string, kilobytes: number, purpose: string): BudgetLine {
  return { part, limitBytes: kilobytes * kilobyte, purpose };
}

function partOf(source: string): string {
  if (source === '' || source.startsWith('built-in:')) return '(bundler)';
  const inPackage = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1];
  return inPackage ?? 'lambda/';
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const faults = faultsOfWeight(weighBundle(fileURLToPath(new URL('../dist', import.meta.url))));
  for (const fault of faults) stderr.write(`${fault}\n`);
  if (faults.length > 0) {
    stderr.write('make it lighter, or change build/bundle-budget.ts and say there what the bytes are for\n');
    process.exitCode = 1;
  }
}
