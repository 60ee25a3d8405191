import { faultName } from '../../lambda/aws/fault-name.ts';
import { Refusal } from '../faults.ts';
import type { Account } from '../place/account.ts';
import { attempt, type Findings, ifThere, judge, notTried } from './finding.ts';
import type { Deployed, Deployment } from './subject.ts';

/** Reads the function's configuration. @throws {@link Refusal} if the function does not exist or cannot be read. */
export async function findDeployed({ lambda }: Account, functionName: string): Promise<Deployed> {
  const answer = await lambda.getFunctionConfiguration({ FunctionName: functionName }).catch((fault: unknown) => {
    throw new Refusal(
      `the function ${functionName} cannot be read: ${faultName(fault)}`,
      "look at --stage, --region, --profile and --function (the stack's output FunctionName); the role needs lambda:GetFunctionConfiguration",
      'no_function',
    );
  });
  const { FunctionArn: functionArn = '', LoggingConfig, Environment } = answer;
  const [, partition = '', , region = '', account = ''] = functionArn.split(':');
  return {
    ...{ functionArn, partition, region, account },
    logGroup: LoggingConfig?.LogGroup ?? `/aws/lambda/${functionName}`,
    alertTopic: Environment?.Variables?.ALERT_TOPIC_ARN ?? '',
  };
}

export async function lookAtStack({ stack, stackName, version }: Deployment): Promise<Findings> {
  const ids = ['stack.there', 'stack.version'];
  if (stackName === undefined) return ids.map((id) => notTried(id, 'no deployment.json names the stack'));
  return attempt(ids, undefined, async () => {
    const answer = await ifThere(stack.describeStacks({ StackName: stackName }));
    const { StackStatus = `no stack ${stackName}`, Outputs = [] } = answer?.Stacks?.[0] ?? {};
    const found = Outputs.find(({ OutputKey }) => OutputKey === 'Version')?.OutputValue;
    const isGood = /^(CREATE|UPDATE|IMPORT)_COMPLETE/.test(StackStatus);
    return [
      judge('stack.there', isGood, ['CREATE_COMPLETE or UPDATE_COMPLETE', StackStatus]),
      judge('stack.version', found === version, [version, found ?? 'no output Version: deploy again']),
    ];
  });
}
