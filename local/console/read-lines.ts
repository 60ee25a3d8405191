import type { MarkView } from './view.ts';

/** What the bundle's log line about a connection says, as far as the console looks at it. */
type ConnectionLine = {
  readonly timestamp: string;
  readonly connection: string;
  readonly outcome: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly probe: string | null;
  /** Set if on-call should have been alerted, and could not be. */
  readonly unheard: string | null;
};

/** What a tick's log lines say. */
export type ReadLines = {
  /** What happened to which connection. */
  readonly marks: MarkView[];
  /** The metric that the stack's life alarms watch. */
  readonly lives: { readonly connection: string; readonly at: number; readonly secondsToExpiry: number }[];
  /** When ticks ended in which every connection had its turn. */
  readonly ticks: number[];
  /** Connections about which on-call could not be alerted. */
  readonly unheard: string[];
};

/** Reads log lines of the bundle: its events, and its embedded metrics. */
export function readLines(lines: readonly string[]): ReadLines {
  const read: ReadLines = { marks: [], lives: [], ticks: [], unheard: [] };
  for (const line of lines.map(parse)) {
    const { _aws: aws, Connection: connection, SecondsToExpiry: secondsToExpiry, Ticks: ticks } = line;
    const at = (aws as { Timestamp: number } | undefined)?.Timestamp ?? 0;
    if (typeof connection === 'string' && typeof secondsToExpiry === 'number')
      read.lives.push({ connection, at, secondsToExpiry });
    if (ticks === 1) read.ticks.push(at);
    if (line.event !== 'connection' || typeof line.connection !== 'string') continue;
    read.marks.push(...marksOf(line as ConnectionLine));
    if (line.unheard !== null) read.unheard.push(line.connection);
  }
  return read;
}

function marksOf({ timestamp, connection, outcome, code, message, probe }: ConnectionLine): MarkView[] {
  const at = Date.parse(timestamp);
  const marks: MarkView[] = [];
  if (probe !== null) marks.push({ at, connection, kind: 'probe', text: `the service says: ${probe}` });
  if (outcome === 'refreshed') marks.push({ at, connection, kind: 'refresh', text: 'a new token is stored' });
  if (outcome === 'failed' || (code !== null && message !== null)) {
    const text = [code, message].filter((part) => part !== null).join(': ');
    marks.push({ at, connection, kind: 'failure', text });
  }
  return marks;
}

/** A crash may leave lines that are not JSON. */
function parse(line: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
