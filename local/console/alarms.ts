import {
  type AlarmRule,
  droppedTicksAlarmRule,
  errorsAlarmRule,
  lifeAlarmRule,
} from '../../infra/alarm-rules.ts';
import type { MetricLine } from './read-lines.ts';
import type { AlarmView } from './view.ts';

/** The stack's alarms, as CloudWatch would judge them: they speak when the refresher cannot. */
export type Alarms = {
  /** Takes in what one invocation wrote and whether it failed. */
  note(metrics: readonly MetricLine[], run: { at: number; isFailed: boolean }): void;
  /** Takes in that the schedule could not hand a tick over. */
  noteDropped(at: number): void;
  /** States as they stand at this moment; an alarm whose state has changed since the last call is also in `changed`. */
  judge(now: number): { all: AlarmView[]; changed: JudgedAlarm[] };
};

/** A value that CloudWatch compares with the threshold: of one period of the alarm. */
export type Datapoint = { readonly at: number; readonly value: number };

export type JudgedAlarm = {
  readonly rule: AlarmRule;
  readonly isAlarm: boolean;
  /** Newest first; empty where no data came. */
  readonly datapoints: readonly Datapoint[];
};

/** A window is judged when its last values are in: CloudWatch takes about a minute for that. */
const lateMilliseconds = 60_000;

/**
 * Makes the alarms of a stack that runs since yesterday: the hour after a deploy in which its life alarms keep quiet is over.
 *
 * Only the stack's alarms page anybody; this one judges by the same rules for the page and the drill. Where CloudWatch
 * has periods that begin on the clock, its window slides.
 */
export function createAlarms(options: {
  secretPrefix: string;
  connections: readonly string[];
  tickIntervalMilliseconds: number;
  startedAt: number;
}): Alarms {
  const { secretPrefix, connections, tickIntervalMilliseconds, startedAt } = options;
  const lives = connections.map((name) => new Series(lifeAlarmRule(secretPrefix, name), name));
  const errors = new Series(errorsAlarmRule(secretPrefix));
  const dropped = new Series(droppedTicksAlarmRule(secretPrefix));
  const states = new Map<string, boolean>();

  function judgeOne(series: Series, now: number): JudgedAlarm {
    const { rule } = series;
    const datapoints = series.datapoints(now, tickIntervalMilliseconds);
    if (datapoints.length > 0) {
      const breaching = datapoints.filter(({ value }) => isBreaching(rule, value)).length;
      return { rule, datapoints, isAlarm: breaching >= rule.datapointsToAlarm };
    }
    const hasHadTime = now - startedAt > windowOf(rule, tickIntervalMilliseconds);
    return { rule, datapoints, isAlarm: rule.treatMissingData === 'breaching' && hasHadTime };
  }

  return {
    note(metrics, { at, isFailed }) {
      for (const { connection, at: measuredAt, secondsToExpiry } of metrics) {
        lives.find((series) => series.connection === connection)?.add(measuredAt, secondsToExpiry);
      }
      errors.add(at, isFailed ? 1 : 0);
    },
    noteDropped: (at) => dropped.add(at, 1),
    judge(now) {
      const judged = [...lives, errors, dropped].map((series) => judgeOne(series, now));
      const changed = judged.filter(({ rule, isAlarm }) => (states.get(rule.name) ?? false) !== isAlarm);
      for (const { rule, isAlarm } of judged) states.set(rule.name, isAlarm);
      return {
        all: judged.map((each) => ({
          name: each.rule.name,
          isAlarm: each.isAlarm,
          reason: reasonOf(each, windowOf(each.rule, tickIntervalMilliseconds)),
        })),
        changed,
      };
    },
  };
}

/** The values of one metric, as far back as its alarm looks. */
class Series {
  readonly rule: AlarmRule;
  readonly connection: string | undefined;
  #values: Datapoint[] = [];

  constructor(rule: AlarmRule, connection?: string) {
    this.rule = rule;
    this.connection = connection;
  }

  add(at: number, value: number): void {
    this.#values.push({ at, value });
  }

  /** One for each of the last periods that has values. */
  datapoints(now: number, tickIntervalMilliseconds: number): Datapoint[] {
    const { evaluationPeriods, periodTicks, statistic } = this.rule;
    this.#values = this.#values.filter(({ at }) => at > now - windowOf(this.rule, tickIntervalMilliseconds));
    const byPeriod = new Map<number, Datapoint>();
    const period = tickIntervalMilliseconds * periodTicks;
    for (const { at, value } of this.#values) {
      // Of several periods each begins on the clock; a single one is the whole window.
      const begin = evaluationPeriods === 1 ? 0 : Math.floor(at / period) * period;
      const known = byPeriod.get(begin);
      if (known === undefined) byPeriod.set(begin, { at, value });
      else if (statistic === 'Sum') byPeriod.set(begin, { at, value: known.value + value });
      else byPeriod.set(begin, { at, value: Math.min(known.value, value) });
    }
    return [...byPeriod.values()].sort((one, other) => other.at - one.at).slice(0, evaluationPeriods);
  }
}

function windowOf({ evaluationPeriods, periodTicks }: AlarmRule, tickIntervalMilliseconds: number): number {
  return evaluationPeriods * periodTicks * tickIntervalMilliseconds + lateMilliseconds;
}

/** Whether a value is on the wrong side of the alarm's threshold. */
export function isBreaching({ comparisonOperator, threshold }: AlarmRule, value: number): boolean {
  return comparisonOperator === 'LessThanThreshold' ? value < threshold : value >= threshold;
}

/** In few words, for the page; the mail has CloudWatch's. */
function reasonOf({ rule, isAlarm, datapoints }: JudgedAlarm, window: number): string {
  const minutes = Math.floor(window / 60_000) - 1;
  const [latest] = datapoints;
  switch (rule.metricName) {
    case 'SecondsToExpiry':
      if (latest !== undefined)
        return `least life left in the last ${minutes} minutes: ${Math.floor(latest.value / 60)} min`;
      return isAlarm ? `no data for ${minutes} minutes: nobody looks at this token` : 'no data yet';
    case 'Errors': {
      const failed = datapoints.reduce((sum, { value }) => sum + value, 0);
      return `failed runs in the last ${minutes} minutes: ${failed}`;
    }
    case 'InvocationDroppedCount':
      return `ticks dropped in the last ${minutes} minutes: ${latest?.value ?? 0}`;
  }
}
