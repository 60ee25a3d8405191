import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSecretVersions } from '../../lambda/aws/secrets-manager.ts';
import type { Connections } from '../../lambda/connections/read-connections.ts';
import { Refusal } from '../faults.ts';
import { invokeFunction } from './invoke-function.ts';
import { findLastTick } from './last-tick.ts';
import { neverEnds, openZohoOfEnvironment } from './open-zoho.ts';
import type { Place, PlaceOptions } from './place.ts';

/** Name of the function where neither `--function` nor `ZOHO_TOKENS_FUNCTION` says another. */
const defaultFunctionName = 'zoho-token-refresher';

const connectTimeoutMilliseconds = 5_000;
const requestTimeoutMilliseconds = 10_000;
/** The function may take its whole minute. */
const invokeTimeoutMilliseconds = 65_000;

/**
 * Opens an AWS account with the usual chain of credentials.
 *
 * @throws {@link Refusal} where no Region is known or no credentials are found: before anything is asked of a person or
 *   of Zoho.
 */
export async function openAws(
  options: PlaceOptions,
  connections: Connections,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<Place> {
  const zoho = openZohoOfEnvironment(variables);
  const settings = {
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.region === undefined ? {} : { region: options.region }),
  };
  const within = (requestTimeout: number) => ({
    connectionTimeout: connectTimeoutMilliseconds,
    requestTimeout,
    throwOnRequestTimeout: true,
  });
  const secrets = new SecretsManagerClient({
    ...settings,
    requestHandler: within(requestTimeoutMilliseconds),
  });
  const metrics = new CloudWatchClient({ ...settings, requestHandler: within(requestTimeoutMilliseconds) });
  // An invocation is never repeated by itself: its effects would be, too.
  const lambda = new LambdaClient({
    ...settings,
    maxAttempts: 1,
    requestHandler: within(invokeTimeoutMilliseconds),
  });
  const region = await secrets.config.region().catch(() => {
    throw new Refusal('no AWS Region is set', 'give --region, or --local for the store of npm start');
  });
  await secrets.config.credentials().catch((fault: unknown) => {
    throw new Refusal(
      `no AWS credentials are found (${fault instanceof Error ? fault.name : 'unknown fault'})`,
      'give --profile, sign in with `aws sso login`, or use --local for the store of npm start',
    );
  });
  const functionName = options.function ?? variables.ZOHO_TOKENS_FUNCTION ?? defaultFunctionName;
  return {
    title: `AWS (${region})`,
    connections,
    versions: createSecretVersions(secrets, neverEnds),
    ...zoho,
    invoke: (event) => invokeFunction(lambda, functionName, event),
    lastTick: (connection) => findLastTick(metrics, connection, new Date()),
    now: () => new Date(),
    practiceClients: {},
    close: () => {
      for (const client of [secrets, metrics, lambda]) client.destroy();
    },
  };
}
