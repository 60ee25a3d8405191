import type { HistoryView, MarkView, MessageView, SpanView, TickView } from './view.ts';

/** A day: enough for the night before. */
export const historyMilliseconds = 24 * 60 * 60_000;
/** Log lines are the bulk of the history: of 50 connections they would be 20 MB a day. */
const mostLineBytes = 8 * 1024 * 1024;
const mostMessages = 300;
/** A day of a tick a minute: if ticks come faster, the history is shorter. */
const mostTicks = 1_440;

const nothing = () => ({
  spans: [] as SpanView[],
  marks: [] as MarkView[],
  ticks: [] as TickView[],
  messages: [] as MessageView[],
});

/** Makes an empty history of the last day, or of its last ticks; older things are forgotten as new ones come. */
export function createHistory() {
  const all = nothing();
  let news = nothing();
  const linesByTick = new Map<number, { lines: readonly string[]; bytes: number }>();
  const latestSpans = new Map<string, SpanView>();
  let lineBytes = 0;
  let lastId = 0;
  let oldest = 0;

  function forgetLines(id: number): void {
    lineBytes -= linesByTick.get(id)?.bytes ?? 0;
    linesByTick.delete(id);
  }

  function forgetOld(now: number): void {
    oldest = Math.max(now - historyMilliseconds, all.ticks.at(-mostTicks)?.slot ?? 0);
    // The token that apps read when the day began is needed to draw it.
    all.spans = all.spans.filter((span) => span.expiresAt >= oldest || latestSpans.get(span.connection) === span);
    all.marks = all.marks.filter(({ at }) => at >= oldest);
    for (const { id, slot } of all.ticks) if (slot < oldest) forgetLines(id);
    all.ticks = all.ticks.filter(({ slot }) => slot >= oldest);
    for (const id of linesByTick.keys()) if (lineBytes > mostLineBytes) forgetLines(id);
    all.messages = all.messages.filter(({ at }) => at >= oldest).slice(-mostMessages);
  }

  function add<Kind extends keyof typeof all>(kind: Kind, ...added: (typeof all)[Kind]): void {
    for (const list of [all, news]) (list[kind] as unknown[]).push(...added);
  }

  /** A token that apps read from now on. */
  function addSpan(span: SpanView): void {
    latestSpans.set(span.connection, span);
    add('spans', span);
  }

  return {
    addTick(tick: Omit<TickView, 'id'>, lines: readonly string[]): void {
      lastId += 1;
      add('ticks', { ...tick, id: lastId });
      const bytes = lines.reduce((sum, line) => sum + line.length, 0);
      linesByTick.set(lastId, { lines, bytes });
      lineBytes += bytes;
      forgetOld(tick.slot);
    },
    addMarks: (added: readonly MarkView[]): void => add('marks', ...added),
    addMessage(message: Omit<MessageView, 'id'>): void {
      lastId += 1;
      add('messages', { ...message, id: lastId });
    },
    addSpan,
    /** The latest token of a connection. */
    latestSpan: (connection: string): SpanView | undefined => latestSpans.get(connection),
    /** The latest token of a connection was ended by Zoho before its time. */
    endLatestSpan(connection: string, deadAt: number): void {
      const span = latestSpans.get(connection);
      if (span === undefined || span.deadAt !== undefined) return;
      all.spans = all.spans.filter((each) => each !== span);
      addSpan({ ...span, deadAt });
    },
    /** Log lines of a tick; `undefined` if they are forgotten, or never were. */
    linesOf: (tickId: number): readonly string[] | undefined => linesByTick.get(tickId)?.lines,
    latestTick: (): TickView | undefined => all.ticks.at(-1),
    whole: (): HistoryView => ({ isWhole: true, oldest, ...all }),
    /** What came since the last call. */
    takeNews(): HistoryView | undefined {
      const taken = news;
      news = nothing();
      const isEmpty = Object.values(taken).every(({ length }) => length === 0);
      return isEmpty ? undefined : { isWhole: false, oldest, ...taken };
    },
  };
}
