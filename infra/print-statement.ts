import { Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** A statement as text to paste into a policy; what is unknown at synth stands there as `<AWS::AccountId>`. */
export function printStatement(scope: Construct, statement: PolicyStatement): string {
  return JSON.stringify(flat(Stack.of(scope).resolve(statement.toStatementJson())));
}

/** A value with CloudFormation's functions as text, in the notation of cdk-nag: `arn:aws:sns:...:<RefresherAlertTopic>`. */
export function flat(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(flat);
  if (typeof value !== 'object' || value === null) return value;
  if ('Ref' in value) return `<${value.Ref}>`;
  if ('Fn::GetAtt' in value) return `<${[value['Fn::GetAtt']].flat().join('.')}>`;
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, unknown[]];
    return parts.map(flat).join(separator);
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, flat(inner)]));
}
