import { readFileSync } from 'node:fs';
import { env, stdout } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SNSClient } from '@aws-sdk/client-sns';
import { UndiciHttpHandler } from '@smithy/undici-http-handler';
import type { Dispatcher } from 'undici';
import type { AwsVariables } from './aws/client-configuration.ts';
import { createAwsDispatcher } from './aws/dispatcher.ts';
import { createPublish } from './aws/publish.ts';
import { createSecretVersions } from './aws/secrets-manager.ts';
import { createSecretsManagerClient } from './aws/secrets-manager-client.ts';
import { createSnsClient } from './aws/sns-client.ts';
import { type Connections, readConnections } from './connections/read-connections.ts';
import { startDeadline } from './deadline.ts';
import { readEnvironment, readZohoEndpointUrl } from './environment.ts';
import { createEnvironmentMemory } from './environment-memory.ts';
import { EventError, readEvent } from './event.ts';
import { carryOut, type LambdaAnswer } from './invocation.ts';
import { createLog, type Log, logsUrl } from './log.ts';
import type { Run } from './run.ts';
import { exitMarginMilliseconds, storeAndTellMilliseconds } from './settings.ts';
import { type CallZoho, createCallZoho } from './zoho/call-zoho.ts';
import { createZohoDispatcher } from './zoho/dispatcher.ts';

/** The part of Lambda's context that is used. */
export type LambdaContext = { readonly awsRequestId: string; getRemainingTimeInMillis(): number };

// Credentials would go to whatever this names: anything but this machine refuses to start.
readZohoEndpointUrl(env.ZOHO_ENDPOINT_URL);

const memory = createEnvironmentMemory();
/** The clients outlive an invocation, their connections do not: a frozen Lambda's sockets are dead. */
const awsConnections = new UndiciHttpHandler();
let connections: Connections | undefined;
let secretsManager: SecretsManagerClient | undefined;
let sns: SNSClient | undefined;

/**
 * The Lambda's entry point: ticks, calls on demand, and test alerts.
 *
 * @throws Error when somebody would otherwise not hear: an unexpected fault, or an alert that could not be published.
 */
export async function handler(event: unknown, context: LambdaContext): Promise<LambdaAnswer> {
  const zoho = createZohoDispatcher();
  awsConnections.updateHttpClientConfig('dispatcher', createAwsDispatcher());
  const milliseconds = Math.max(0, Math.floor(context.getRemainingTimeInMillis()) - exitMarginMilliseconds);
  const end = startDeadline(milliseconds);
  const endForZoho = startDeadline(
    Math.max(milliseconds - storeAndTellMilliseconds, Math.floor(milliseconds / 2)),
  );
  try {
    return await invoke(event, context, zoho, end.signal, endForZoho.signal);
  } finally {
    end.clear();
    endForZoho.clear();
    // Not close(), which waits for a call that hangs. The SDK's handler forgets its dispatcher and takes another one later.
    await zoho.destroy();
    awsConnections.destroy();
  }
}

async function invoke(
  event: unknown,
  context: LambdaContext,
  zoho: Dispatcher,
  end: AbortSignal,
  endForZoho: AbortSignal,
): Promise<LambdaAnswer> {
  const environment = readEnvironment(env);
  connections ??= readConnections(readFileSync(new URL('./connections.json', import.meta.url), 'utf8'));
  secretsManager ??= createSecretsManagerClient(awsVariables(), awsConnections);
  const now = () => new Date();
  const log = createLog(
    (line) => stdout.write(line),
    environment.logLevel,
    { request_id: context.awsRequestId },
    now,
  );
  const run: Run = {
    now,
    nonce: crypto.randomUUID(),
    storedBaseUrl: environment.storedBaseUrl,
    secretPrefix: connections.secretPrefix,
    versions: createSecretVersions(secretsManager, end),
    callZoho: logged(createCallZoho(zoho, environment.zohoEndpointUrl, endForZoho), log),
    publish: async (alert) => {
      // Most ticks have nothing to tell.
      sns ??= createSnsClient(awsVariables(), awsConnections);
      await createPublish(sns, environment.alertTopicArn, end)(alert);
    },
    log,
    links: {
      account: environment.alertTopicArn.split(':')[4] ?? '',
      region: environment.region ?? '',
      secretPrefix: connections.secretPrefix,
      stage: environment.stage,
      runbookUrl: environment.runbookUrl,
      logsUrl: (connection) => logsUrl(environment.region, environment.logGroup, connection) ?? '',
    },
    memory,
    probeIntervalMilliseconds: environment.probeIntervalMilliseconds,
    pause: (milliseconds) => wait(milliseconds, undefined, { signal: end }).catch(() => undefined),
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

function logged(callZoho: CallZoho, log: Log): CallZoho {
  return async (request) => {
    const startedAt = performance.now();
    const answer = await callZoho(request);
    const { host, method } = request;
    log('DEBUG', 'zoho_answer', {
      host,
      method,
      status: answer.status,
      duration_ms: Math.round(performance.now() - startedAt),
    });
    return answer;
  };
}

function awsVariables(): AwsVariables {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env;
  return { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN };
}
