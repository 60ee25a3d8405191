/**
 * What happened, as the server tells the page; what is so now is in stage-watch.ts, what does not change in setup.ts.
 *
 * Instants are epoch milliseconds of the stage's clock. No secret is in it beyond a token's prefix and last four
 * characters.
 */

/** How urgent something is, for its colour and its place. */
export type Level = 'good' | 'watch' | 'warning' | 'critical';

/** A fault that is on, and for which connections; none named if it is not about connections. */
export type BrokenView = { readonly id: string; readonly connections: readonly string[] };

/** A token that apps read from `from` on, until the next one of its connection. */
export type SpanView = {
  readonly connection: string;
  readonly from: number;
  readonly expiresAt: number;
  /** When Zoho ended it before its time; the page may learn of it later. */
  readonly deadAt?: number;
};

/** Something that happened to a connection at a moment. */
export type MarkView = {
  readonly at: number;
  readonly connection: string;
  readonly kind: 'refresh' | 'probe' | 'failure' | 'alert';
  readonly text: string;
};

/** One tick, without its log lines: those are asked for when somebody wants to read them. */
export type TickView = {
  readonly id: number;
  readonly slot: number;
  readonly endedAt: number;
  readonly level: Level;
  /** E.g. `2 fresh, 1 failed, invalid_code, 1 alert`. */
  readonly summary: string;
  /** E.g. `1 request to Zoho, 4 calls to Secrets Manager, 60 ms`. */
  readonly effort: string;
  readonly error: string | null;
};

/** A message as the topic's subscribers get it. */
export type MessageView = {
  readonly id: number;
  readonly at: number;
  readonly source: 'refresher' | 'CloudWatch';
  /** The incident that it is about; of an alarm without one, the alarm. */
  readonly thread: string;
  readonly level: Level;
  readonly subject: string;
  readonly email: string;
  readonly sms: string;
  /** What SQS, HTTPS and Lambda subscriptions get as `Message`, and the envelope around it; not shown for CloudWatch's. */
  readonly json?: string;
  readonly envelope?: string;
};

/** What is new since the last time; `isWhole` if it is everything there is. */
export type HistoryView = {
  /** What is older is forgotten. */
  readonly oldest: number;
  readonly isWhole: boolean;
  readonly spans: readonly SpanView[];
  readonly marks: readonly MarkView[];
  readonly ticks: readonly TickView[];
  readonly messages: readonly MessageView[];
};
