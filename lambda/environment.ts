import { type LogLevel, logLevels } from './log.ts';
import { defaultProbeIntervalMilliseconds } from './settings.ts';

/** The Lambda's environment variables, read and checked. */
export type Environment = {
  readonly alertTopicArn: string;
  readonly runbookUrl: string;
  readonly logLevel: LogLevel;
  readonly zohoEndpointUrl: string | undefined;
  /** Stage of `deployment.json`, for the commands in alerts. */
  readonly stage: string | undefined;
  /** In the place of `https:/` in the stored `base_url`, so that apps under development call the stand-in. */
  readonly storedBaseUrl: string | undefined;
  /** 0 if the stored token is never probed. */
  readonly probeIntervalMilliseconds: number;
  readonly region: string | undefined;
  readonly logGroup: string | undefined;
};

/**
 * Reads the environment variables.
 *
 * @throws Error that names the variable, what was found and what was expected.
 */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const logLevel = logLevels.find((level) => level === (variables.LOG_LEVEL ?? 'INFO'));
  if (logLevel === undefined) {
    throw new Error(`LOG_LEVEL: expected one of ${logLevels.join(', ')}, found "${variables.LOG_LEVEL}"`);
  }
  if (variables.ALERT_TOPIC_ARN === undefined || variables.ALERT_TOPIC_ARN === '') {
    throw new Error('ALERT_TOPIC_ARN: expected the ARN of the SNS topic for alerts, found nothing');
  }
  return {
    alertTopicArn: variables.ALERT_TOPIC_ARN,
    runbookUrl: variables.RUNBOOK_URL ?? 'docs/runbook.md',
    logLevel,
    zohoEndpointUrl: readZohoEndpointUrl(variables.ZOHO_ENDPOINT_URL),
    stage: variables.STAGE || undefined,
    storedBaseUrl: readZohoEndpointUrl(variables.STORED_BASE_URL, 'STORED_BASE_URL'),
    probeIntervalMilliseconds: readSeconds(variables, 'PROBE_INTERVAL_SECONDS') ?? defaultProbeIntervalMilliseconds,
    region: variables.AWS_REGION,
    logGroup: variables.AWS_LAMBDA_LOG_GROUP_NAME,
  };
}

/**
 * Reads the address that stands in for Zoho in a test or on a laptop. Credentials go there, so only a loopback address
 * is accepted.
 *
 * @returns The address without a slash at its end; `undefined` in production.
 * @throws Error for any address that is not a loopback address.
 */
export function readZohoEndpointUrl(value: string | undefined, name = 'ZOHO_ENDPOINT_URL'): string | undefined {
  if (value === undefined || value === '') return undefined;
  const url = URL.parse(value);
  const isLoopback = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/.test(url?.hostname ?? '');
  const isPlain = url !== null && url.username === '' && url.password === '' && !/[?#]/.test(value);
  if (!isLoopback || !isPlain || !/^https?:$/.test(url.protocol)) {
    throw new Error(
      `${name}: expected an http address of this machine such as http://127.0.0.1:4700, found another; it is for tests only`,
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function readSeconds(variables: Readonly<Record<string, string | undefined>>, name: string): number | undefined {
  const value = variables[name];
  if (value === undefined || value === '') return undefined;
  if (!/^\d{1,6}$/.test(value)) throw new Error(`${name}: expected whole seconds, found "${value}"`);
  return Number(value) * 1000;
}
