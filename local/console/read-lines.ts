import type { MarkView } from './view.ts';

/** What the bundle's log line about a connection says, as far as the console looks at it. */
type ConnectionLine = {
  readonly event: 'connection';
  readonly timestamp: string;
  readonly connection: string;
  readonly outcome: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly probe: string | null;
};

/** A line of embedded metrics, as far as the alarms look at it. */
export type MetricLine = {
  readonly connection: string;
  readonly at: number;
  readonly secondsToExpiry: number;
};

/** Reads from a tick's log lines what happened to which connection: refreshes, probes and failures. */
export function marksOf(lines: readonly string[]): MarkView[] {
  return lines.map(parse).filter(isConnectionLine).flatMap(marksOfLine);
}

/** Reads the metric that the stack's life alarms watch. */
export function metricsOf(lines: readonly string[]): MetricLine[] {
  return lines.map(parse).flatMap((line) => {
    const { _aws: aws, Connection: connection, SecondsToExpiry: secondsToExpiry } = line;
    if (typeof connection !== 'string' || typeof secondsToExpiry !== 'number') return [];
    return [{ connection, at: (aws as { Timestamp: number }).Timestamp, secondsToExpiry }];
  });
}

/** Reads when ticks ended in which every connection had its turn. */
export function ticksOf(lines: readonly string[]): number[] {
  return lines
    .map(parse)
    .flatMap(({ _aws: aws, Ticks: ticks }) =>
      ticks === 1 ? [(aws as { Timestamp: number }).Timestamp] : [],
    );
}

function marksOfLine(line: ConnectionLine): MarkView[] {
  const { connection, outcome, code, message, probe } = line;
  const at = Date.parse(line.timestamp);
  const marks: MarkView[] = [];
  if (probe !== null) marks.push({ at, connection, kind: 'probe', text: `the service says: ${probe}` });
  if (outcome === 'refreshed') marks.push({ at, connection, kind: 'refresh', text: 'a new token is stored' });
  if (outcome === 'failed' || (code !== null && message !== null)) {
    const text = [code, message].filter((part) => part !== null).join(': ');
    marks.push({ at, connection, kind: 'failure', text });
  }
  return marks;
}

function isConnectionLine(line: Record<string, unknown>): line is ConnectionLine {
  return line.event === 'connection' && typeof line.connection === 'string';
}

/** A crash may leave lines that are no JSON. */
function parse(line: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
