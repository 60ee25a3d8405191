import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { UndiciHttpHandler } from '@smithy/undici-http-handler';
import { type AwsVariables, clientConfiguration } from './client-configuration.ts';

/** The real Secrets Manager, or what `AWS_ENDPOINT_URL` names. */
export function createSecretsManagerClient(
  variables: AwsVariables,
  requestHandler: UndiciHttpHandler,
): SecretsManagerClient {
  return new SecretsManagerClient(clientConfiguration(variables, requestHandler));
}
