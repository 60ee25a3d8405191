import type { AlarmRule } from '../../infra/alarm-rules.ts';

/** A value that somebody sent to CloudWatch. */
export type SentValue = {
  /** The instant that it is about. */
  readonly at: number;
  readonly value: number;
  /** From when on CloudWatch has it: a data point may be late. */
  readonly arrivesAt: number;
};

/** A value that CloudWatch compares with the threshold: of one period of the alarm. */
export type Datapoint = { readonly at: number; readonly value: number };

/** What CloudWatch makes of an alarm at one moment. */
export type Verdict = {
  readonly isAlarm: boolean;
  /** What was compared, newest first; empty if there was no data at all. */
  readonly datapoints: readonly Datapoint[];
};

/** CloudWatch looks back over more periods than it was asked for; its documentation gives no formula, its example has two more. */
const furtherPeriods = 2;

/**
 * Judges an alarm by CloudWatch's documented rules.
 *
 * - The window slides: its periods are counted back from the moment of the evaluation.
 * - More periods are read than must be judged, the *evaluation range*. If it has as many real data points as evaluation
 *   periods, the latest of them are judged, however old, and the treatment of missing data does not matter.
 * - Otherwise all real ones are judged, and missing ones as often as it takes.
 * - `FILL` makes every missing period a real 0, unless the range has no data point at all.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html | Missing data}
 * @see {@link https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html | Evaluation window}
 */
export function evaluateAlarm(rule: AlarmRule, values: readonly SentValue[], now: number): Verdict {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = rule;
  const real = readRange(rule, values, now);
  const datapoints = real.slice(0, evaluationPeriods);
  const missing = treatMissingData === 'breaching' ? evaluationPeriods - datapoints.length : 0;
  const breaching = datapoints.filter(({ value }) => isBreaching(rule, value)).length;
  return { isAlarm: breaching + missing >= datapointsToAlarm, datapoints };
}

/** How far back an alarm can look. */
export function rangeMilliseconds({ evaluationPeriods, periodSeconds }: AlarmRule): number {
  return (evaluationPeriods + furtherPeriods) * periodSeconds * 1000;
}

/** Whether a value is on the wrong side of the alarm's threshold. */
export function isBreaching({ comparisonOperator, threshold }: AlarmRule, value: number): boolean {
  switch (comparisonOperator) {
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
  }
}

/** The real data points of the evaluation range, newest first. */
function readRange(rule: AlarmRule, values: readonly SentValue[], now: number): Datapoint[] {
  const { statistic, fillsWithZero, evaluationPeriods, periodSeconds } = rule;
  const period = periodSeconds * 1000;
  const arrived = values.filter(({ at, arrivesAt }) => arrivesAt <= now && at > now - rangeMilliseconds(rule));
  if (arrived.length === 0) return [];
  const byPeriod = Map.groupBy(arrived, ({ at }) => Math.floor((now - at) / period));
  return Array.from({ length: evaluationPeriods + furtherPeriods }, (_, index) => index).flatMap((index) => {
    const found = byPeriod.get(index)?.map(({ value }) => value) ?? (fillsWithZero ? [0] : []);
    if (found.length === 0) return [];
    const value = statistic === 'Sum' ? found.reduce((sum, each) => sum + each) : Math.max(...found);
    return { at: now - (index + 1) * period, value };
  });
}
