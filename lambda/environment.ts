import { logLevels } from './log.ts';
import { defaultProbeIntervalMilliseconds } from './settings.ts';

/** Environment variables as the process has them. */
export type Variables = Readonly<Record<string, string | undefined>>;
/** The Lambda's environment variables, read and checked. */
export type Environment = ReturnType<typeof readEnvironment>;

/** Reads the environment; throws an Error that names the variable, what was found and what was expected. */
export function readEnvironment(variables: Variables) {
  const { ALERT_TOPIC_ARN: alertTopicArn, LOG_LEVEL = 'INFO' } = variables;
  const logLevel = logLevels.find((level) => level === LOG_LEVEL);
  if (logLevel === undefined) {
    throw new Error(`LOG_LEVEL: expected one of ${logLevels.join(', ')}, found "${LOG_LEVEL}"`);
  }
  if (alertTopicArn === undefined || alertTopicArn === '') {
    throw new Error('ALERT_TOPIC_ARN: expected the ARN of the SNS topic for alerts, found nothing');
  }
  return {
    alertTopicArn,
    runbookUrl: variables.RUNBOOK_URL ?? 'docs/runbook.md',
    logLevel,
    zohoEndpointUrl: readZohoEndpointUrl(variables.ZOHO_ENDPOINT_URL),
    /** Stage of `deployment.json`, for the commands in alerts. */
    stage: variables.STAGE || undefined,
    /** In the place of `https:/` in the stored `base_url`, so that apps under development call the stand-in. */
    storedBaseUrl: readZohoEndpointUrl(variables.STORED_BASE_URL, 'STORED_BASE_URL'),
    /** 0 if the stored token is never probed. */
    probeIntervalMilliseconds: readProbeInterval(variables.PROBE_INTERVAL_SECONDS),
    region: variables.AWS_REGION,
    logGroup: variables.AWS_LAMBDA_LOG_GROUP_NAME,
  };
}

/**
 * Reads the address that stands in for Zoho in a test or on a laptop; `undefined` in production.
 * @throws Error for any address that is not of this machine: credentials go there.
 */
export function readZohoEndpointUrl(value: string | undefined, name = 'ZOHO_ENDPOINT_URL'): string | undefined {
  if (value === undefined || value === '') return undefined;
  const url = URL.parse(value);
  const isLoopback = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/.test(String(url?.hostname));
  const isPlain = url !== null && url.username === '' && url.password === '' && !/[?#]/.test(value);
  if (!isLoopback || !isPlain || !/^https?:/.test(url.protocol)) {
    throw new Error(
      `${name}: expected an http address of this machine such as http://127.0.0.1:4700, found another; it is for tests only`,
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function readProbeInterval(value: string | undefined): number {
  if (value === undefined || value === '') return defaultProbeIntervalMilliseconds;
  if (!/^\d{1,6}$/.test(value)) throw new Error(`PROBE_INTERVAL_SECONDS: expected whole seconds, found "${value}"`);
  return Number(value) * 1000;
}
