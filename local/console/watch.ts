import type { PublishedMessage } from '../aws/sns.ts';
import { type TickReport, tickWithLines } from '../report.ts';
import type { Stage } from '../stage.ts';
import { showAlarm } from './alarm-mail.ts';
import { createAlarms } from './alarms.ts';
import { type Looked, lookAtConnection } from './card.ts';
import type { Breakage } from './faults/breakage.ts';
import { createHistory, type History } from './history.ts';
import { showMessage } from './inbox.ts';
import { marksOf, metricsOf, ticksOf } from './read-lines.ts';
import { trimLogs } from './trim-logs.ts';
import type { AlarmView, CardView, MarkView } from './view.ts';

/** Whoever watches the stage and remembers what was seen. */
export type Watch = {
  readonly history: History;
  /** Runs one tick and takes in all that it did. Never throws: a tick that fails is an entry like any other. */
  tick(slot: Date): Promise<TickReport>;
  /** Takes in that the schedule could not hand a tick over. */
  drop(): void;
  /** Looks at the store, at Zoho, at the inbox and at the alarms as they are at this moment. */
  look(): { cards: CardView[]; alarms: AlarmView[] };
};

/** Starts watching a stage. */
export function createWatch(stage: Stage, breakage: Breakage): Watch {
  const history = createHistory();
  const names = stage.connections.map(({ name }) => name);
  const alarms = createAlarms({
    secretPrefix: stage.secretPrefix,
    connections: names,
    startedAt: stage.now(),
  });
  const lastFailures = new Map<string, string>();
  let lastSeen: PublishedMessage | undefined;

  /** The list is trimmed now and then, so the last message seen is remembered and not its place. */
  function readInbox(): void {
    const { inbox } = stage.sns;
    const fresh = inbox.slice(lastSeen === undefined ? 0 : inbox.lastIndexOf(lastSeen) + 1);
    for (const entry of fresh) {
      history.addMessage(showMessage(stage.sns, entry));
      const { connection = '', state = '', code = '' } = entry.attributes;
      history.addMarks([{ at: entry.at, connection, kind: 'alert', text: `${state}: ${code}` }]);
    }
    lastSeen = inbox.at(-1) ?? lastSeen;
  }

  function follow(card: CardView, isAccepted: boolean | undefined, now: number): void {
    const { name, token } = card;
    const latest = history.latestSpan(name);
    if (token !== undefined && (latest?.from !== token.issuedAt || latest.expiresAt !== token.expiresAt)) {
      history.addSpan({ connection: name, from: token.issuedAt, expiresAt: token.expiresAt });
    }
    const hasEndedEarly = isAccepted === false && token !== undefined && now < token.expiresAt;
    if (hasEndedEarly) history.endLatestSpan(name, now);
  }

  function look() {
    const now = stage.now();
    readInbox();
    const looked: Looked[] = stage.connections.map((connection) =>
      lookAtConnection(stage, connection, {
        now,
        lastFailure: lastFailures.get(connection.name),
        broken: breakage.titlesFor(connection.name),
        isStoreDown: breakage.isStoreDown(connection),
      }),
    );
    for (const { card, isAccepted } of looked) follow(card, isAccepted, now);
    const judged = alarms.judge(now);
    for (const alarm of judged.changed) history.addMessage(showAlarm(alarm, stage.topicArn));
    return { cards: looked.map(({ card }) => card), alarms: judged.all };
  }

  async function tick(slot: Date): Promise<TickReport> {
    breakage.follow();
    let ticked: { report: TickReport; lines: readonly string[] };
    try {
      ticked = await tickWithLines(stage, slot);
    } catch (fault) {
      const error = `the bundle did not answer: ${(fault as Error).name}`;
      ticked = { report: failedReport(error), lines: [] };
    }
    const { report, lines } = ticked;
    const endedAt = stage.now();
    const marks: MarkView[] = marksOf(lines);
    for (const { connection, outcome, code } of report.connections) {
      if (outcome === 'failed') lastFailures.set(connection, code ?? 'unknown');
      else if (outcome !== 'waiting') lastFailures.delete(connection);
    }
    history.addMarks(marks);
    alarms.note({
      metrics: metricsOf(lines),
      ticks: ticksOf(lines),
      at: endedAt,
      isFailed: report.error !== null,
    });
    history.addTick(
      {
        slot: slot.getTime(),
        endedAt,
        outcomes: counted(report.connections.map(({ outcome }) => outcome)),
        codes: [...new Set(report.connections.flatMap(({ code }) => code ?? []))],
        alerts: report.alerts.length,
        error: report.error ?? undefined,
        zohoRequests: report.zoho_requests,
        secretsManagerCalls: report.secrets_manager_calls,
        durationMilliseconds: report.duration_ms,
      },
      lines,
    );
    readInbox();
    trimLogs(stage);
    return report;
  }

  function drop(): void {
    breakage.follow();
    alarms.noteDropped(stage.now());
  }

  return { history, tick, drop, look };
}

function counted(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function failedReport(error: string): TickReport {
  return { connections: [], error, alerts: [], zoho_requests: 0, secrets_manager_calls: 0, duration_ms: 0 };
}
