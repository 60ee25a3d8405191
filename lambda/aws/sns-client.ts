import { SNSClient } from '@aws-sdk/client-sns';
import type { UndiciHttpHandler } from '@smithy/undici-http-handler';
import { type AwsVariables, clientConfiguration } from './client-configuration.ts';

/** The real SNS, or what `AWS_ENDPOINT_URL` names. */
export function createSnsClient(variables: AwsVariables, requestHandler: UndiciHttpHandler): SNSClient {
  return new SNSClient(clientConfiguration(variables, requestHandler));
}
