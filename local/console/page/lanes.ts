import type { CardView } from '../card.ts';
import type { StateView } from '../stage-watch.ts';
import type { MarkView, SpanView } from '../view.ts';
import type { Model } from './listen.ts';
import { nextRefreshAt } from './status-line.ts';

/** Instants in epoch milliseconds, and minutes of life left. */
export type Point = readonly [instant: number, minutes: number];

/** What a lane draws: the life of one connection's tokens, or the least life of all. */
export type LaneData = {
  readonly name: string;
  /** The connection's place in the configuration; `undefined` for the lane of all. */
  readonly index?: number;
  readonly minutesAt: (instant: number) => number | undefined;
  readonly line: readonly Point[];
  /** When apps had no usable token. */
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
  readonly marks: readonly MarkView[];
  readonly expiresAt?: number | undefined;
  readonly refreshAt?: number | undefined;
};

const minute = 60_000;
/** More lanes than this take too much room: then one is drawn for all, and one for the chosen connection. */
const mostLanes = 4;

/** What each lane draws; with many connections one is that of the least life left, and one of the chosen connection. */
export function lanesOf({ state, setup, history }: Model, from: number, now: number, drawn: string): LaneData[] {
  const { cards } = state;
  const marks = history.marks.filter(({ at }) => at >= from);
  const tokens = Map.groupBy(history.spans, ({ connection }) => connection);
  const isMany = cards.length > mostLanes;
  const own = cards.flatMap((card, index) => {
    if (isMany && card.name !== drawn) return [];
    const spans = tokens.get(card.name) ?? [];
    return {
      name: card.name,
      index,
      minutesAt: (instant: number) => minutesLeftAt(spans, instant),
      line: lineOf(spans, from, now),
      gaps: gapsOf(spans, from, now),
      marks: marks.filter(({ connection }) => connection === card.name),
      ...expectedOf(card, state, setup.tickIntervalMilliseconds),
    };
  });
  if (!isMany) return own;
  const all = [...tokens.values()];
  const lowest = {
    name: `the lowest of ${all.length} connections`,
    minutesAt: (instant: number) => lowestAt(all, instant),
    line: lowestLine(all, from, now),
    gaps: all.flatMap((spans) => gapsOf(spans, from, now)),
    marks,
  };
  return [lowest, ...own];
}

function expectedOf({ token, level }: CardView, state: StateView, interval: number) {
  return {
    expiresAt: token?.isDead ? undefined : token?.expiresAt,
    refreshAt: token && level === 'good' ? nextRefreshAt(token, state, interval) : undefined,
  };
}

/** When the token stopped being usable: at its expiry, or when Zoho ended it before. */
const endOf = ({ expiresAt, deadAt }: SpanView) => Math.min(expiresAt, deadAt ?? expiresAt);

/** Minutes of life that the token of that moment has left; 0 if it is dead, `undefined` before the first one. */
function minutesLeftAt(spans: readonly SpanView[], instant: number): number | undefined {
  const span = spans.findLast(({ from }) => from <= instant);
  if (span === undefined) return undefined;
  return endOf(span) <= instant ? 0 : Math.max(0, (span.expiresAt - instant) / minute);
}

function lowestAt(all: readonly (readonly SpanView[])[], instant: number): number | undefined {
  const lives = all.flatMap((spans) => minutesLeftAt(spans, instant) ?? []);
  return lives.length === 0 ? undefined : Math.min(...lives);
}

/**
 * Draws a connection's life left as a line: a saw whose teeth are tokens. Only corners are points.
 *
 * @param spans - Of one connection, oldest first.
 */
export function lineOf(spans: readonly SpanView[], from: number, to: number): Point[] {
  const corners = spans.flatMap((span) => [span.from - 1, span.from, endOf(span) - 1, endOf(span)]);
  const instants = [...new Set([from, ...corners.filter((at) => at > from && at < to), to])].sort((a, b) => a - b);
  return pointsAt(instants, (instant) => minutesLeftAt(spans, instant));
}

/** Draws the least life left of all connections at every step of a grid: the line nearest to its end matters. */
export function lowestLine(all: readonly (readonly SpanView[])[], from: number, to: number, steps = 300): Point[] {
  const instants = Array.from({ length: steps + 1 }, (_, step) => from + ((to - from) * step) / steps);
  return pointsAt(instants, (instant) => lowestAt(all, instant));
}

function pointsAt(instants: readonly number[], minutesAt: LaneData['minutesAt']): Point[] {
  return instants.flatMap((instant) => {
    const minutes = minutesAt(instant);
    return minutes === undefined ? [] : [[instant, minutes] as const];
  });
}

/** When apps had no usable token: from the end of one until the next. */
export function gapsOf(spans: readonly SpanView[], from: number, to: number): { from: number; to: number }[] {
  return spans
    .map((span, index) => ({
      from: Math.max(from, endOf(span)),
      to: Math.min(to, spans[index + 1]?.from ?? to),
    }))
    .filter((gap) => gap.to > gap.from);
}
