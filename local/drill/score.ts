/** How a night was played; minutes are those of the stage's clock. */
export type Performance = {
  /** From the first mail until the player first looked at anything; `undefined` where that never happened. */
  readonly minutesToNotice: number | undefined;
  /** From the first mail until the last cause was named; `undefined` where one was not. */
  readonly minutesToCause: number | undefined;
  readonly wrongActions: number;
  readonly isHealed: boolean;
};

export type Score = { readonly points: number; readonly lines: readonly string[] };

/** Minutes that cost nothing, minutes that cost a point each after that, and the most that they cost. */
const noticing = { free: 10, perPoint: 2, most: 20 };
const understanding = { free: 20, perPoint: 2, most: 40 };
const pointsPerWrongAction = 10;
const pointsForHealing = 40;

/** Scores a night out of 100: how soon it was noticed and understood, what was done in vain, and whether it was mended. */
export function scoreNight({ minutesToNotice, minutesToCause, wrongActions, isHealed }: Performance): Score {
  const late = lateness(minutesToNotice, noticing);
  const slow = lateness(minutesToCause, understanding);
  const wrong = wrongActions * pointsPerWrongAction;
  const unhealed = isHealed ? 0 : pointsForHealing;
  return {
    points: Math.max(0, 100 - late - slow - wrong - unhealed),
    lines: [
      `time to notice       ${minutes(minutesToNotice)}  ${cost(late)}`,
      `time to the cause    ${minutes(minutesToCause)}  ${cost(slow)}`,
      `wrong actions        ${String(wrongActions).padStart(6)}      ${cost(wrong)}`,
      `mended               ${(isHealed ? 'yes' : 'no').padStart(6)}      ${cost(unhealed)}`,
    ],
  };
}

function lateness(
  found: number | undefined,
  { free, perPoint, most }: { free: number; perPoint: number; most: number },
): number {
  if (found === undefined) return most;
  return Math.min(most, Math.max(0, Math.ceil((found - free) / perPoint)));
}

function minutes(found: number | undefined): string {
  return found === undefined ? ' never    ' : `${String(Math.round(found)).padStart(6)} min`;
}

function cost(points: number): string {
  return points === 0 ? '' : `-${points}`;
}
