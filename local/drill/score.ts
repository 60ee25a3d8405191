/** How a night was played; minutes are those of the stage's clock. */
export type Performance = {
  /** From the first mail until the player first looked at anything; `undefined` if that never happened. */
  readonly minutesToNotice: number | undefined;
  /** From the first mail until the last cause was named; `undefined` if one was not. */
  readonly minutesToCause: number | undefined;
  readonly wrongActions: number;
  readonly isHealed: boolean;
};

export type Score = { readonly points: number; readonly lines: readonly string[] };

/** Minutes that cost nothing, and the most points that later ones cost, one for every two minutes. */
const noticing = { free: 10, most: 20 };
const understanding = { free: 20, most: 40 };
const pointsPerWrongAction = 10;
const pointsForHealing = 40;

/** Scores a night out of 100: how soon it was noticed and understood, what was done in vain, and whether it was mended. */
export function scoreNight({ minutesToNotice, minutesToCause, wrongActions, isHealed }: Performance): Score {
  const rows = [
    ['time to notice', minutes(minutesToNotice), lateness(minutesToNotice, noticing)],
    ['time to the cause', minutes(minutesToCause), lateness(minutesToCause, understanding)],
    ['wrong actions', `${wrongActions}    `, wrongActions * pointsPerWrongAction],
    ['mended', `${isHealed ? 'yes' : 'no'}    `, isHealed ? 0 : pointsForHealing],
  ] as const;
  return {
    points: Math.max(
      0,
      rows.reduce((left, [, , cost]) => left - cost, 100),
    ),
    lines: rows.map(
      ([what, found, cost]) => `${what.padEnd(21)}${found.padStart(10)}  ${cost === 0 ? '' : `-${cost}`}`,
    ),
  };
}

function lateness(found: number | undefined, { free, most }: { free: number; most: number }): number {
  return found === undefined ? most : Math.min(most, Math.max(0, Math.ceil((found - free) / 2)));
}

function minutes(found: number | undefined): string {
  return found === undefined ? 'never    ' : `${Math.round(found)} min`;
}
