import { criticalAtLifeLeft, defaultLifetimeSeconds } from '../../lambda/settings.ts';
import type { MetricLine } from './read-lines.ts';
import type { AlarmView } from './view.ts';

/** The stack's alarms, as CloudWatch would judge them: they speak when the refresher cannot. */
export type Alarms = {
  /** Takes in what one invocation wrote and whether it failed. */
  note(metrics: readonly MetricLine[], run: { at: number; isFailed: boolean }): void;
  /** States as they stand at this moment; an alarm whose state has changed since the last call is also in `changed`. */
  judge(now: number): { all: AlarmView[]; changed: AlarmView[] };
};

const criticalSeconds = defaultLifetimeSeconds * criticalAtLifeLeft;
/** As in the stack: every alarm looks at three ticks, and two failed runs of three make the one on errors. */
const ticksPerWindow = 3;
const failedRuns = 2;
/** A window is judged when its last values are in: CloudWatch takes about a minute for that. */
const lateMilliseconds = 60_000;
/** After the start, as after a deploy, nothing is an alarm while the first tokens are fetched. */
const warmUpWindows = 1;

/**
 * Makes the alarms: one on each connection's life left, where silence counts as the worst, and one on failed runs.
 *
 * Only the stack's alarms page anybody; this copy of their rules is for the page and the drill.
 */
export function createAlarms(options: {
  secretPrefix: string;
  connections: readonly string[];
  tickIntervalMilliseconds: number;
  startedAt: number;
}): Alarms {
  const { secretPrefix, connections, tickIntervalMilliseconds, startedAt } = options;
  const window = tickIntervalMilliseconds * ticksPerWindow + lateMilliseconds;
  const lives = new Map<string, MetricLine[]>(connections.map((name) => [name, []]));
  let runs: { at: number; isFailed: boolean }[] = [];
  const states = new Map<string, boolean>();

  function judgeLife(connection: string, now: number): AlarmView {
    const name = `${secretPrefix}/${connection}/token-life`;
    const recent = (lives.get(connection) ?? []).filter(({ at }) => at > now - window);
    if (recent.length === 0) {
      const isAlarm = now - startedAt > window * warmUpWindows;
      return {
        name,
        isAlarm,
        reason: isAlarm ? 'no data for 15 minutes: nobody looks at this token' : 'no data yet',
      };
    }
    const least = Math.min(...recent.map(({ secondsToExpiry }) => secondsToExpiry));
    const isAlarm = least < criticalSeconds;
    const minutes = Math.floor(least / 60);
    return { name, isAlarm, reason: `least life left in the last 15 minutes: ${minutes} min` };
  }

  function judgeErrors(now: number): AlarmView {
    const recent = runs.filter(({ at }) => at > now - window);
    const failed = recent.filter(({ isFailed }) => isFailed).length;
    return {
      name: `${secretPrefix}/refresher/errors`,
      isAlarm: failed >= failedRuns,
      reason: `${failed} of the last ${recent.length} runs failed`,
    };
  }

  return {
    note(metrics, run) {
      for (const metric of metrics) {
        const kept = (lives.get(metric.connection) ?? []).filter(({ at }) => at > run.at - window);
        lives.set(metric.connection, [...kept, metric]);
      }
      runs = [...runs.filter(({ at }) => at > run.at - window), run];
    },
    judge(now) {
      const all = [...connections.map((name) => judgeLife(name, now)), judgeErrors(now)];
      const changed = all.filter(({ name, isAlarm }) => (states.get(name) ?? false) !== isAlarm);
      for (const { name, isAlarm } of all) states.set(name, isAlarm);
      return { all, changed };
    },
  };
}
