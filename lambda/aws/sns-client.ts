import { SNSClient } from '@aws-sdk/client-sns';
import { type AwsVariables, clientConfiguration } from './client-configuration.ts';

/** The real SNS, or what `AWS_ENDPOINT_URL` names. */
export function createSnsClient(variables: AwsVariables): SNSClient {
  return new SNSClient(clientConfiguration(variables));
}
