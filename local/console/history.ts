import type { HistoryView, MarkView, MessageView, SpanView, TickView } from './view.ts';

/** A day: enough for the night before. */
export const historyMilliseconds = 24 * 60 * 60_000;
/** Log lines are the bulk of the history: of 50 connections they would be 20 MB a day. */
const mostLineBytes = 8 * 1024 * 1024;
const mostMessages = 300;
/** A day of a tick a minute: where ticks come faster, the history is shorter. */
const mostTicks = 1_440;

/** What the console remembers of the last day, or of its last ticks; older things are forgotten as new ones come. */
export type History = {
  addTick(tick: Omit<TickView, 'id'>, lines: readonly string[]): void;
  addMarks(marks: readonly MarkView[]): void;
  addMessage(message: Omit<MessageView, 'id'>): void;
  /** A token that apps read from now on. */
  addSpan(span: SpanView): void;
  /** The latest token of a connection. */
  latestSpan(connection: string): SpanView | undefined;
  /** The latest token of a connection was ended by Zoho before its time. */
  endLatestSpan(connection: string, deadAt: number): void;
  /** Log lines of a tick; `undefined` where they are forgotten, or never were. */
  linesOf(tickId: number): readonly string[] | undefined;
  latestTick(): TickView | undefined;
  whole(): HistoryView;
  /** What came since the last call. */
  takeNews(): HistoryView | undefined;
};

/** Makes an empty history. */
export function createHistory(): History {
  let spans: SpanView[] = [];
  let marks: MarkView[] = [];
  let ticks: TickView[] = [];
  let messages: MessageView[] = [];
  const linesByTick = new Map<number, { lines: readonly string[]; bytes: number }>();
  const latestSpans = new Map<string, SpanView>();
  let lineBytes = 0;
  let lastId = 0;
  let oldest = 0;
  let news = emptyNews();

  function forgetLines(id: number): void {
    lineBytes -= linesByTick.get(id)?.bytes ?? 0;
    linesByTick.delete(id);
  }

  function forgetOld(now: number): void {
    oldest = Math.max(now - historyMilliseconds, ticks.at(-mostTicks)?.slot ?? 0);
    // The token that apps read when the day began is needed to draw it.
    spans = spans.filter((span) => span.expiresAt >= oldest || latestSpans.get(span.connection) === span);
    marks = marks.filter(({ at }) => at >= oldest);
    for (const tick of ticks) if (tick.slot < oldest) forgetLines(tick.id);
    ticks = ticks.filter(({ slot }) => slot >= oldest);
    for (const id of linesByTick.keys()) if (lineBytes > mostLineBytes) forgetLines(id);
    messages = messages.filter(({ at }) => at >= oldest).slice(-mostMessages);
  }

  return {
    addTick(tick, lines) {
      lastId += 1;
      const added = { ...tick, id: lastId };
      ticks.push(added);
      news.ticks.push(added);
      const bytes = lines.reduce((sum, line) => sum + line.length, 0);
      linesByTick.set(lastId, { lines, bytes });
      lineBytes += bytes;
      forgetOld(tick.slot);
    },
    addMarks(added) {
      marks.push(...added);
      news.marks.push(...added);
    },
    addMessage(message) {
      lastId += 1;
      const added = { ...message, id: lastId };
      messages.push(added);
      news.messages.push(added);
    },
    addSpan(span) {
      spans.push(span);
      latestSpans.set(span.connection, span);
      news.spans.push(span);
    },
    latestSpan: (connection) => latestSpans.get(connection),
    endLatestSpan(connection, deadAt) {
      const span = latestSpans.get(connection);
      if (span === undefined || span.deadAt !== undefined) return;
      const ended = { ...span, deadAt };
      spans = spans.map((each) => (each === span ? ended : each));
      latestSpans.set(connection, ended);
      news.spans.push(ended);
    },
    linesOf: (tickId) => linesByTick.get(tickId)?.lines,
    latestTick: () => ticks.at(-1),
    whole: () => ({ isWhole: true, oldest, spans, marks, ticks, messages }),
    takeNews() {
      const taken = news;
      news = emptyNews();
      const isEmpty = Object.values(taken).every((list) => !Array.isArray(list) || list.length === 0);
      return isEmpty ? undefined : { ...taken, oldest };
    },
  };
}

function emptyNews() {
  return {
    isWhole: false,
    spans: [] as SpanView[],
    marks: [] as MarkView[],
    ticks: [] as TickView[],
    messages: [] as MessageView[],
  };
}
