import type { MarkView } from './view.ts';

/** Reads log lines of the bundle: its events, and its embedded metrics. */
export function readLines(lines: readonly string[]) {
  const read = {
    /** What happened to which connection. */
    marks: [] as MarkView[],
    /** The metric that the stack's life alarms watch. */
    lives: [] as { connection: string; at: number; secondsToExpiry: number }[],
    /** When ticks ended in which every connection had its turn. */
    ticks: [] as number[],
    /** Connections about which on-call should have been alerted, and could not be. */
    unheard: [] as string[],
  };
  for (const line of lines.map(parseLine)) {
    const { event, connection, _aws: aws, Connection: measured, SecondsToExpiry: secondsToExpiry } = line;
    const at = (aws as { Timestamp: number } | undefined)?.Timestamp ?? 0;
    if (typeof measured === 'string' && typeof secondsToExpiry === 'number')
      read.lives.push({ connection: measured, at, secondsToExpiry });
    if (line.Ticks === 1) read.ticks.push(at);
    if (event !== 'connection' || typeof connection !== 'string') continue;
    read.marks.push(...marksOf(connection, line));
    if (line.unheard !== null) read.unheard.push(connection);
  }
  return read;
}

function marksOf(connection: string, { timestamp, outcome, code, message, probe }: Record<string, unknown>) {
  const mark = (kind: MarkView['kind'], text: string) => ({
    at: Date.parse(String(timestamp)),
    connection,
    kind,
    text,
  });
  const reasons = [code, message].filter((part) => part !== null);
  return [
    ...(probe === null ? [] : [mark('probe', `the service says: ${probe}`)]),
    ...(outcome === 'refreshed' ? [mark('refresh', 'a new token is stored')] : []),
    ...(outcome === 'failed' || reasons.length === 2 ? [mark('failure', reasons.join(': '))] : []),
  ];
}

/** The fields of a log line; none if it is not JSON, as a crash may leave it. */
export function parseLine(line: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
