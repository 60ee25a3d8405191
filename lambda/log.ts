import { consoleHost } from './console-host.ts';

export const logLevels = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Fields of a log line; no secret may be among them. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | readonly string[] | undefined>>;
export type Log = (level: LogLevel, event: string, fields: LogFields) => void;

/**
 * Makes the log: one JSON line each, on standard output. Not `console.log`: under Lambda's JSON log format the runtime
 * would wrap the line as a message, and embedded metrics would be lost.
 */
export function createLog(
  write: (line: string) => void,
  minimum: LogLevel,
  constants: LogFields,
  now: () => Date,
): Log {
  return (level, event, fields) => {
    if (logLevels.indexOf(level) < logLevels.indexOf(minimum)) return;
    write(`${JSON.stringify({ timestamp: now().toISOString(), level, event, ...constants, ...fields })}\n`);
  };
}

/**
 * Address of this function's log lines in the CloudWatch console, which wants its own double encoding.
 * @param connection - Only the lines of this connection, e.g. `desk`; all lines if left out.
 * @returns `undefined` if Region or group are unknown, or no console of the Region's partition is known.
 */
export function logsUrl(
  region: string | undefined,
  logGroup: string | undefined,
  connection?: string,
): string | undefined {
  const host = region === undefined ? undefined : consoleHost(region);
  if (host === undefined || logGroup === undefined) return undefined;
  const encoded = (text: string) => encodeURIComponent(encodeURIComponent(text)).replaceAll('%', '$');
  const events =
    connection === undefined ? '' : `/log-events$3FfilterPattern$3D${encoded(`{ $.connection = "${connection}" }`)}`;
  return `https://${host}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${encoded(logGroup)}${events}`;
}

/** The name of a stage's dashboard. The Region is in it, in case names are shared over all Regions of an account. */
export function dashboardNameOf(secretPrefix: string, region: string): string {
  return `${secretPrefix.replace(/[^A-Za-z0-9_]+/g, '-')}-token-refresher-${region}`;
}

/** Address of a stage's dashboard in the CloudWatch console; `undefined` if no console of the Region's partition is known. */
export function dashboardUrl(region: string, secretPrefix: string): string | undefined {
  const host = consoleHost(region);
  if (host === undefined || region === '') return undefined;
  const page = `dashboards/dashboard/${dashboardNameOf(secretPrefix, region)}`;
  return `https://${host}/cloudwatch/home?region=${region}#${page}`;
}
