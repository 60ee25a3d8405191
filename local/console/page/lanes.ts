import type { CardView } from '../view.ts';
import type { Model } from './model.ts';
import { nextRefreshAt } from './status.ts';
import { gapsOf, lineOf, lowestLine, minutesLeftAt } from './timeline-data.ts';

/** More lanes than this take too much room: then one is drawn for all, and one for the chosen connection. */
const mostLanes = 4;

export type LaneData = ReturnType<typeof laneOf>;

/** What each lane draws; with many connections one is that of the least life left, and one of the chosen connection. */
export function lanesOf(model: Model, from: number, now: number, drawn: string): LaneData[] {
  const { cards } = model.state;
  const isMany = cards.length > mostLanes;
  const own = cards.flatMap((card, index) =>
    isMany && card.name !== drawn ? [] : laneOf(model, card, index, from, now),
  );
  return isMany ? [lowestLane(model, from, now), ...own] : own;
}

function laneOf(
  { state, spans, marks, setup }: Model,
  card: CardView,
  index: number | undefined,
  from: number,
  now: number,
) {
  const { name, token, level } = card;
  const tokens = spans.get(name) ?? [];
  const interval = setup.tickIntervalMilliseconds;
  return {
    name,
    index,
    minutesAt: (instant: number) => minutesLeftAt(tokens, instant),
    line: lineOf(tokens, from, now),
    gaps: gapsOf(tokens, from, now),
    marks: marks.filter(({ connection, at }) => connection === name && at >= from),
    expiresAt: token?.isDead ? undefined : token?.expiresAt,
    refreshAt: token && level === 'good' ? nextRefreshAt(token, state, interval) : undefined,
  };
}

function lowestLane({ spans, marks }: Model, from: number, now: number): LaneData {
  const all = [...spans.values()];
  return {
    name: `the lowest of ${all.length} connections`,
    index: undefined,
    minutesAt: (instant) => lowestLine(all, instant, instant, 1)[0]?.[1],
    line: lowestLine(all, from, now),
    gaps: all.flatMap((tokens) => gapsOf(tokens, from, now)),
    marks: marks.filter(({ at }) => at >= from),
    expiresAt: undefined,
    refreshAt: undefined,
  };
}
