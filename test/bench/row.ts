/** One line of the benchmark's table. */
export type Row = {
  readonly name: string;
  /** What is to be reached, e.g. `at most 0.45`; `shown` where a figure has no target. */
  readonly target: string;
  readonly figure: string;
  readonly verdict: 'met' | 'missed';
};

/** What a part of the benchmark found; `document` is Markdown for docs/performance.md, the figures behind the rows. */
export type Findings = { readonly rows: readonly Row[]; readonly document?: string };

/** What every part gets: how many runs a median is taken of, and a way to show progress. */
export type BenchOptions = { readonly runs: number; readonly progress: (text: string) => void };

/** A row whose figure is to reach a target. */
export function judged(name: string, target: string, figure: string, isMet: boolean): Row {
  return { name, target, figure, verdict: isMet ? 'met' : 'missed' };
}

/** A row whose figure, with a detail behind it, must not be above a limit; without a limit it only shows. */
export function atMost(
  name: string,
  value: number,
  limit: number | undefined,
  detail: string,
  render = (figure: number) => figure.toFixed(2),
): Row {
  const figure = `${render(value)} (${detail})`;
  return limit === undefined ? shown(name, figure) : judged(name, `at most ${render(limit)}`, figure, value <= limit);
}

/** A row that only shows. */
export function shown(name: string, figure: string): Row {
  return judged(name, 'shown', figure, true);
}
