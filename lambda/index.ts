import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { env, stdout } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SNSClient } from '@aws-sdk/client-sns';
import { UndiciHttpHandler } from '@smithy/undici-http-handler';
import { Agent } from 'undici';
import { clientConfiguration } from './aws/client-configuration.ts';
import { createSecretVersions } from './aws/secrets-manager.ts';
import { type Connections, readConnections } from './connections/read-connections.ts';
import { startDeadline } from './deadline.ts';
import { readEnvironment, readZohoEndpointUrl } from './environment.ts';
import { createEnvironmentMemory } from './environment-memory.ts';
import { carryOut, type LambdaAnswer } from './invocation.ts';
import { createLog, type Log, logsUrl } from './log.ts';
import type { Run } from './run.ts';
import { awsConnections, exitMarginMilliseconds, storeAndTellMilliseconds, zohoConnections } from './settings.ts';
import { type CallZoho, createCallZoho } from './zoho/call-zoho.ts';

/** The part of Lambda's context that is used. */
export type LambdaContext = { readonly awsRequestId: string; getRemainingTimeInMillis(): number };

// Credentials would go to whatever this names: anything but this machine refuses to start.
readZohoEndpointUrl(env.ZOHO_ENDPOINT_URL);

const memory = createEnvironmentMemory();
/** The clients outlive an invocation, their connections do not: a frozen Lambda's sockets are dead. */
const awsHandler = new UndiciHttpHandler();
let configured: Connections | undefined;
let secretsManager: SecretsManagerClient | undefined;
let sns: SNSClient | undefined;

/**
 * The Lambda's entry point: ticks, calls on demand, and test alerts.
 * @throws Error if otherwise nobody would be alerted: an unexpected fault, or an alert that could not be published.
 */
export async function handler(event: unknown, context: LambdaContext): Promise<LambdaAnswer> {
  const zoho = new Agent(zohoConnections);
  awsHandler.updateHttpClientConfig('dispatcher', new Agent(awsConnections));
  const left = Math.max(0, Math.floor(context.getRemainingTimeInMillis()) - exitMarginMilliseconds);
  const end = startDeadline(left);
  const endForZoho = startDeadline(Math.max(left - storeAndTellMilliseconds, Math.floor(left / 2)));
  try {
    return await carryOut(createRun(context.awsRequestId, zoho, end.signal, endForZoho.signal), event);
  } finally {
    end.clear();
    endForZoho.clear();
    // Not close(), which waits for a call that hangs. The SDK's handler forgets its dispatcher and takes another one later.
    await zoho.destroy();
    awsHandler.destroy();
  }
}

function createRun(requestId: string, zoho: Agent, end: AbortSignal, endForZoho: AbortSignal): Run {
  const environment = readEnvironment(env);
  const { alertTopicArn, region, logGroup, stage, runbookUrl } = environment;
  configured ??= readConnections(readFileSync(new URL('./connections.json', import.meta.url), 'utf8'));
  const { secretPrefix } = configured;
  const now = () => new Date();
  const clients = clientConfiguration(env, awsHandler);
  secretsManager ??= new SecretsManagerClient(clients);
  const log = createLog((line) => stdout.write(line), environment.logLevel, { request_id: requestId }, now);
  return {
    ...environment,
    ...configured,
    now,
    end,
    nonce: randomUUID(),
    versions: createSecretVersions(secretsManager, end),
    callZoho: logged(createCallZoho(zoho, environment.zohoEndpointUrl, endForZoho), log),
    publish: async (alert) => {
      // Most ticks have nothing to tell, so SNS is a bundle of its own (build/bundle.mjs) and is loaded only now.
      const { createPublish, SNSClient } = await import('./aws/publish.ts');
      sns ??= new SNSClient(clients);
      await createPublish(sns, alertTopicArn, end)(alert);
    },
    log,
    writeMetrics: (line) => stdout.write(`${line}\n`),
    links: {
      account: alertTopicArn.split(':')[4] ?? '',
      region: region ?? '',
      secretPrefix,
      stage,
      runbookUrl,
      logsUrl: (connection) => logsUrl(region, logGroup, connection) ?? '',
    },
    memory,
    pause: (milliseconds) => wait(milliseconds, undefined, { signal: end }).catch(() => undefined),
  };
}

function logged(callZoho: CallZoho, log: Log): CallZoho {
  return async (request) => {
    const startedAt = performance.now();
    const answer = await callZoho(request);
    const duration_ms = Math.round(performance.now() - startedAt);
    log('DEBUG', 'zoho_answer', { host: request.host, method: request.method, status: answer.status, duration_ms });
    return answer;
  };
}
