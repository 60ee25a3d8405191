import { gapsOf } from '../console/page/lanes.ts';
import type { SpanView } from '../console/view.ts';

/** Minutes that cost nothing, and the most points that later ones cost, one for every two minutes. */
const noticing = { free: 10, most: 20 };
const understanding = { free: 20, most: 40 };
/** A revoked token is found by a probe, within 15 minutes; the fix takes effect with the next tick. */
const outage = { free: 30, most: 20 };
const pointsPerWrongAction = 10;
const pointsForHealing = 40;

/** Scores a night out of 100: how soon it was noticed and understood, what was done in vain, what apps felt, and whether it was mended. Minutes are those of the stage's clock. */
export function scoreNight(performance: {
  /** From the first mail until the player first looked at anything; `undefined` if that never happened. */
  minutesToNotice: number | undefined;
  /** From the first mail until the last cause was named; `undefined` if one was not. */
  minutesToCause: number | undefined;
  wrongActions: number;
  isHealed: boolean;
  minutesWithoutToken: number;
  /** Whether a person could have shortened them. */
  isInTheirHands: boolean;
}) {
  const { minutesToNotice, minutesToCause, wrongActions, isHealed, minutesWithoutToken, isInTheirHands } = performance;
  const rows: [what: string, found: string, cost: number][] = [
    ['time to notice', minutes(minutesToNotice), lateness(minutesToNotice, noticing)],
    ['time to the cause', minutes(minutesToCause), lateness(minutesToCause, understanding)],
    ['apps had no token', minutes(minutesWithoutToken), isInTheirHands ? lateness(minutesWithoutToken, outage) : 0],
    ['wrong actions', `${wrongActions}    `, wrongActions * pointsPerWrongAction],
    ['mended', `${isHealed ? 'yes' : 'no'}    `, isHealed ? 0 : pointsForHealing],
  ];
  const points = rows.reduce((left, [, , cost]) => left - cost, 100);
  const lines = rows.map(
    ([what, found, cost]) => `${what.padEnd(21)}${found.padStart(10)}  ${cost === 0 ? '' : -cost}`,
  );
  return { points: Math.max(0, points), lines };
}

function lateness(found: number | undefined, { free, most }: { free: number; most: number }): number {
  return found === undefined ? most : Math.min(most, Math.max(0, Math.ceil((found - free) / 2)));
}

function minutes(found: number | undefined): string {
  return found === undefined ? 'never    ' : `${Math.round(found)} min`;
}

/** Minutes, until now, in which at least one connection had no usable token after its first. */
export function countMinutesWithout(spans: readonly SpanView[], now: number): number {
  const gaps = [...Map.groupBy(spans, ({ connection }) => connection).values()].flatMap((own) => {
    const oldestFirst = own.toSorted((one, other) => one.from - other.from);
    return gapsOf(oldestFirst, 0, now);
  });
  let [total, end] = [0, 0];
  for (const { from, to } of gaps.toSorted((one, other) => one.from - other.from)) {
    total += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return total / 60_000;
}
