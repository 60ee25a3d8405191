import {
  type AlarmRule,
  droppedTicksAlarmRule,
  errorsAlarmRule,
  heartbeatAlarmRule,
  lifeAlarmRule,
} from '../../infra/alarm-rules.ts';
import { defaultLifetimeSeconds } from '../../lambda/settings.ts';
import { evaluateAlarm, rangeMilliseconds, type SentValue, type Verdict } from './evaluate-alarm.ts';
import type { readLines } from './read-lines.ts';

/** An alarm, and what CloudWatch made of it at one evaluation. */
export type JudgedAlarm = Verdict & { readonly rule: AlarmRule; readonly at: number };

/** CloudWatch evaluates alarms of such periods once a minute. */
const evaluationMilliseconds = 60_000;
/** After a longer sleep than this, only the last hours are judged. */
const mostEvaluations = 24 * 60;

/**
 * Makes the stack's alarms as CloudWatch would judge them, for the page and the drill: they speak when the refresher
 * cannot. The stack runs well since yesterday: the hour after a deploy in which its life alarms keep quiet is over.
 */
export function createAlarms(secretPrefix: string, connections: readonly string[], startedAt: number) {
  const sent = (at: number, value: number): SentValue => ({ at, value, arrivesAt: at });
  const watch = (rule: AlarmRule, ...values: SentValue[]) => {
    return { rule, values, verdict: { isAlarm: false, datapoints: [] } as Verdict };
  };
  const lives = new Map(
    connections.map((name) => [
      name,
      watch(lifeAlarmRule(secretPrefix, name), sent(startedAt, defaultLifetimeSeconds)),
    ]),
  );
  const heartbeat = watch(heartbeatAlarmRule(secretPrefix), sent(startedAt, 1));
  const errors = watch(errorsAlarmRule(secretPrefix));
  const dropped = watch(droppedTicksAlarmRule(secretPrefix));
  const all = [...lives.values(), heartbeat, errors, dropped];
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
    /** Takes in what one invocation wrote and whether it failed. */
    note(run: Pick<ReturnType<typeof readLines>, 'lives' | 'ticks'> & { at: number; isFailed: boolean }): void {
      for (const { connection, at, secondsToExpiry } of run.lives)
        lives.get(connection)?.values.push(sent(at, secondsToExpiry));
      heartbeat.values.push(...run.ticks.map((at) => sent(at, 1)));
      errors.values.push(sent(run.at, run.isFailed ? 1 : 0));
    },
    /** Takes in that the schedule could not hand a tick over. */
    noteDropped: (at: number) => void dropped.values.push(sent(at, 1)),
    /** States as they stand at this moment; every change of state since the last call is also in `changed`. */
    judge(now: number) {
      const changed: JudgedAlarm[] = [];
      evaluatedAt = Math.max(evaluatedAt, now - mostEvaluations * evaluationMilliseconds);
      while (evaluatedAt + evaluationMilliseconds <= now) {
        evaluatedAt += evaluationMilliseconds;
        changed.push(...evaluate(evaluatedAt));
      }
      const views = all.map(({ rule, verdict }) => ({
        name: rule.name,
        isAlarm: verdict.isAlarm,
        reason: reasonOf(rule, verdict),
      }));
      return { all: views, changed };
    },
  };
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
