import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { account, region } from './moto.ts';

/** One resource of a synthesized template. */
export type Resource = { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> };

/** A synthesized template. */
export type StackTemplate = { readonly Resources: Readonly<Record<string, Resource>> };

/** Reads what `cdk` wrote for a stack. */
export function readTemplate(outputFolder: string, stackName: string): StackTemplate {
  return JSON.parse(readFileSync(join(outputFolder, `${stackName}.template.json`), 'utf8'));
}

/** All resources of one type. */
export function resourcesOfType(template: StackTemplate, type: string): Resource[] {
  return Object.values(template.Resources).filter((resource) => resource.Type === type);
}

/** A property that has to be text; account and region are filled in. */
export function text(value: unknown): string {
  const plain = typeof value === 'object' && value !== null && 'Fn::Sub' in value ? value['Fn::Sub'] : value;
  if (typeof plain !== 'string') throw new Error(`expected text, found ${JSON.stringify(value)}`);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own notation
  return plain.replaceAll('${AWS::AccountId}', account).replaceAll('${AWS::Region}', region);
}
