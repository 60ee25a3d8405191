import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { faultName } from '../../lambda/aws/fault-name.ts';
import { parseObject } from '../../lambda/parse-object.ts';
import { Refusal } from '../faults.ts';
import { networkFix } from '../network-fix.ts';
import type { Invoked } from './place.ts';

/**
 * Invokes the Lambda function and waits for its answer.
 *
 * @throws {@link Refusal} if the function was not reached.
 */
export async function invokeFunction(client: LambdaClient, functionName: string, event: unknown): Promise<Invoked> {
  const answer = await client
    .send(new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) }))
    .catch((fault: unknown) => {
      throw refusalOf(functionName, faultName(fault));
    });
  const text = answer.Payload?.transformToString() ?? '';
  if (answer.FunctionError === undefined) return { answer: parseObject(text) ?? null };
  const message = parseObject(text)?.errorMessage;
  return { error: typeof message === 'string' ? message : answer.FunctionError };
}

function refusalOf(functionName: string, name: string): Refusal {
  if (name === 'ResourceNotFoundException') {
    return new Refusal(
      `this account and Region have no function ${functionName}`,
      "give --function (the stack's output FunctionName), --profile or --region; or deploy with `npx cdk deploy`",
    );
  }
  if (name.startsWith('AccessDenied')) {
    return new Refusal(
      `you may not invoke ${functionName}`,
      'use a --profile whose role holds lambda:InvokeFunction on it',
    );
  }
  return new Refusal(`the function ${functionName} could not be invoked: ${name}`, networkFix(name));
}
