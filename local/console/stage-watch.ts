import type { PublishedMessage } from '../aws/sns.ts';
import type { Breakage } from '../faults/breakage.ts';
import type { Stage } from '../stage.ts';
import { type TickReport, tickAndReport } from '../tick-report.ts';
import { showAlarm } from './alarm-mail.ts';
import { type CardView, lookAtConnection } from './card.ts';
import { createHistory } from './history.ts';
import { createThreads, showMessage } from './inbox.ts';
import { count } from './page/words.ts';
import { readLines } from './read-lines.ts';
import { createAlarms } from './stage-alarms.ts';
import type { BrokenView, TickView } from './view.ts';

/** Whoever watches the stage and remembers what was seen. */
export type Watch = ReturnType<typeof createWatch>;

/** What is so now, as the server tells the page. */
export type StateView = ReturnType<Watch['look']> & {
  readonly now: number;
  readonly speed: number;
  /** `undefined` while the schedule is stopped. */
  readonly nextTickAt: number | undefined;
  readonly isTicking: boolean;
  readonly broken: readonly BrokenView[];
};

/** Far more than one tick of the largest setup needs. */
const mostCalls = 1_000;
const mostMessages = 100;
const nothingDone = { connections: [], alerts: [], zoho_requests: 0, secrets_manager_calls: 0, duration_ms: 0 };

/** Starts watching a stage. */
export function createWatch(stage: Stage, breakage: Breakage) {
  const history = createHistory();
  const names = stage.connections.map(({ name }) => name);
  const alarms = createAlarms(stage.secretPrefix, names, stage.now());
  const threads = createThreads();
  /** Connections whose last try failed, which may not be worth a record yet. */
  const lastFailed = new Set<string>();
  let unheard: readonly string[] = [];
  let lastSeen: PublishedMessage | undefined;

  /** The list is trimmed now and then, so the last message seen is remembered and not its place. */
  function readInbox(): void {
    const { inbox } = stage.sns;
    for (const entry of inbox.slice(lastSeen === undefined ? 0 : inbox.lastIndexOf(lastSeen) + 1)) {
      const { at, attributes } = entry;
      history.addMessage({ ...showMessage(stage.sns, entry), thread: threads.ofMail(attributes, at) });
      const { connection = '', state = '', code = '' } = attributes;
      history.addMarks([{ at, connection, kind: 'alert', text: `${state}: ${code}` }]);
    }
    lastSeen = inbox.at(-1) ?? lastSeen;
  }

  function follow({ name, token }: CardView, now: number): void {
    if (token === undefined) return;
    const latest = history.latestSpan(name);
    if (latest?.from !== token.issuedAt || latest.expiresAt !== token.expiresAt)
      history.addSpan({ connection: name, from: token.issuedAt, expiresAt: token.expiresAt });
    if (token.isDead) history.endLatestSpan(name, now);
  }

  /** A test wants every call of its minute; a console that runs for days must not keep them. */
  function trimLogs({ zoho, secretsManager, sns }: Stage): void {
    for (const calls of [zoho?.requests ?? [], secretsManager.calls, sns.calls])
      calls.splice(0, Math.max(0, calls.length - mostCalls));
    sns.inbox.splice(0, Math.max(0, sns.inbox.length - mostMessages));
  }

  /** Runs one tick and takes in all that it did. Never throws: a tick that fails is an entry like any other. */
  async function tick(slot: Date): Promise<TickReport> {
    const { report, lines } = await tickAndReport(stage, slot).catch((fault: Error) => ({
      report: { ...nothingDone, error: `the bundle did not answer: ${fault.name}` },
      lines: [],
    }));
    const endedAt = stage.now();
    for (const { connection, outcome } of report.connections) {
      if (outcome === 'failed') lastFailed.add(connection);
      else if (outcome !== 'waiting') lastFailed.delete(connection);
    }
    const read = readLines(lines);
    unheard = read.unheard;
    history.addMarks(read.marks);
    alarms.note({ ...read, at: endedAt, isFailed: report.error !== null });
    history.addTick({ slot: slot.getTime(), endedAt, ...showReport(report) }, lines);
    readInbox();
    trimLogs(stage);
    return report;
  }

  return {
    history,
    /** Looks at the store, at Zoho, at the inbox and at the alarms as they are at this moment. */
    look() {
      const now = stage.now();
      readInbox();
      const cards = stage.connections.map((connection) => {
        const isFailing = lastFailed.has(connection.name);
        const card = lookAtConnection(stage, breakage, connection, isFailing, unheard.includes(connection.name));
        follow(card, now);
        return card;
      });
      const judged = alarms.judge(now);
      for (const alarm of judged.changed)
        history.addMessage({ ...showAlarm(alarm, stage.topicArn), thread: threads.ofAlarm(alarm) });
      return { cards, alarms: judged.all };
    },
    /** Runs the tick of a slot as the schedule delivers it: once, twice or not at all. */
    async deliver(slot: Date): Promise<TickReport[]> {
      breakage.follow();
      const delivery = breakage.delivery();
      if (delivery === 'dropped') alarms.noteDropped(stage.now());
      const reports: TickReport[] = [];
      for (let times = { once: 1, twice: 2, never: 0, dropped: 0 }[delivery]; times > 0; times -= 1)
        reports.push(await tick(slot));
      return reports;
    },
  };
}

function showReport(report: TickReport): Pick<TickView, 'level' | 'summary' | 'effort' | 'error'> {
  const { connections, alerts, error, zoho_requests: asked, secrets_manager_calls: calls, duration_ms: took } = report;
  const outcomes = [...Map.groupBy(connections, ({ outcome }) => outcome)];
  const codes = new Set(connections.flatMap(({ code }) => code ?? []));
  const isBad = error !== null || connections.some(({ outcome }) => outcome === 'failed');
  return {
    level: isBad ? 'critical' : alerts.length > 0 || codes.size > 0 ? 'warning' : 'good',
    summary: [
      ...outcomes.map(([outcome, { length }]) => `${length} ${outcome}`),
      ...codes,
      ...(alerts.length > 0 ? [count(alerts.length, 'alert')] : []),
      ...(error === null ? [] : ['run failed']),
    ].join(', '),
    effort: `${count(asked, 'request')} to Zoho, ${count(calls, 'call')} to Secrets Manager, ${took} ms`,
    error,
  };
}
