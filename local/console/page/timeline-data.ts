import type { SpanView } from '../view.ts';

/** Instants in epoch milliseconds, and minutes of life left. */
export type Point = readonly [instant: number, minutes: number];

const minute = 60_000;

/** When the token stopped being usable: at its expiry, or when Zoho ended it before. */
const endOf = ({ expiresAt, deadAt }: SpanView) => Math.min(expiresAt, deadAt ?? expiresAt);

/** Minutes of life that the token of that moment has left; 0 if it is dead, `undefined` before the first one. */
export function minutesLeftAt(spans: readonly SpanView[], instant: number): number | undefined {
  const span = spans.findLast(({ from }) => from <= instant);
  if (span === undefined) return undefined;
  return endOf(span) <= instant ? 0 : Math.max(0, (span.expiresAt - instant) / minute);
}

/**
 * Draws a connection's life left as a line: a saw whose teeth are tokens. Only corners are points.
 *
 * @param spans - Of one connection, oldest first.
 */
export function lineOf(spans: readonly SpanView[], from: number, to: number): Point[] {
  const corners = spans.flatMap((span) => [span.from - 1, span.from, endOf(span) - 1, endOf(span)]);
  const instants = [...new Set([from, ...corners.filter((at) => at > from && at < to), to])].sort((a, b) => a - b);
  return instants.flatMap((instant) => {
    const minutes = minutesLeftAt(spans, instant);
    return minutes === undefined ? [] : [[instant, minutes] as const];
  });
}

/** When apps had no usable token: from the end of one until the next. */
export function gapsOf(
  spans: readonly SpanView[],
  from: number,
  to: number,
): { readonly from: number; readonly to: number }[] {
  return spans
    .map((span, index) => ({
      from: Math.max(from, endOf(span)),
      to: Math.min(to, spans[index + 1]?.from ?? to),
    }))
    .filter((gap) => gap.to > gap.from);
}

/**
 * Draws the least life left of all connections, at every step of a grid: of too many lines the one nearest to its end
 * matters.
 */
export function lowestLine(all: readonly (readonly SpanView[])[], from: number, to: number, steps = 300): Point[] {
  // Walking the spans and the grid side by side: 50 connections with a day of tokens are drawn with every tick.
  const places = all.map(() => 0);
  return Array.from({ length: steps + 1 }, (_, step) => from + ((to - from) * step) / steps).flatMap((instant) => {
    const lives = all.flatMap((spans, index) => {
      let place = places[index] ?? 0;
      while ((spans[place + 1]?.from ?? Number.POSITIVE_INFINITY) <= instant) place += 1;
      places[index] = place;
      return minutesLeftAt(spans.slice(place, place + 1), instant) ?? [];
    });
    return lives.length === 0 ? [] : [[instant, Math.min(...lives)] as const];
  });
}
