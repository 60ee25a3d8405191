/** One line of the benchmark's table. */
export type Row = {
  readonly name: string;
  /** What is to be reached, e.g. `at most 0.45`; `shown` where a figure has no target. */
  readonly target: string;
  readonly figure: string;
  readonly verdict: 'met' | 'missed';
};

/** What a part of the benchmark found. */
export type Findings = {
  readonly rows: readonly Row[];
  /** Markdown for docs/performance.md: the figures behind the rows. */
  readonly document: string;
};

/** What every part is told. */
export type BenchOptions = {
  /** Runs of which the median is taken. */
  readonly runs: number;
  /** Says on standard error what is going on. */
  readonly progress: (text: string) => void;
};

/**
 * A row whose figure must not be above a limit.
 *
 * @param render - Writes the figure and the limit alike, e.g. `(value) => value.toFixed(2)`.
 * @param detail - Follows the figure in parentheses.
 */
export function atMost(
  name: string,
  value: number,
  limit: number,
  render: (value: number) => string,
  detail?: string,
): Row {
  return {
    name,
    target: `at most ${render(limit)}`,
    figure: detail === undefined ? render(value) : `${render(value)} (${detail})`,
    verdict: value <= limit ? 'met' : 'missed',
  };
}

/** A row that only shows. */
export function shown(name: string, figure: string): Row {
  return { name, target: 'shown', figure, verdict: 'met' };
}
