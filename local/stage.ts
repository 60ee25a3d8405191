import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Connection, type Connections, readConnections } from '../lambda/connections/read-connections.ts';
import { credentialsSecretId, tokenSecretId } from '../lambda/run.ts';
import type { AwsOptions } from './aws/loopback-server.ts';
import { startSecretsManager } from './aws/secrets-manager-stand-in.ts';
import { lambdaKeyId } from './aws/signature.ts';
import { startSns } from './aws/sns.ts';
import { createLogGroup } from './log-group.ts';
import { type ExecutionEnvironment, startEnvironment } from './runtime/execution-environment.ts';
import { createSharedClock, readClock, type SharedClock } from './runtime/shared-clock.ts';
import { startZoho, type ZohoStandIn } from './zoho/server.ts';

/** Credentials as the credentials secret holds them. */
export type CredentialsFields = { client_id: string; client_secret: string; refresh_token: string };

/** The whole system on this machine: the bundle at work between the stand-ins. */
export type Stage = Awaited<ReturnType<typeof setStage>>;

const topicArn = 'arn:aws:sns:ap-south-1:123456789012:zoho-token-alerts';

/**
 * Starts the stand-ins, makes the secrets as the stack would, plants credentials and starts the bundle.
 *
 * @param options - `credentials`: real ones by connection, for the real Zoho; without them the Zoho stand-in is used and
 *   credentials are planted there. `lambdaClock`: the Lambda's own clock, if it is to differ from the world's.
 *   `leadsAppsHere`: the stored `base_url` is the Zoho stand-in's. `stageName`: the stage of `deployment.json` that
 *   alerts name. The others: see {@link AwsOptions}.
 */
export async function setStage(
  options: Omit<AwsOptions, 'now'> & {
    bundle: URL;
    connectionsText: string;
    credentials?: ReadonlyMap<string, CredentialsFields>;
    logLevel?: string;
    clock?: SharedClock;
    lambdaClock?: SharedClock;
    leadsAppsHere?: boolean;
    stageName?: string | undefined;
    /** Of Secrets Manager; default none. */
    writesPerSecond?: number;
  },
) {
  const clock = options.clock ?? createSharedClock();
  const lambdaClock = options.lambdaClock ?? clock;
  const now = () => readClock(clock);
  const { connections, secretPrefix }: Connections = readConnections(options.connectionsText);
  const zoho = options.credentials === undefined ? await startZoho({ now }) : undefined;
  const secretsManager = await startSecretsManager({ ...options, now });
  const sns = await startSns({ ...options, now, topics: [topicArn] });
  for (const connection of connections) {
    secretsManager.createSecret(tokenSecretId(secretPrefix, connection));
    const planted = options.credentials?.get(connection.name) ?? (zoho && giveConsent(zoho, connection));
    secretsManager.createSecret(credentialsSecretId(secretPrefix, connection), planted && JSON.stringify(planted));
  }
  const { secretAccessKey = 'local' } = options;
  const variables = {
    ALERT_TOPIC_ARN: topicArn,
    RUNBOOK_URL: 'docs/runbook.md',
    LOG_LEVEL: options.logLevel ?? 'INFO',
    ...(options.stageName === undefined ? {} : { STAGE: options.stageName }),
    AWS_REGION: 'ap-south-1',
    AWS_ACCESS_KEY_ID: lambdaKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
    AWS_ENDPOINT_URL_SNS: sns.url,
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/zoho-token-refresher',
    ...(zoho === undefined ? {} : { ZOHO_ENDPOINT_URL: zoho.url }),
    ...(zoho !== undefined && options.leadsAppsHere ? { STORED_BASE_URL: zoho.url } : {}),
  };
  // The bundle reads the connections.json beside it: the stage has a copy of its own.
  const folder = mkdtempSync(join(tmpdir(), 'zoho-token-refresher-'));
  cpSync(new URL('.', options.bundle), folder, { recursive: true });
  writeFileSync(join(folder, 'connections.json'), options.connectionsText);
  const bundle = pathToFileURL(join(folder, 'index.mjs'));
  const environments: ExecutionEnvironment[] = [];
  const start = (others: Readonly<Record<string, string>> = {}) => {
    const environment = startEnvironment(bundle, { ...variables, ...others }, lambdaClock);
    environments.push(environment);
    return environment;
  };
  let first: ExecutionEnvironment | undefined;
  let lastTick: number | undefined;
  const logGroup = createLogGroup(now);
  const invoke = async (event: unknown) => {
    first ??= start();
    const invoked = await first.invoke(event);
    logGroup.keep(invoked.lines);
    return invoked;
  };
  return {
    bundle,
    variables,
    connections,
    secretPrefix,
    clock,
    now,
    zoho,
    secretsManager,
    sns,
    secretAccessKey,
    topicArn,
    /** What the first execution environment wrote since an instant, in epoch milliseconds. */
    logLines: logGroup.since,
    /** Invokes the first execution environment; the first invocation starts it. */
    invoke,
    /** Another execution environment, as Lambda starts one for an invocation that overlaps, or after a crash. */
    startEnvironment: start,
    /** One scheduled invocation, with the input that the schedule would send. */
    tick(slot: Date) {
      lastTick = now();
      return invoke(tickEvent(slot));
    },
    /** When the last tick began, in epoch milliseconds. */
    lastTick: () => lastTick,
    async close() {
      await Promise.all(environments.map((environment) => environment.close()));
      await Promise.all([zoho?.close(), secretsManager.close(), sns.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The input that the schedule sends. */
export function tickEvent(slot: Date): { schedule_arn: string; scheduled_time: string } {
  return {
    schedule_arn: 'arn:aws:scheduler:ap-south-1:123456789012:schedule/local/zoho-token-refresher',
    scheduled_time: slot.toISOString(),
  };
}

/**
 * Gives consent at the Zoho stand-in, as `zoho-tokens authorize` would, and returns what is to be stored.
 *
 * @param client - One that has consents already; default a new one.
 */
export function giveConsent(
  zoho: Pick<ZohoStandIn, 'plant'>,
  { service, dataCenter, tokenPrefixes, requiredScopes, optionalScopes, settings }: Connection,
  client?: { client_id: string; client_secret: string },
  redirectUris: string[] = [],
): CredentialsFields {
  const { screen_name: screenName, org_id: orgId, department_id: departmentId, app_id: appId } = settings;
  const isOfUser = tokenPrefixes.includes('1000.') || !tokenPrefixes.includes('1005.');
  return zoho.plant({
    dataCenter,
    service,
    ...(client === undefined ? { prefix: isOfUser ? '1000.' : '1005.' } : { client }),
    redirectUris,
    scopes: [...requiredScopes, ...optionalScopes],
    ...(screenName !== undefined && { screenName }),
    ...(orgId !== undefined && { orgId }),
    ...(departmentId !== undefined && { departmentIds: [departmentId] }),
    ...(appId !== undefined && { appIds: [appId] }),
  });
}
