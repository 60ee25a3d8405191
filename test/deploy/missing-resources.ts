import { type Moto, region } from './moto.ts';
import type { StackTemplate } from './template.ts';

/** What moto's CloudFormation makes of what these stacks hold; it skips the rest in silence. */
const madeByMoto = [
  'AWS::CloudWatch::Dashboard',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
];

/**
 * Logical ids that a deploy should have made and has not.
 *
 * cdk prints success even where moto gave up in the middle of a change set.
 */
export async function missingResources(moto: Moto, stackName: string, template: StackTemplate): Promise<string[]> {
  const answer = await fetch(moto.url, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=made-up/20260101/${region}/cloudformation/aws4_request`,
    },
    body: new URLSearchParams({
      Action: 'DescribeStackResources',
      Version: '2010-05-15',
      StackName: stackName,
    }),
  });
  const xml = await answer.text();
  return Object.entries(template.Resources)
    .filter(([id, { Type }]) => madeByMoto.includes(Type) && !xml.includes(`<LogicalResourceId>${id}<`))
    .map(([id]) => id);
}
