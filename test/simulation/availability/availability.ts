import { alternatives } from './alternatives.ts';
import type { Month } from './ledger.ts';
import { playAlternative, playOptimum } from './month-of-others.ts';
import { playThisSystem, type Stretch, type Waking } from './month-of-this-system.ts';
import { shortestSilence, type ThrottleReading } from './month-stage.ts';
import { drawOutages, type Outage } from './outages.ts';

/** A month under every way, and what the best imaginable one would have come to. */
export type Comparison = {
  readonly seed: number;
  readonly days: number;
  readonly outages: readonly Outage[];
  readonly months: readonly Month[];
  /** Minutes without a token for somebody who asks every minute and is never throttled. */
  readonly optimum: Month;
  /** What woke somebody. */
  readonly wakings: readonly Waking[];
  /** Stretches in which apps of this system had no token although Zoho would have given one. */
  readonly stretches: readonly Stretch[];
};

/**
 * Plays the same month, with the same outages, under this system and under what people do instead.
 *
 * An app makes one call every minute in each way, so that every minute is judged alike.
 */
export async function compareAvailability(
  seed: number,
  days: number,
  reading: ThrottleReading = shortestSilence,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Comparison> {
  const outages = drawOutages(seed, days);
  const minutes = days * 24 * 60;
  const total = alternatives.length + 2;
  const { month, wakings, stretches } = await playThisSystem(outages, minutes, seed, reading);
  onProgress(1, total);
  const months = [month];
  for (const alternative of alternatives) {
    months.push(playAlternative(alternative, outages, minutes, reading));
    onProgress(months.length, total);
  }
  const optimum = playOptimum(outages, minutes, reading);
  onProgress(total, total);
  return { seed, days, outages, months, optimum, wakings, stretches };
}

/** Silences that end a block of Zoho's in one report or another, in minutes. */
export const reportedSilences = [10, 15, 20, 30, 60] as const;

/** The same month under this system alone, for each length of the silence that Zoho may want. */
export async function compareSilences(
  seed: number,
  days: number,
  onProgress: (done: number) => void = () => {},
): Promise<{ silence: number; month: Month }[]> {
  const compared: { silence: number; month: Month }[] = [];
  for (const silence of reportedSilences) {
    const { month } = await playThisSystem(drawOutages(seed, days), days * 24 * 60, seed, silence);
    compared.push({ silence, month });
    onProgress(compared.length);
  }
  return compared;
}
