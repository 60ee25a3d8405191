import { findRunbookEntry, runbookTopics } from '../../cli/commands/runbook.ts';
import { shortTime as time } from '../console/page/words.ts';
import { readLines } from '../console/read-lines.ts';
import type { Watch } from '../console/stage-watch.ts';
import type { MarkView, MessageView } from '../console/view.ts';

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ticksShown = 24;
const twoHours = 2 * 3_600_000;

/** The mails of the night, newest last, with numbers to read them by. */
export function listMails(messages: readonly MessageView[]): string[] {
  if (messages.length === 0) return ['no mail'];
  return messages.map(({ at, subject }, index) => `${String(index + 1).padStart(3)}  ${time(at)}  ${subject}`);
}

/** One mail as it arrives. */
export function showMail({ at, subject, email }: MessageView): string[] {
  const from = 'AWS Notifications <no-reply@sns.amazonaws.com>';
  return [`From:    ${from}`, `Subject: ${subject}`, `Date:    ${time(at)} UTC`, '', email];
}

/** The stack's CloudWatch dashboard, as far as text goes: life left, refreshes, failures by code, alarms. */
export function showDashboard(watch: Watch, now: number): string[] {
  const { ticks, marks } = watch.history.whole();
  const { cards, alarms } = watch.look();
  const metrics = ticks.slice(-ticksShown).map(({ id }) => readLines(watch.history.linesOf(id) ?? []).lives);
  const rows = cards.map(({ name }) => {
    const seconds = metrics.map((tick) => tick.find(({ connection }) => connection === name)?.secondsToExpiry);
    const latest = seconds.findLast((value) => value !== undefined);
    const recent = marks.filter(({ connection, at }) => connection === name && at > now - twoHours);
    const counted = (kind: string) => recent.filter((mark) => mark.kind === kind).length;
    const left = latest === undefined ? 'no data' : `${Math.floor(latest / 60)} min`;
    return `${name.padEnd(18)}${left.padStart(8)}  ${seconds.map(barOf).join('').padEnd(ticksShown)}  refreshed ${counted('refresh')}, failed ${counted('failure')}`;
  });
  const lastTick = ticks.at(-1);
  return [
    `minutes of life left, last ${ticksShown} ticks (of 2 hours: refreshes, failures)`,
    ...rows,
    `last data ${lastTick === undefined ? 'never' : time(lastTick.endedAt)} UTC, now ${time(now)} UTC`,
    `failures by code: ${failuresByCode(marks.filter(({ at }) => at > now - twoHours))}`,
    ...alarms.map(({ name, isAlarm, reason }) => `${isAlarm ? 'ALARM' : 'ok   '}  ${name}: ${reason}`),
  ];
}

/** What the runbook has, or its entry about one code or alarm. */
export function showRunbook(word: string | undefined): string[] {
  if (word === undefined) return runbookTopics.map(({ code, means }) => `${code.padEnd(24)}${means}`);
  return [findRunbookEntry(word)?.entry ?? 'no such code or alarm; runbook alone lists them'];
}

/** `invalid_code 3, rate_limited 1`, of all connections. */
function failuresByCode(marks: readonly MarkView[]): string {
  const failures = marks.filter(({ kind }) => kind === 'failure');
  const byCode = Map.groupBy(failures, ({ text }) => text.split(':')[0]);
  return [...byCode].map(([code, { length }]) => `${code} ${length}`).join(', ') || 'none';
}

function barOf(seconds: number | undefined): string {
  if (seconds === undefined) return '·';
  return bars[Math.min(bars.length - 1, Math.floor((seconds / 3600) * bars.length))] ?? '▁';
}
