import type { SpanView } from '../view.ts';

/** Points of a line: epoch seconds, as the chart counts, and minutes of life left. */
export type Line = { readonly times: number[]; readonly minutes: number[] };

const minute = 60_000;

/** Minutes of life that the token of that moment has left; 0 where it is dead, `undefined` before the first one. */
export function minutesLeftAt(spans: readonly SpanView[], instant: number): number | undefined {
  const span = spans.findLast(({ from }) => from <= instant);
  if (span === undefined) return undefined;
  if (span.deadAt !== undefined && span.deadAt <= instant) return 0;
  return Math.max(0, (span.expiresAt - instant) / minute);
}

/**
 * Draws a connection's life left as a line: a saw whose teeth are tokens.
 *
 * Only corners are points; between them the line is straight.
 *
 * @param spans - Of one connection, oldest first.
 * @param from - Where the line begins, epoch milliseconds.
 * @param now - Where it ends.
 */
export function lineOf(spans: readonly SpanView[], from: number, now: number): Line {
  const corners = new Set<number>([from, now]);
  for (const span of spans) {
    const death = span.deadAt === undefined ? [] : [span.deadAt - 1, span.deadAt];
    for (const corner of [span.from - 1, span.from, span.expiresAt, ...death]) {
      if (corner >= from && corner <= now) corners.add(corner);
    }
  }
  return pointsAt(
    [...corners].sort((one, other) => one - other),
    (instant) => minutesLeftAt(spans, instant),
  );
}

/**
 * Draws the least life left of all connections, at every step of a grid: which token is nearest to its end is what
 * matters where there are too many lines to tell apart.
 */
export function lowestLine(
  all: readonly (readonly SpanView[])[],
  from: number,
  now: number,
  steps = 300,
): Line {
  const grid = Array.from({ length: steps + 1 }, (_, step) => from + ((now - from) * step) / steps);
  // Walking the spans and the grid side by side: 50 connections with a day of tokens are drawn with every tick.
  const places = all.map(() => 0);
  return pointsAt(grid, (instant) => {
    let least: number | undefined;
    all.forEach((spans, index) => {
      let place = places[index] ?? 0;
      while ((spans[place + 1]?.from ?? Number.POSITIVE_INFINITY) <= instant) place += 1;
      places[index] = place;
      const left = minutesLeftAt(spans.slice(place, place + 1), instant);
      if (left !== undefined) least = Math.min(least ?? left, left);
    });
    return least;
  });
}

function pointsAt(instants: readonly number[], minutesAt: (instant: number) => number | undefined): Line {
  const line: Line = { times: [], minutes: [] };
  for (const instant of instants) {
    const minutes = minutesAt(instant);
    if (minutes === undefined) continue;
    line.times.push(instant / 1000);
    line.minutes.push(minutes);
  }
  return line;
}
