import {
  type AlarmRule,
  droppedTicksAlarmRule,
  errorsAlarmRule,
  heartbeatAlarmRule,
  lifeAlarmRule,
} from '../../infra/alarm-rules.ts';
import { defaultLifetimeSeconds } from '../../lambda/settings.ts';
import { evaluateAlarm, rangeMilliseconds, type SentValue, type Verdict } from './evaluate-alarm.ts';
import type { ReadLines } from './read-lines.ts';
import type { AlarmView } from './view.ts';

/** The stack's alarms, as CloudWatch would judge them: they speak when the refresher cannot. */
export type Alarms = {
  /** Takes in what one invocation wrote and whether it failed. */
  note(run: { metrics: ReadLines['lives']; ticks: readonly number[]; at: number; isFailed: boolean }): void;
  /** Takes in that the schedule could not hand a tick over. */
  noteDropped(at: number): void;
  /** States as they stand at this moment; every change of state since the last call is also in `changed`. */
  judge(now: number): { all: AlarmView[]; changed: JudgedAlarm[] };
};

/** An alarm, and what CloudWatch made of it at one evaluation. */
export type JudgedAlarm = Verdict & { readonly rule: AlarmRule; readonly at: number };

/** CloudWatch evaluates alarms of such periods once a minute. */
const evaluationMilliseconds = 60_000;
/** After a longer sleep than this, only the last hours are judged. */
const mostEvaluations = 24 * 60;

type Watched = {
  readonly rule: AlarmRule;
  readonly connection?: string;
  values: SentValue[];
  verdict: Verdict;
};

/**
 * Makes the alarms of a stack that runs well since yesterday: the hour after a deploy in which its life alarms keep
 * quiet is over. Only the stack's alarms page anybody; these are for the page and the drill.
 */
export function createAlarms(options: {
  secretPrefix: string;
  connections: readonly string[];
  startedAt: number;
}): Alarms {
  const { secretPrefix, connections, startedAt } = options;
  const watch = (rule: AlarmRule, healthy: number | undefined, connection?: string): Watched => ({
    rule,
    ...(connection === undefined ? {} : { connection }),
    values: healthy === undefined ? [] : [{ at: startedAt, value: healthy, arrivesAt: startedAt }],
    verdict: { isAlarm: false, datapoints: [] },
  });
  const lives = connections.map((name) => watch(lifeAlarmRule(secretPrefix, name), defaultLifetimeSeconds, name));
  const heartbeat = watch(heartbeatAlarmRule(secretPrefix), 1);
  const errors = watch(errorsAlarmRule(secretPrefix), undefined);
  const dropped = watch(droppedTicksAlarmRule(secretPrefix), undefined);
  const all = [...lives, heartbeat, errors, dropped];
  let evaluatedAt = startedAt;

  function evaluate(at: number): JudgedAlarm[] {
    return all.flatMap((watched) => {
      const { rule, verdict: before } = watched;
      watched.values = watched.values.filter((value) => value.at > at - rangeMilliseconds(rule));
      watched.verdict = evaluateAlarm(rule, watched.values, at);
      return watched.verdict.isAlarm === before.isAlarm ? [] : [{ rule, at, ...watched.verdict }];
    });
  }

  return {
    note({ metrics, ticks, at, isFailed }) {
      for (const { connection, at: measuredAt, secondsToExpiry } of metrics) {
        const life = lives.find((watched) => watched.connection === connection);
        if (life !== undefined) add(life, measuredAt, secondsToExpiry);
      }
      for (const tick of ticks) add(heartbeat, tick, 1);
      add(errors, at, isFailed ? 1 : 0);
    },
    noteDropped: (at) => add(dropped, at, 1),
    judge(now) {
      const changed: JudgedAlarm[] = [];
      evaluatedAt = Math.max(evaluatedAt, now - mostEvaluations * evaluationMilliseconds);
      while (evaluatedAt + evaluationMilliseconds <= now) {
        evaluatedAt += evaluationMilliseconds;
        changed.push(...evaluate(evaluatedAt));
      }
      return {
        all: all.map(({ rule, verdict }) => ({
          name: rule.name,
          isAlarm: verdict.isAlarm,
          reason: reasonOf(rule, verdict),
        })),
        changed,
      };
    },
  };
}

function add(watched: Watched, at: number, value: number): void {
  watched.values.push({ at, value, arrivesAt: at });
}

/** In few words, for the page; the mail has CloudWatch's. */
function reasonOf(rule: AlarmRule, { datapoints }: Verdict): string {
  const minutes = (rule.evaluationPeriods * rule.periodSeconds) / 60;
  const values = datapoints.map(({ value }) => value);
  const sum = values.reduce((total, value) => total + value, 0);
  if (rule.metricName === 'Errors') return `failed runs in the last ${minutes} minutes: ${sum}`;
  if (rule.metricName === 'InvocationDroppedCount') return `ticks dropped in the last ${minutes} minutes: ${sum}`;
  if (datapoints.length === 0) return 'nothing judged yet';
  if (rule.metricName === 'Ticks') return `whole ticks in the last ${minutes} minutes: ${sum}`;
  return sum === 0
    ? `no token, or nobody looked, for ${minutes} minutes`
    : `most life left in the last ${minutes} minutes: ${Math.floor(Math.max(...values) / 60)} min`;
}
