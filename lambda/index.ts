import { readFileSync } from 'node:fs';
import { env, stdout } from 'node:process';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { createPublish } from './aws/publish.ts';
import { createSecretVersions } from './aws/secrets-manager.ts';
import { type Connections, readConnections } from './connections/read-connections.ts';
import { readEnvironment, readZohoEndpointUrl } from './environment.ts';
import { createEnvironmentMemory } from './environment-memory.ts';
import { EventError, readEvent } from './event.ts';
import { type ConnectionResult, carryOut } from './invocation.ts';
import { createLog, logsUrl } from './log.ts';
import type { Run } from './run.ts';
import {
  awsConnectTimeoutMilliseconds,
  awsRequestTimeoutMilliseconds,
  exitMarginMilliseconds,
  storeAndTellMilliseconds,
} from './settings.ts';
import { createCallZoho } from './zoho/call-zoho.ts';

/** The part of Lambda's context that is used. */
export type LambdaContext = { readonly awsRequestId: string; getRemainingTimeInMillis(): number };

/** What the Lambda returns: results per connection, or why the event was not understood. */
export type LambdaAnswer =
  | { readonly connections: readonly ConnectionResult[] }
  | { readonly test_alert: 'sent' | 'waiting' }
  | { readonly error: string };

// Credentials would go to whatever this names: anything but this machine refuses to start.
readZohoEndpointUrl(env.ZOHO_ENDPOINT_URL);

const memory = createEnvironmentMemory();
let connections: Connections | undefined;
let clients: { secretsManager: SecretsManagerClient; sns: SNSClient } | undefined;

/**
 * The Lambda's entry point: ticks, calls on demand, and test alerts.
 *
 * @throws Error when somebody would otherwise not hear: an unexpected fault, or an alert that could not be published.
 */
export async function handler(event: unknown, context: LambdaContext): Promise<LambdaAnswer> {
  const environment = readEnvironment(env);
  connections ??= readConnections(readFileSync(new URL('./connections.json', import.meta.url), 'utf8'));
  clients ??= createClients();
  const now = () => new Date();
  const log = createLog(
    (line) => stdout.write(line),
    environment.logLevel,
    { request_id: context.awsRequestId },
    now,
  );
  const milliseconds = Math.max(0, Math.floor(context.getRemainingTimeInMillis()) - exitMarginMilliseconds);
  const forZoho = Math.max(milliseconds - storeAndTellMilliseconds, Math.floor(milliseconds / 2));
  const end = AbortSignal.timeout(milliseconds);
  const run: Run = {
    now,
    nonce: crypto.randomUUID(),
    secretPrefix: connections.secretPrefix,
    versions: createSecretVersions(clients.secretsManager, end),
    callZoho: createCallZoho(environment.zohoEndpointUrl, AbortSignal.timeout(forZoho)),
    publish: createPublish(clients.sns, environment.alertTopicArn, end),
    log,
    links: { runbookUrl: environment.runbookUrl, logsUrl: logsUrl(environment.region, environment.logGroup) },
    memory,
    tickIntervalMilliseconds: environment.tickIntervalMilliseconds,
    probeIntervalMilliseconds: environment.probeIntervalMilliseconds,
  };
  try {
    const names = connections.connections.map(({ name }) => name);
    return await carryOut(run, connections, readEvent(event, names), end, (line) =>
      stdout.write(`${line}\n`),
    );
  } catch (fault) {
    if (!(fault instanceof EventError)) throw fault;
    log('WARN', 'event_refused', { message: fault.message });
    return { error: fault.message };
  }
}

/** The one place that makes real clients; without `throwOnRequestTimeout` a hung server would hang the call. */
function createClients() {
  const requestHandler = {
    connectionTimeout: awsConnectTimeoutMilliseconds,
    requestTimeout: awsRequestTimeoutMilliseconds,
    throwOnRequestTimeout: true,
  };
  return {
    secretsManager: new SecretsManagerClient({ requestHandler }),
    sns: new SNSClient({ requestHandler }),
  };
}
