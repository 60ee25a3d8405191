import type { AlertEvent } from './incident/alert.ts';

export const logLevels = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Fields of a log line; no secret may be among them. */
export type LogFields = Readonly<
  Record<string, string | number | boolean | null | readonly string[] | undefined>
>;

export type Log = (level: LogLevel, event: string, fields: LogFields) => void;

/**
 * Makes the log: one JSON line each, on standard output.
 *
 * Not `console.log`: under Lambda's JSON log format the runtime would wrap the line as a message, and embedded metrics
 * would be lost.
 *
 * @param write - Takes one line with its line break.
 * @param minimum - Lines of lower levels are left out.
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
 * Address of this function's log lines in the CloudWatch console; the group alone where the region is unknown.
 *
 * The console wants its own double encoding, with `$` for `%`.
 */
export function logsUrl(region: string | undefined, logGroup: string | undefined): AlertEvent['logs_url'] {
  const group = encodeURIComponent(encodeURIComponent(logGroup ?? 'unknown')).replaceAll('%', '$');
  const host = `https://${region ?? 'us-east-1'}.console.aws.amazon.com`;
  return `${host}/cloudwatch/home?region=${region ?? 'us-east-1'}#logsV2:log-groups/log-group/${group}`;
}
