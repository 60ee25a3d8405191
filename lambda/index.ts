import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { env, stdout } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { UndiciHttpHandler } from '@smithy/undici-http-handler';
import { Agent } from 'undici';
import { clientConfiguration } from './aws/client-configuration.ts';
import { createSecretVersions } from './aws/secrets-manager.ts';
import { type Connections, readConnections } from './connections/read-connections.ts';
import { startDeadline } from './deadline.ts';
import { type Environment, readEnvironment, readZohoEndpointUrl } from './environment.ts';
import { createEnvironmentMemory } from './environment-memory.ts';
import { EventError, readEvent } from './event.ts';
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
let connections: Connections | undefined;
let secretsManager: SecretsManagerClient | undefined;

/**
 * The Lambda's entry point: ticks, calls on demand, and test alerts.
 *
 * @throws Error if otherwise nobody would be alerted: an unexpected fault, or an alert that could not be published.
 */
export async function handler(event: unknown, context: LambdaContext): Promise<LambdaAnswer> {
  const zoho = new Agent(zohoConnections);
  awsHandler.updateHttpClientConfig('dispatcher', new Agent(awsConnections));
  const left = Math.max(0, Math.floor(context.getRemainingTimeInMillis()) - exitMarginMilliseconds);
  const end = startDeadline(left);
  const endForZoho = startDeadline(Math.max(left - storeAndTellMilliseconds, Math.floor(left / 2)));
  try {
    return await invoke(event, context.awsRequestId, zoho, end.signal, endForZoho.signal);
  } finally {
    end.clear();
    endForZoho.clear();
    // Not close(), which waits for a call that hangs. The SDK's handler forgets its dispatcher and takes another one later.
    await zoho.destroy();
    awsHandler.destroy();
  }
}

async function invoke(
  event: unknown,
  requestId: string,
  zoho: Agent,
  end: AbortSignal,
  endForZoho: AbortSignal,
): Promise<LambdaAnswer> {
  const environment = readEnvironment(env);
  connections ??= readConnections(readFileSync(new URL('./connections.json', import.meta.url), 'utf8'));
  const { logLevel, zohoEndpointUrl } = environment;
  const log = createLog((line) => stdout.write(line), logLevel, { request_id: requestId }, now);
  const callZoho = logged(createCallZoho(zoho, zohoEndpointUrl, endForZoho), log);
  const run = createRun(environment, connections.secretPrefix, callZoho, log, end);
  try {
    const known = connections.connections.map(({ name }) => name);
    const write = (line: string) => stdout.write(`${line}\n`);
    return await carryOut(run, connections, readEvent(event, known), end, write);
  } catch (fault) {
    if (!(fault instanceof EventError)) throw fault;
    log('WARN', 'event_refused', { message: fault.message });
    return { error: fault.message };
  }
}

function createRun(
  environment: Environment,
  secretPrefix: string,
  callZoho: CallZoho,
  log: Log,
  end: AbortSignal,
): Run {
  const configuration = clientConfiguration(env, awsHandler);
  secretsManager ??= new SecretsManagerClient(configuration);
  const { alertTopicArn, region, logGroup, stage, runbookUrl } = environment;
  return {
    now,
    nonce: randomUUID(),
    storedBaseUrl: environment.storedBaseUrl,
    secretPrefix,
    versions: createSecretVersions(secretsManager, end),
    callZoho,
    publish: async (alert) => {
      // Most ticks have nothing to tell, so SNS is a bundle of its own (build/bundle.mjs) and is loaded only now.
      const { createPublish, createSnsClient } = await import('./aws/publish.ts');
      await createPublish(createSnsClient(configuration), alertTopicArn, end)(alert);
    },
    log,
    links: {
      account: alertTopicArn.split(':')[4] ?? '',
      region: region ?? '',
      secretPrefix,
      stage,
      runbookUrl,
      logsUrl: (connection) => logsUrl(region, logGroup, connection) ?? '',
    },
    memory,
    probeIntervalMilliseconds: environment.probeIntervalMilliseconds,
    pause: (milliseconds) => wait(milliseconds, undefined, { signal: end }).catch(() => undefined),
  };
}

function now(): Date {
  return new Date();
}

function logged(callZoho: CallZoho, log: Log): CallZoho {
  return async (request) => {
    const startedAt = performance.now();
    const answer = await callZoho(request);
    const { host, method } = request;
    const duration_ms = Math.round(performance.now() - startedAt);
    log('DEBUG', 'zoho_answer', { host, method, status: answer.status, duration_ms });
    return answer;
  };
}
