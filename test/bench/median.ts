/** The middle of some figures, and between what the middle half of them lies. */
export type Spread = { readonly median: number; readonly lower: number; readonly upper: number };

/** Median and quartiles; throws without any figure. */
export function spreadOf(figures: readonly number[]): Spread {
  const sorted = figures.toSorted((one, other) => one - other);
  return { median: quantile(sorted, 0.5), lower: quantile(sorted, 0.25), upper: quantile(sorted, 0.75) };
}

/** The median alone. */
export function medianOf(figures: readonly number[]): number {
  return spreadOf(figures).median;
}

function quantile(sorted: readonly number[], part: number): number {
  const place = (sorted.length - 1) * part;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (below === undefined || above === undefined) throw new Error('no figures to take a median of');
  return below + (above - below) * (place - Math.floor(place));
}
