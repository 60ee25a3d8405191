import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { App, type Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { flat as asText } from '../../infra/print-statement.ts';
import { ZohoTokenRefresherStack, type ZohoTokenRefresherStackProps } from '../../infra/stack.ts';
import { type CodeFolder, connectionsJson } from './example-stacks.ts';

/** A resource of a synthesized template. */
export type Resource = {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
};

/** A synthesized template. */
export type Template = {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
};

// CDK's own validation takes seconds to load, so it is off but for the one test that is about it; `cdk deploy` in the deploy
// test has it on.
env.CDK_VALIDATION = 'false';

/** A folder that stands for the built bundle: these tests need no build. */
export const placeholder: CodeFolder = { functionCodeFolder: mkdtempSync(join(tmpdir(), 'zoho-infra-')) };
writeFileSync(join(String(placeholder.functionCodeFolder), 'index.mjs'), 'export const handler = async () => ({});\n');

/** The context of `cdk.json`, so that the tests see what `npx cdk` synthesizes. */
export const cdkContext = JSON.parse(readFileSync('cdk.json', 'utf8')).context as Record<string, unknown>;

/** An app as `infra/app.ts` makes it, cdk-nag included. */
export function newApp(): App {
  const app = new App({ context: cdkContext });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

/** Makes a stack in a new app. */
type MakeStack = (app: App, code: CodeFolder) => Stack;

/** Synthesizes a stack; fails on every finding of cdk-nag. */
export function synthesize(make: MakeStack): Template {
  const app = newApp();
  const stack = make(app, placeholder);
  return app.synth().getStackArtifact(stack.artifactId).template;
}

const templates = new Map<MakeStack, Template>();

/** The template of a stack of `example-stacks.ts`. Half a second goes into each, so a worker makes it once for all its files. */
export function templateOf(make: MakeStack): Template {
  const template = templates.get(make) ?? synthesize(make);
  templates.set(make, template);
  return template;
}

/** Synthesizes the stack as `npx cdk deploy` makes it, with these props besides. */
export function synthesizeWith(
  props: Partial<ZohoTokenRefresherStackProps>,
  stackName = 'ZohoTokenRefresher',
): Template {
  return synthesize((app, code) => new ZohoTokenRefresherStack(app, stackName, { connectionsJson, ...code, ...props }));
}

/** The resources of one type, by logical id. */
export function ofType(template: Template, type: string): [id: string, resource: Resource][] {
  return Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
}

/** The properties of all resources of one type, with CloudFormation's functions as text. */
export const propertiesOf = (template: Template, type: string) =>
  ofType(template, type).map(([, { Properties }]) => Object(flat(Properties)));

/** A value with CloudFormation's functions as text, and made-up values in place of the stack's own. */
export function flat(value: unknown): unknown {
  const text = JSON.stringify(asText(value) ?? null);
  return JSON.parse(text.replace(/<(AWS::\w+)>/g, (reference, name) => pseudo[name] ?? reference));
}

const pseudo: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'ap-south-1',
  'AWS::AccountId': '123456789012',
  'AWS::URLSuffix': 'amazonaws.com',
};
