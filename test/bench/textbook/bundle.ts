import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, Stack } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';

type Template = { Resources: Record<string, { Type: string; Metadata?: Record<string, string> }> };

/** Bundles the textbook handler with the CDK's defaults for Node 24, by synthesizing the CDK's own construct. */
export function bundleTextbook() {
  const outdir = mkdtempSync(join(tmpdir(), 'bench-textbook-'));
  const context = { 'aws:cdk:enable-asset-metadata': true };
  const app = new App({ outdir, context, analyticsReporting: false });
  const stack = new Stack(app, 'Textbook');
  const entry = fileURLToPath(new URL('./handler.ts', import.meta.url));
  const depsLockFilePath = fileURLToPath(new URL('../../../package-lock.json', import.meta.url));
  const common = { entry, depsLockFilePath, runtime: Runtime.NODEJS_24_X };
  new NodejsFunction(stack, 'ByDefault', common);
  new NodejsFunction(stack, 'WithSdk', { ...common, bundling: { bundleAwsSDK: true } });
  app.synth();
  const template = JSON.parse(readFileSync(join(outdir, 'Textbook.template.json'), 'utf8')) as Template;
  const fileOf = (logicalId: string) => {
    const resource = Object.entries(template.Resources).find(
      ([id, { Type }]) => Type === 'AWS::Lambda::Function' && id.startsWith(logicalId),
    );
    const asset = resource?.[1].Metadata?.['aws:asset:path'];
    if (asset === undefined) throw new Error(`the CDK made no asset for ${logicalId}`);
    return join(outdir, asset, 'index.js');
  };
  return {
    /** `NodejsFunction` with nothing but an entry and Node 24: the SDK is the runtime's own, outside the bundle. */
    byDefault: fileOf('ByDefault'),
    /** The same with `bundleAwsSDK`. */
    withSdk: fileOf('WithSdk'),
    close: () => rmSync(outdir, { recursive: true, force: true }),
  };
}
